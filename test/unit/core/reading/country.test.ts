import fc from 'fast-check'
import { expect, it } from 'vitest'
import { countryCode } from '../../../../services/core/reading/country.ts'

it.each([
  ['France', 'FR'],
  ['FRANCE', 'FR'],
  [' fr ', 'FR'],
  ['FRA', 'FR'],
  ['Allemagne', 'DE'],
  ['Suède', 'SE'],
  ['Suede', 'SE'],
  ['Sverige', 'SE'],
  ['Tyskland', 'DE'],
  ['United States of America', 'US'],
  ['USA', 'US'],
  ['UK', 'GB'],
  ['Deutschland', 'DE'],
  ['España', 'ES'],
  ['Nederland', 'NL'],
  ['Royaume Uni', 'GB'],
  ['Great Britain', 'GB'],
  ['England', 'GB'],
  ['Côte d’Ivoire', 'CI'],
  ['الجزائر', 'DZ'],
  ['D', 'DE'],
  ['s', 'SE'],
  ['X', null],
  ['ZZ', null],
  ['Gotham', null],
  ['', null],
  [null, null],
])('reads %j as %j', (text, code) => {
  expect(countryCode(text)).toBe(code)
})

it('answers null or two upper-case letters, whatever it is asked', () => {
  fc.assert(fc.property(fc.string(), text => /^[A-Z]{2}$/.test(countryCode(text) ?? 'AA')))
})
