import { expect, it } from 'vitest'
import {
  companies,
  companiesIn,
  companyWarnings,
  isOfUnknownCompany,
  tenantOfCompany,
} from '../../../services/core/companies.ts'

it.each([
  [
    { 'c-1': 'wayne', 2222: 'acme' },
    { 'c-1': 'wayne', 2222: 'acme' },
  ],
  ['c-1:wayne, 2222 : acme,', { 'c-1': 'wayne', 2222: 'acme' }],
  ['', {}],
  [undefined, undefined],
])('reads %j as %j', (written, read) => {
  expect(companies.parse(written)).toEqual(read)
})

it.each([{ 'c-1': 'Wayne Inc.' }, { 'c-1': '' }, 'wayne', 'c-1:', ':wayne', ['c-1'], 7])(
  'refuses %j',
  written => {
    expect(companies.safeParse(written).success).toBe(false)
  },
)

it('knows whose a company is, and whose it is not', () => {
  const settings = { companies: { 'c-1': 'wayne' } }
  expect(tenantOfCompany(settings, 'c-1')).toBe('wayne')
  for (const id of ['c-2', 'constructor', null]) expect(tenantOfCompany(settings, id)).toBeNull()
  expect(isOfUnknownCompany(settings, 'c-1', 'wayne')).toBe(false)
  expect(isOfUnknownCompany(settings, 'c-1', 'default')).toBe(true)
  expect(isOfUnknownCompany(settings, null, 'wayne')).toBe(true)
  expect(companyWarnings({ settings, tenant: 'default' }, 'c-2')).toEqual(['COMPANY_UNKNOWN'])
})

it('takes everything for its own tenant where no companies are named', () => {
  expect(companiesIn({})).toBeNull()
  expect(isOfUnknownCompany({}, 'c-1', 'default')).toBe(false)
})
