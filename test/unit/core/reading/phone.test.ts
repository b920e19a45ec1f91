import fc from 'fast-check'
import { expect, it } from 'vitest'
import { phoneNumber } from '../../../../services/core/reading/phone.ts'

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

it.each([
  ['0612345678 (après 18h)', '+33612345678'],
  ['06 12 34 56 78 / 01 42 68 53 00', '+33612345678'],
  ['0692 12 34 56', '+262692123456'],
  ['33612345678', '+33612345678'],
  ['0475 12 34 56', null],
  ['+33142685300', '+33142685300'],
  ['06 12 34 56', null],
])('reads a mobile number of France written %j as %s', (raw, e164) => {
  expect(phoneNumber(raw, 'mobile', 'FR').e164).toBe(e164)
})

it.each([
  ['070-123 45 67', 'SE', '+46701234567'],
  ['08-16 56 21', 'SE', '+468165621'],
  ['(0113) 496 0123', 'GB', '+441134960123'],
  ['030/1234567', 'DE', '+49301234567'],
])('reads %j as it is dialled in %s', (raw, country, e164) => {
  expect(phoneNumber(raw, null, country).e164).toBe(e164)
})

it('keeps the type that the source states', () => {
  expect(phoneNumber('+33123456789', 'landline').type).toBe('landline')
})

it('never throws and keeps what was sent', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (raw, country) => phoneNumber(raw, null, country).raw === raw),
  )
})
