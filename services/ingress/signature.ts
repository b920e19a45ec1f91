/** What a webhook must prove besides its credential: a signature of its body, a place it comes from. */
import type { Connection } from '../platform/connections/connections.ts'
import { ipRanges } from '../platform/connections/ip-ranges.ts'
import type { WebhookRequest } from '../sources/source.ts'
import type { AuthMethod } from './authenticate.ts'
import { findSecretProof, type SecretProof } from './callback-secret.ts'

export type SignatureCheck =
  | { readonly type: 'proven'; readonly proof: SecretProof }
  /** Nothing proves itself, and nothing must. */
  | { readonly type: 'unproven' }
  | { readonly type: 'refused' }

/**
 * Looks for an HMAC of the body. Vendors that sign do not say where: older services of idibu put it into
 * `authorization`, others into a header named after a signature, so those are looked at until one is named.
 */
export function checkSignature(
  request: WebhookRequest,
  connection: Connection,
  auth: AuthMethod,
): SignatureCheck {
  const { signature, secrets } = connection
  const headers = headersToCheck(request.headers, signature?.header, auth)
  const keys = signature?.secret === undefined ? secrets : [signature.secret]
  for (const key of Object.keys(headers).length > 0 ? keys : []) {
    const proof = findSecretProof({ body: request.body, headers }, key, null)
    // The secret itself in a header is a credential, and has been looked at.
    if (proof !== null && proof.form !== 'equal') return { type: 'proven', proof }
  }
  return { type: signature?.mode === 'require' ? 'refused' : 'unproven' }
}

function headersToCheck(
  headers: WebhookRequest['headers'],
  pinned: string | undefined,
  auth: AuthMethod,
): WebhookRequest['headers'] {
  if (pinned !== undefined) return Object.hasOwn(headers, pinned) ? { [pinned]: headers[pinned] } : NO_HEADERS
  let found: Record<string, string | undefined> | null = null
  for (const name in headers) {
    if (!mayHoldSignature(name, auth)) continue
    found ??= {}
    found[name] = headers[name]
  }
  return found ?? NO_HEADERS
}

const NO_HEADERS = {}

/** What has proved to be the credential is no signature. */
const mayHoldSignature = (header: string, auth: AuthMethod): boolean =>
  header === 'authorization' ? auth !== 'bearer' && auth !== 'basic' : header.includes('signature')

/** True when the connection takes webhooks from there. Most take them from anywhere, and nobody asks for the sender. */
export const isAllowedFrom = ({ allowIps = [] }: Connection, sender: () => string): boolean =>
  allowIps.length === 0 || ipRanges(allowIps).has(sender())
