import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isEmail, repairedEmail } from '../../../../services/core/reading/email.ts'

describe('an address', () => {
  it.each([
    'ana@example.com',
    'Ana.Maria+cv@Example.CO.UK',
    "o'neill_1@x-y.example",
    'josé.niño@exämple.fr',
    'a@xn--exmple-cua.xn--p1ai',
  ])('%s can be written to', address => {
    expect(isEmail(address)).toBe(true)
  })

  it.each([
    '',
    'a',
    'a@b',
    'x@localhost',
    'a@b@example.com',
    'ana @example.com',
    'ana@example..com',
    'ana..b@example.com',
    '.ana@example.com',
    'ana.@example.com',
    'ana@-example.com',
    'ana@example-.com',
    'ana@example,com',
    'ana@example.c',
    'ana@127.0.0.1',
    '<ana@example.com>',
    'ana@example.com.',
    'ana@gmail.com;ana@yahoo.fr',
    `${'a'.repeat(65)}@example.com`,
    'ana\ud800@example.com',
  ])('%j cannot', address => {
    expect(isEmail(address)).toBe(false)
  })
})

describe('an address that is written otherwise', () => {
  it.each([
    ' ana@example.com ',
    '\u200bana@example.com',
    'ana@exam\u00adple.com\ufeff',
    '<ana@example.com>',
    'Ana Maria <ana@example.com>',
    '"Ana" < ana@example.com >',
    'mailto:ana@example.com',
    'MAILTO:ana@example.com?subject=Hello',
    '<mailto:ana@example.com>',
    'E-mail: ana@example.com',
    'ana@example.com.',
    'ana@example.com,',
    '(ana@example.com);',
    'ana\uff20example.com',
  ])('%j is read', given => {
    expect(repairedEmail(given)).toBe('ana@example.com')
  })

  it.each(['a@b', 'ana@gmail..com', 'ana@gmail.com;ana@yahoo.fr', 'pas d email', 'ana @example.com'])(
    '%j stays',
    given => {
      expect(repairedEmail(given)).toBe(given)
    },
  )

  it('is the same once it is repaired', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.emailAddress()), text => {
        const once = repairedEmail(text)
        expect(repairedEmail(once)).toBe(once)
      }),
    )
  })
})
