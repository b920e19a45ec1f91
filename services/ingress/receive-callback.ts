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
      /** How the secret was proven; null when it was not. */
      readonly proof: SecretProof | null
    }

export interface CallbackPolicy {
  /** Null: no secret was agreed with Pulsifi, and the path token is all there is. */
  readonly secret: string | null
  /** Null: observe. Otherwise this header must prove the secret. */
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
  if (secret !== null && pinnedHeader !== null && proof === null) return { type: 'refused' }
  const auth = secret === null ? arrival.auth : `${arrival.auth}; ${describeProof(proof)}`
  const delivery = { ...arrival, auth, bodySha256: sha256Hex(request.body) }
  return { type: 'routed', records: [callbackRecord(delivery, request.body)], proof }
}

const describeProof = (proof: SecretProof | null): string =>
  proof === null ? 'secret=none' : `secret=${proof.form}; header=${proof.header}`
