import { expect, it } from 'vitest'
import { employmentType } from '../../../services/sources/employment-type.ts'

it.each([
  ['CDI', 'FULL_TIME'],
  ['Permanent', 'FULL_TIME'],
  ['Full Time', 'FULL_TIME'],
  ['Temps partiel', 'PART_TIME'],
  ['Part-time', 'PART_TIME'],
  ['CDD', 'TEMPORARY'],
  ['Intérim', 'TEMPORARY'],
  ['Inte\u0301rim', 'TEMPORARY'],
  ['Interim', 'TEMPORARY'],
  ['Temporary', 'TEMPORARY'],
  ['Stage', 'INTERN'],
  ['Internship', 'INTERN'],
  ['Alternance', 'INTERN'],
  ['Apprentissage', 'INTERN'],
  ['Freelance', 'CONTRACTOR'],
  ['Indépendant', 'CONTRACTOR'],
  ['Contract', 'CONTRACTOR'],
  ['Temps plein', 'UNKNOWN'],
  ['Cadre', 'UNKNOWN'],
  ['', 'UNKNOWN'],
  [null, 'UNKNOWN'],
] as const)('reads %j as %s', (label, expected) => {
  expect(employmentType(label)).toBe(expected)
})
