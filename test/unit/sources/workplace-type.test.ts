import { expect, it } from 'vitest'
import { typeIn, workplaceOf } from '../../../services/sources/workplace-type.ts'

it.each([
  [
    'REMOTE',
    [
      'Remote',
      'Fully remote (EU)',
      '100 % télétravail',
      'À distance',
      'Distansarbete',
      'Home-office',
      'WFH',
      'Hemmakontor',
    ],
  ],
  [
    'HYBRID',
    [
      'Hybrid',
      'Hybride',
      'Hybridarbete',
      'Partially remote',
      'Télétravail partiel',
      'Delvis på distans',
      '2 jours de télétravail',
    ],
  ],
  [
    'ON_SITE',
    ['On-site', 'Onsite', 'Sur site', 'Présentiel', 'På plats', 'Office-based', 'No remote, on site'],
  ],
  [
    'UNKNOWN',
    [
      '',
      'Stockholm',
      'Full time',
      'No remote work',
      'Remote sensing',
      'Pas de télétravail',
      'Remotely operated vehicles'.slice(9),
    ],
  ],
])('reads as %s: %j', (type, labels) => {
  expect(labels.map(typeIn)).toEqual(labels.map(() => type))
})

it('takes the first label that says it, and keeps its words', () => {
  expect(workplaceOf(null, 'Full time', 'Workplace: Hybrid', 'Remote')).toEqual({
    workplace_type: 'HYBRID',
    workplace_type_raw: 'Workplace: Hybrid',
  })
  expect(workplaceOf('Full time')).toEqual({ workplace_type: 'UNKNOWN', workplace_type_raw: null })
})
