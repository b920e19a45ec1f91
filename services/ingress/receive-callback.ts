import { subjectOf } from '../core/callback-hint.ts'
import { sha256Hex } from '../core/identity.ts'
import { callbackRecord, type Delivery, type RawRecord } from '../platform/raw-events/record.ts'
import type { WebhookRequest } from '../sources/source.ts'
import { findSecretProof, type SecretProof } from './callback-secret.ts'

export type CallbackReceipt =
  /** The headers do not prove a secret that must be proven: 401, and nothing is kept. */
  | { readonly type: 'refused' }
  | {
      readonly type: 'routed'
      readonly records: readonly RawRecord[]
      /** How the secret was proven; null when none was agreed. */
      readonly proof: SecretProof | null
    }

export interface CallbackPolicy {
  /** Null: no secret was agreed with Pulsifi, and the path token is all there is. */
  readonly secret: string | null
  /** Null: any header may prove the secret. Otherwise this one must. */
  readonly pinnedHeader: string | null
}

/** Decides what becomes of Pulsifi's callback. Its body is kept as it is: it is documented nowhere. */
export function receiveCallback(
  request: WebhookRequest,
  arrival: Omit<Delivery, 'bodySha256'>,
  policy: CallbackPolicy,
): CallbackReceipt {
  const { secret, pinnedHeader } = policy
  const proof = secret === null ? null : findSecretProof(request, secret, pinnedHeader)
  if (secret !== null && proof === null) return { type: 'refused' }
  const auth = proof === null ? arrival.auth : `${arrival.auth}; secret=${proof.form}; header=${proof.header}`
  const delivery = { ...arrival, auth, bodySha256: sha256Hex(request.body) }
  const record = callbackRecord(delivery, request.body, subjectOf(parse(request.body)))
  return { type: 'routed', records: [record], proof }
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'))
  } catch {
    return null
  }
}
