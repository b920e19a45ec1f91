/** How well the skills that are sent agree with what a recruiter would name: see `adverts/README.md`. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { jobSkills } from '../../../../services/pulsifi-sink/fit/skills.ts'
import { loadLexicon } from '../../../../services/pulsifi-sink/policy-from-config.ts'
import { agreement, labelledAdverts, sum } from '../../../support/labelled-adverts.ts'

const lexicon = loadLexicon()
const rows = readFileSync(
  new URL('../../../../services/pulsifi-sink/lexicon/skills.tsv', import.meta.url),
  'utf8',
).split('\n')
const namesOf = new Map(
  rows.map(row => {
    const [name = '', terms = ''] = row.split('\t')
    return [name.replace(/^=/, '').trim(), terms.split('|').map(term => term.replace(/^[=~]/, ''))] as const
  }),
)

const PRECISION_MIN = 0.95
const RECALL_MIN = 0.8

it.each([
  ['tuned', 15],
  ['kept', 15],
  ['blind', 8],
] as const)('of the %s adverts there are %i of each language', (part, count) => {
  for (const language of ['en', 'fr', 'sv']) expect(labelledAdverts(language, part)).toHaveLength(count)
})

it.each([
  ['en', 'tuned'],
  ['fr', 'tuned'],
  ['sv', 'tuned'],
  ['en', 'kept'],
  ['fr', 'kept'],
  ['sv', 'kept'],
  ['en', 'blind'],
  ['fr', 'blind'],
  ['sv', 'blind'],
] as const)('%s, %s: of 100 that are sent 95 are right, of 100 places 80 are filled', (language, half) => {
  const total = sum(
    labelledAdverts(language, half).map(advert =>
      agreement(advert, jobSkills(advert.job, lexicon).skills, namesOf),
    ),
  )
  expect(total.right / total.sent).toBeGreaterThanOrEqual(PRECISION_MIN)
  expect(total.filled / total.places).toBeGreaterThanOrEqual(RECALL_MIN)
})
