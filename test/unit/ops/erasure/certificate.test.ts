import { generateKeyPairSync, verify } from 'node:crypto'
import { expect, it } from 'vitest'
import { type Certificate, signed, signingKey } from '../../../../services/ops/erasure/certificate.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const certificate: Certificate = {
  ...{ candidate_key: 'jobylon:default:7', made_at: '2026-01-31T00:00:00.000Z', made_by: 'somebody' },
  ...{ is_complete: true, complete_by: null, places: [] },
}

it('is signed as anybody with the public key can check', () => {
  const [header = '', payload = '', signature = ''] = signed(certificate, signingKey(pem)).split('.')
  const text = (part: string) => Buffer.from(part, 'base64url').toString()
  expect(JSON.parse(text(header))).toMatchObject({ alg: 'EdDSA' })
  expect(JSON.parse(text(payload))).toEqual(certificate)
  const isTrue = (of: string) =>
    verify(null, Buffer.from(`${header}.${of}`), publicKey, Buffer.from(signature, 'base64url'))
  expect(isTrue(payload)).toBe(true)
  expect(isTrue(Buffer.from(text(payload).replace('true', 'false')).toString('base64url'))).toBe(false)
})

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey

it.each([
  ['no key', 'secret text'],
  ['a key of another kind', rsa.export({ type: 'pkcs8', format: 'pem' }).toString()],
])('takes %s for a mistake, and does not quote it', (_what, text) => {
  expect(() => signingKey(text)).toThrow(/^ERASURE_SIGNING_KEY is no Ed25519 key/)
  expect(() => signingKey(text)).not.toThrow(/secret/)
})
