import fc from 'fast-check'
import examples from 'libphonenumber-js/examples.mobile.json'
import { getCountries, getCountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { describe, expect, it } from 'vitest'
import { NOBODYS, plainPhone } from '../../../../services/core/reading/plain-phone.ts'

const byLibrary = (text: string, defaultCountry: ReturnType<typeof getCountries>[number]) => {
  const number = parsePhoneNumberFromString(text, { extract: false, defaultCountry })
  return number?.isValid()
    ? {
        e164: number.number,
        callingCode: number.countryCallingCode,
        isFixedLine: number.getType() === 'FIXED_LINE',
      }
    : NOBODYS
}

const country = fc.constantFrom(...getCountries())
const digits = (from: number, to: number) =>
  fc.array(fc.nat(9), { minLength: from, maxLength: to }).map(all => all.join(''))

/** Beginnings of numbers that exist, ended at random, as they are dialled at home and from abroad. */
const dialled = fc
  .record({
    country,
    kept: fc.integer({ min: 3, max: 9 }),
    end: digits(5, 9),
    gap: fc.constantFrom('', ' ', '-', '.', ' (0)'),
  })
  .chain(({ country: of, kept, end, gap }) => {
    const example = examples[of] ?? '612345678'
    const national = `${example.slice(0, kept)}${end}`.slice(
      0,
      example.length + (end.startsWith('9') ? 1 : 0),
    )
    const code = getCountryCallingCode(of)
    return fc.record({
      text: fc.constantFrom(`+${code}${gap}${national}`, `0${national}`, `00${code}${national}`, national),
      at: fc.oneof(fc.constant(of), country),
    })
  })

describe('a plainly written number', () => {
  it('is what the library takes it for, or left to the library', () => {
    const read = { found: 0, nobodys: 0 }
    fc.assert(
      fc.property(dialled, ({ text, at }) => {
        const plain = plainPhone(text, at)
        if (plain === null) return
        read[plain === NOBODYS ? 'nobodys' : 'found']++
        expect(plain).toEqual(byLibrary(text, at))
      }),
      { numRuns: 1_000 },
    )
    expect(read.found).toBeGreaterThan(150)
    expect(read.nobodys).toBeGreaterThan(50)
  })

  it('is read here in the countries of the sources', () => {
    const numbers = [
      ...(['FR', 'GB', 'SE', 'IE', 'DE', 'NL', 'BE'] as const).flatMap(at => [
        { text: `0${examples[at]}`, at },
        { text: `+${getCountryCallingCode(at)} ${examples[at]}`, at: 'GB' as const },
      ]),
      { text: '(0113) 496 0123', at: 'GB' as const },
      { text: '+46 8-16 56 21', at: 'FR' as const },
    ]
    for (const { text, at } of numbers) {
      expect(plainPhone(text, at), text).toMatchObject({ e164: expect.any(String) })
      expect(plainPhone(text, at)).toEqual(byLibrary(text, at))
    }
  })

  it.each([
    ['020 7946 0018 ext 12', 'GB'],
    ['+44 (0)20 7946 0018', 'GB'],
    ['7946 0018', 'GB'],
    ['0044 20 7946 0018', 'GB'],
    ['+999 123456', 'GB'],
    ['', 'GB'],
    ['06 6982 1234', 'IT'],
  ] as const)('is not %j in %s, which is left to the library', (text, at) => {
    expect(plainPhone(text, at)).toBeNull()
  })
})
