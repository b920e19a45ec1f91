import { expect, it } from 'vitest'
import { isSpontaneous } from '../../../services/sources/spontaneous.ts'

it.each([
  ['spont', 'Infirmier'],
  ['SPONT', null],
  ['spontanee', null],
  ['Candidature spontanée', null],
  ['', 'Candidature Spontanée'],
  [null, 'Candidatures spontanées - Lyon'],
  [null, 'Spontanansökan'],
  [null, 'Spontan ansökan'],
  [null, 'Speculative application'],
  [null, 'Open application'],
])('%j with the title %j is a pool', (kind, title) => {
  expect(isSpontaneous(kind, title)).toBe(true)
})

it.each([
  ['offre', 'Infirmier'],
  [null, 'Recruiter who answers speculative applications in our office'],
  [null, 'Responsable des ventes'],
  [null, null],
])('%j with the title %j is a job', (kind, title) => {
  expect(isSpontaneous(kind, title)).toBe(false)
})
