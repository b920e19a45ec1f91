import { expect, it } from 'vitest'
import { employmentType, employmentTypes } from '../../../services/sources/employment-type.ts'

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
  ['Temps plein', 'FULL_TIME'],
  ['CDI temps partiel', 'PART_TIME'],
  ['Part-time, permanent', 'PART_TIME'],
  ['Temp to perm', 'TEMPORARY'],
  ['Fixed Term Contract', 'TEMPORARY'],
  ['Full-time contract', 'FULL_TIME'],
  ['Contrat de professionnalisation', 'INTERN'],
  ['Stage à temps partiel', 'INTERN'],
  ['Heltid', 'FULL_TIME'],
  ['Deltidstjänst', 'PART_TIME'],
  ['Tillsvidareanställning', 'FULL_TIME'],
  ['Visstidsanställning', 'TEMPORARY'],
  ['Vikariat', 'TEMPORARY'],
  ['Konsultuppdrag', 'CONTRACTOR'],
  ['Vast contract', 'FULL_TIME'],
  ['Zero hours', 'OTHER'],
  ['Voluntary', 'OTHER'],
  ['not permanent', 'UNKNOWN'],
  ['Non permanent, temporary', 'TEMPORARY'],
  ['International', 'UNKNOWN'],
  ['Internal move', 'UNKNOWN'],
  ['Département commercial', 'UNKNOWN'],
  ['Partner', 'UNKNOWN'],
  ['Superannuation', 'UNKNOWN'],
  ['Cadre', 'UNKNOWN'],
  ['', 'UNKNOWN'],
  [null, 'UNKNOWN'],
] as const)('reads %j as %s', (label, expected) => {
  expect(employmentType(label)).toBe(expected)
})

it.each([
  [['CDI', 'Temps partiel'], ['PART_TIME']],
  [
    ['CDD', 'Temps plein'],
    ['TEMPORARY', 'FULL_TIME'],
  ],
  [['Full time or part time'], ['PART_TIME', 'FULL_TIME']],
  [[null, null], []],
])('reads all that %j say', (labels, types) => {
  expect(employmentTypes(...labels)).toEqual(types)
})
