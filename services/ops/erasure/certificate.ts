/** What was found of an erasure, as a statement that can be checked later: a JSON Web Signature (RFC 7515) by Ed25519. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { ConfigError } from '../../platform/process/config.ts'
import type { Place } from './places.ts'

export interface Certificate {
  readonly candidate_key: string
  readonly made_at: string
  readonly made_by: string
  /** Whether nothing is left that should be gone, on disk neither. What a person must do is listed all the same. */
  readonly is_complete: boolean
  /** When it will be without anybody's doing, by what the broker has set at `made_at`; null when it is, or never will be. */
  readonly complete_by: string | null
  readonly places: readonly Place[]
}

/** @throws ConfigError unless it is the PEM of an Ed25519 private key */
export function signingKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem)
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // What OpenSSL says of it may quote it.
  }
  throw new ConfigError(
    'ERASURE_SIGNING_KEY is no Ed25519 key in PEM: make one with "openssl genpkey -algorithm ed25519"',
  )
}

/** Compact form: header, payload and signature in base64url. The header names the public key by the hash of its DER. */
export function signed(certificate: Certificate, key: KeyObject): string {
  const der = createPublicKey(key).export({ type: 'spki', format: 'der' })
  const kid = createHash('sha256').update(der).digest('base64url')
  const parts = [{ alg: 'EdDSA', kid }, certificate].map(part =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  )
  const text = parts.join('.')
  return `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`
}
