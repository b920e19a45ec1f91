/**
 * Pulsifi sends the secret of a webhook "in the webhook headers" and says neither in which header nor whether as it
 * is or as a signature. So every header is looked at until an operator pins the right one.
 */
import { createHmac } from 'node:crypto'
import type { WebhookRequest } from '../sources/source.ts'
import { isSameSecret } from './authenticate.ts'

export interface SecretProof {
  /** In lower case. */
  readonly header: string
  readonly form: 'equal' | 'hmac-sha256-hex' | 'hmac-sha256-base64'
}

/** The first header that proves knowledge of the secret; only `pinnedHeader` is looked at where it is set. */
export function findSecretProof(
  request: WebhookRequest,
  secret: string,
  pinnedHeader: string | null,
): SecretProof | null {
  const signature = createHmac('sha256', secret).update(request.body).digest()
  for (const [header, value] of Object.entries(request.headers)) {
    if (value === undefined || (pinnedHeader !== null && header !== pinnedHeader)) continue
    const form = formOf(value, secret, signature)
    if (form !== null) return { header, form }
  }
  return null
}

function formOf(value: string, secret: string, signature: Buffer): SecretProof['form'] | null {
  const plain = value.replace(/^bearer +/i, '')
  if (isSameSecret(value, secret) || isSameSecret(plain, secret)) return 'equal'
  const signed = plain.replace(/^sha256=/i, '')
  if (isSameSecret(signed.toLowerCase(), signature.toString('hex'))) return 'hmac-sha256-hex'
  if (isSameSecret(signed, signature.toString('base64'))) return 'hmac-sha256-base64'
  return null
}
