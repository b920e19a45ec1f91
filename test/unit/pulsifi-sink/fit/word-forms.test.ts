import { expect, it } from 'vitest'
import { formsOf, wholeCompounds } from '../../../../services/pulsifi-sink/fit/word-forms.ts'

it.each([
  ['dressings', 'dressing'],
  ['deliveries', 'delivery'],
  ['planning', 'plan'],
  ['preparing', 'prepare'],
  ['préparez', 'préparer'],
  ['hôpitaux', 'hôpital'],
  ['lagerarbetet', 'lagerarbete'],
  ['ritningarna', 'ritning'],
  ['planerar', 'planera'],
  ['serveringserfarenhet', 'servering'],
])('%s may be a form of %s', (form, word) => {
  expect([...formsOf(form)]).toContain(word)
})

it.each(['as', 'bus', 'sql', 'och'])('leaves %s as it is', word => {
  expect([...formsOf(word)]).toEqual([])
})

const KNOWN = new Set([
  'kundreskontra',
  'leverantörsreskontra',
  'varumottagning',
  'hemförsäkring',
  'bilförsäkring',
])
it.each([
  ['kund- och leverantörsreskontra', 'kundreskontra och leverantörsreskontra'],
  ['hem-, bil- och båtförsäkring', 'hemförsäkring, bilförsäkring och båtförsäkring'],
  ['i kund- eller leverantörsreskontra.', 'i kundreskontra eller leverantörsreskontra.'],
  ['dag- och nattarbete', 'dag- och nattarbete'],
  ['work - and leverantörsreskontra', 'work - and leverantörsreskontra'],
  ['e-post och leverantörsreskontra', 'e-post och leverantörsreskontra'],
])('makes whole words of %j', (text, whole) => {
  expect(wholeCompounds(text, word => KNOWN.has(word))).toBe(whole)
})
