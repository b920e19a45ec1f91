import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBase64, decodeFileText, decodeUnbrokenBytes } from '../../../services/core/base64.ts'

describe('decodeFileText', () => {
  it.each([
    ['base64 alone', 'Q2xl', 'Cle'],
    ['a data URI', 'data:application/pdf;base64,Q2xl', 'Cle'],
    ['one with parameters', 'data:text/plain;charset=utf-8;name=a.txt;base64,Q2xl', 'Cle'],
    ['one of no type, in capitals, after a space', ' DATA:;BASE64, Q2xl', 'Cle'],
    ['one whose padding is escaped', 'data:;base64,Q2w%3D', 'Cl'],
    ['one in lines', 'data:application/pdf;base64,Q2\r\nxl', 'Cle'],
    ['one without anything', 'data:application/pdf;base64,', ''],
  ])('reads %s', (_what, text, expected) => {
    expect(Buffer.from(decodeFileText(text) ?? 'null').toString()).toBe(expected)
  })

  it.each(['data:text/plain,Q2xl', 'data:application/pdf;base64', 'data:a;base64,Q2x!', 'Q2w%3D'])(
    'refuses %s',
    text => {
      expect(decodeFileText(text)).toBeNull()
    },
  )
})

describe('decodeBase64', () => {
  it.each([
    ['padded', 'Q2xldmVyY29ubmVjdCByb2Nrcw==', 'Cleverconnect rocks'],
    ['unpadded', 'Q2xldmVyY29ubmVjdCByb2Nrcw', 'Cleverconnect rocks'],
    ['in lines', 'Q2xl\r\n dmVy\t', 'Clever'],
    ['empty', '', ''],
  ])('reads %s text', (_what, text, expected) => {
    expect(Buffer.from(decodeBase64(text) ?? 'null').toString()).toBe(expected)
  })

  it.each([
    ['a character of no alphabet', 'Q2xl!mVy'],
    ['a data URI', 'data:application/pdf;base64,Q2xl'],
    ['a length that no bytes have', 'Q2xld'],
    ['padding in the middle', 'Q2==Q2xl'],
    ['padding that does not fit', 'Q2xldm='],
    ['too much padding', 'Q2xl===='],
    ['padding alone', '='],
    ['a character beyond ASCII', 'Q2xlé'],
  ])('refuses %s', (_what, text) => {
    expect(decodeBase64(text)).toBeNull()
  })

  it('gives back what was encoded, in both alphabets', () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.constantFrom('base64' as const, 'base64url' as const),
        (bytes, alphabet) => {
          expect(Buffer.from(decodeBase64(Buffer.from(bytes).toString(alphabet)) ?? 'null')).toEqual(
            Buffer.from(bytes),
          )
        },
      ),
    )
  })

  it('takes exactly what is digits, white space and the right padding', () => {
    const pieces = fc.constantFrom('Q', 'x', '9', '+', '/', '-', '_', '=', ' ', '\n', '!', 'é', '\u0000')
    fc.assert(
      fc.property(fc.string({ unit: pieces, maxLength: 24 }), text => {
        const [, digits = '', padding = ''] = /^([\w+/-]*)(={0,2})$/.exec(text.replace(/\s/g, '')) ?? [
          undefined,
          '!',
        ]
        const isValid =
          digits !== '!' && digits.length % 4 !== 1 && (padding === '' || (digits + padding).length % 4 === 0)
        expect(decodeBase64(text)).toEqual(isValid ? Buffer.from(digits, 'base64') : null)
      }),
      { numRuns: 2_000 },
    )
  })

  it('reads the same from the bytes of a text, at any length, unless something stands between the digits', () => {
    const lengths = fc.oneof(fc.nat(20), fc.nat(200_000))
    fc.assert(
      fc.property(
        lengths,
        fc.constantFrom('', '=', '==', '\n', '!'),
        fc.double({ min: 0, max: 1 }),
        (length, odd, at) => {
          const digits = 'QUJD'.repeat(Math.ceil(length / 4)).slice(0, length)
          const cut = Math.floor(at * length)
          const text = digits.slice(0, cut) + odd + digits.slice(cut)
          const isBroken = /\s/.test(text)
          expect(decodeUnbrokenBytes(Buffer.from(text))).toEqual(isBroken ? null : decodeBase64(text))
        },
      ),
    )
  })

  it('reads twelve megabytes', () => {
    expect(decodeBase64('QUJD'.repeat(4_000_000))?.length).toBe(12_000_000)
  })
})
