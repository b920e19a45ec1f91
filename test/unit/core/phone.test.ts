import fc from 'fast-check'
import { expect, it } from 'vitest'
import { phoneNumber } from '../../../services/core/phone.ts'

it.each([
  ['+33123456789', undefined, '+33123456789'],
  ['+33 1 23 45 67 89', undefined, '+33123456789'],
  ['0033 1 23 45 67 89', undefined, '+33123456789'],
  ['01 23 45 67 89', 'FR', '+33123456789'],
  ['01 23 45 67 89', undefined, null],
  ['01 23 45 67 89', 'XX', null],
  ['+331', undefined, null],
  ['+99912345678', undefined, null],
  ['call me on +33123456789', undefined, null],
  ['', undefined, null],
])('reads %j with default country %s as %s', (raw, country, e164) => {
  expect(phoneNumber(raw, null, country)).toEqual({ raw, e164, type: null })
})

it('keeps the type that the source states', () => {
  expect(phoneNumber('+33123456789', 'landline').type).toBe('landline')
})

it('never throws and keeps what was sent', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (raw, country) => phoneNumber(raw, null, country).raw === raw),
  )
})
