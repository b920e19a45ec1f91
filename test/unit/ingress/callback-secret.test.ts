import { describe, expect, it } from 'vitest'
import { findSecretProof } from '../../../services/ingress/callback-secret.ts'

// RFC 4231, test case 2.
const SECRET = 'Jefe'
const BODY = Buffer.from('what do ya want for nothing?')
const HEX = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'
const BASE64 = 'W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM='

const proofOf = (headers: Record<string, string | undefined>, pinnedHeader: string | null = null) =>
  findSecretProof({ headers, body: BODY }, SECRET, pinnedHeader)

describe('the secret of a callback', () => {
  it.each([
    ['the secret itself', SECRET, 'equal'],
    ['the secret as a bearer token', `Bearer ${SECRET}`, 'equal'],
    ['the signature in hex', HEX, 'hmac-sha256-hex'],
    ['the signature in capital hex', HEX.toUpperCase(), 'hmac-sha256-hex'],
    ['the signature in hex with its algorithm', `sha256=${HEX}`, 'hmac-sha256-hex'],
    ['the signature in base64', BASE64, 'hmac-sha256-base64'],
    ['the signature in base64 with its algorithm', `sha256=${BASE64}`, 'hmac-sha256-base64'],
  ])('is proven by %s in any header', (_name, value, form) => {
    expect(proofOf({ host: 'example.com', 'x-anything': value })).toEqual({ header: 'x-anything', form })
  })

  it.each([
    ['another secret', 'jefe'],
    ['a secret within a longer value', `${SECRET} and more`],
    ['a signature of another body', HEX.replace('5', '6')],
    ['an empty header', ''],
  ])('is not proven by %s', (_name, value) => {
    expect(proofOf({ 'x-anything': value })).toBeNull()
  })

  it('is looked for in the pinned header alone', () => {
    expect(proofOf({ 'x-other': SECRET, 'x-pinned': 'wrong' }, 'x-pinned')).toBeNull()
    expect(proofOf({ 'x-other': 'wrong', 'x-pinned': HEX }, 'x-pinned')).toEqual({
      header: 'x-pinned',
      form: 'hmac-sha256-hex',
    })
  })
})
