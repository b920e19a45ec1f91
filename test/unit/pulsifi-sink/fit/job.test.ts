import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jobRequest } from '../../../../infra/pulsifi-sandbox/validate.ts'
import type { Job } from '../../../../schemas/types.ts'
import { fitJob } from '../../../../services/pulsifi-sink/fit/job.ts'
import { parseLexicon } from '../../../../services/pulsifi-sink/fit/skill-lexicon.ts'
import { createJob } from '../guideline.ts'
import { ASTRAL, aJob, provenance } from '../records.ts'

/** PROPERTY_RUNS=10000 takes a minute. */
const RUNS = { numRuns: Number(process.env.PROPERTY_RUNS ?? 300) }
const TIMEOUT_MS = 10_000 + 20 * RUNS.numRuns

const lexicon = parseLexicon('Nursing\tinfirmière\nPython')
const options = { lexicon, descriptionMax: null, allowEmptySkills: false }
const fitted = (job: Job, change = {}) => {
  const fit = fitJob(job, { ...options, ...change })
  if (fit.type === 'blocked') throw new Error(fit.reasons.join())
  return fit
}
const stated = (...names: string[]) => names.map(name => ({ name, uri: null, origin: 'SOURCE' as const }))

describe('title', () => {
  it.each([
    ['254 characters', 'x'.repeat(254), 'x'.repeat(254), []],
    ['255 characters', 'x'.repeat(255), 'x'.repeat(255), []],
    ['256 characters', 'x'.repeat(256), 'x'.repeat(255), [{ field: 'title', rule: 'truncated' }]],
    [
      'a word over the limit',
      `${'x'.repeat(250)} words`,
      'x'.repeat(250),
      [{ field: 'title', rule: 'truncated' }],
    ],
    [
      'half a surrogate pair at the limit',
      'x'.repeat(254) + ASTRAL,
      'x'.repeat(254),
      [{ field: 'title', rule: 'truncated' }],
    ],
    ['a surrogate pair inside the limit', 'x'.repeat(253) + ASTRAL, 'x'.repeat(253) + ASTRAL, []],
    ['padding', '  Fork-lift \n operator ', 'Fork-lift operator', []],
  ])('fits %s', (_name, title, sent, adjustments) => {
    expect(fitted(aJob({ title }))).toMatchObject({ request: { title: sent }, adjustments })
  })

  it.each([null, '', ' \n'])('blocks a job without one: %j', title => {
    expect(fitJob(aJob({ title }), options)).toEqual({ type: 'blocked', reasons: ['TITLE_MISSING'] })
  })
})

describe('description', () => {
  /** Facts are the title alone: " \n\nPosition: x." adds 15 characters. */
  const FACTS = '\n\nPosition: x.'.length
  const describedAs = (description: string | null) => fitJob(aJob({ title: 'x', description }), options)

  it.each([
    ['299 code points', 'd'.repeat(299 - FACTS), `DESCRIPTION_TOO_SHORT:299`],
    ['300 UTF-16 units in 299 code points', 'd'.repeat(298 - FACTS) + ASTRAL, 'DESCRIPTION_TOO_SHORT:299'],
    ['nothing but the title', null, 'DESCRIPTION_TOO_SHORT:12'],
    ['white space', ' '.repeat(400), 'DESCRIPTION_TOO_SHORT:12'],
  ])('blocks %s', (_name, description, reason) => {
    expect(describedAs(description)).toEqual({ type: 'blocked', reasons: [reason] })
  })

  it.each([
    ['300 code points', 'd'.repeat(300), []],
    ['300 astral code points', ASTRAL.repeat(300), []],
    ['300 with the facts', 'd'.repeat(300 - FACTS), [{ field: 'description', rule: 'facts-appended' }]],
  ])('takes %s', (_name, description, adjustments) => {
    expect(describedAs(description)).toMatchObject({ type: 'fitted', adjustments })
  })

  it.each([
    [500, 'cuts at a word', 'word '.repeat(200), 'word '.repeat(100).trim()],
    [
      300,
      'cuts inside a word when the minimum needs it',
      `${'d'.repeat(290)} ${'e'.repeat(50)}`,
      `${'d'.repeat(290)} ${'e'.repeat(9)}`,
    ],
  ])('with a maximum of %i %s', (descriptionMax, _what, description, sent) => {
    expect(fitted(aJob({ description }), { descriptionMax }).request.description).toBe(sent)
  })

  it('blocks what a maximum leaves too short', () => {
    const fit = fitJob(aJob({ description: ASTRAL.repeat(400) }), { ...options, descriptionMax: 500 })
    expect(fit).toEqual({ type: 'blocked', reasons: ['DESCRIPTION_TOO_SHORT:250'] })
  })
})

describe('skills', () => {
  const many = (count: number) => stated(...Array.from({ length: count }, (_, at) => `skill ${at}`))

  it.each([
    [9, 9, []],
    [10, 10, []],
    [11, 10, [{ field: 'skills', rule: 'dropped-items' }]],
  ])('of %i stated sends %i', (count, sent, adjustments) => {
    const fit = fitted(aJob({ skills: many(count) }))
    expect(fit.request.skills).toEqual(many(sent).map(({ name }) => name))
    expect(fit.adjustments).toEqual(adjustments)
  })

  it('keeps the source’s order, without repeats in another case', () => {
    const skills = stated(' Stealth ', 'Fast driver', 'STEALTH', '')
    expect(fitted(aJob({ skills })).request.skills).toEqual(['Stealth', 'Fast driver'])
  })

  const category = (label: string) => ({ scheme: 'category', external_id: null, label })

  it.each([
    ['text', { title: 'Infirmière' }, ['Nursing'], 'derived-from-text'],
    [
      'categories',
      { title: 'Jurist', categories: [category('Office 1'), category('Nursing')] },
      ['Nursing'],
      'derived-from-categories',
    ],
    [
      'title',
      { title: 'Jurist (m/f) – Lyon', categories: [category('Office 1'), category('Full time')] },
      ['Jurist'],
      'derived-from-title',
    ],
  ])('come from the %s when none is stated', (_from, change, skills, rule) => {
    const fit = fitted(aJob({ skills: [], ...change }))
    expect(fit).toMatchObject({ request: { skills }, adjustments: [{ field: 'skills', rule }] })
  })

  it('block the job when not even a title says any, unless an empty list is allowed', () => {
    const job = aJob({ title: '42', skills: [] })
    expect(fitJob(job, options)).toEqual({ type: 'blocked', reasons: ['SKILLS_UNDERIVABLE'] })
    expect(fitted(job, { allowEmptySkills: true }).request.skills).toEqual([])
  })
})

it('names every reason at once', () => {
  const fit = fitJob(aJob({ title: null, description: null, skills: [] }), options)
  expect(fit).toEqual({
    type: 'blocked',
    reasons: ['TITLE_MISSING', 'DESCRIPTION_TOO_SHORT:0', 'SKILLS_UNDERIVABLE'],
  })
})

it.each([
  ['37 characters of native id', 'x'.repeat(37), `jobylon_${'x'.repeat(37)}`],
  ['a UUID', '6a3d7ead-3d9d-4ee4-88f9-e6e59eaca51e', 'jobylon_6a3d7ead-3d9d-4ee4-88f9-e6e59eaca51e'],
])('sends %s as it is', (_name, external_id, sent) => {
  expect(fitted(aJob({ external_id })).request.external_id).toBe(sent)
})

it('never cuts an identifier: ids with a common prefix stay apart', () => {
  const sent = ['a', 'b'].map(
    end => fitted(aJob({ external_id: `${'x'.repeat(60)}${end}` })).request.external_id,
  )
  expect(new Set(sent).size).toBe(2)
  for (const id of sent) expect(id).toMatch(/^jobylon_h_[a-z2-7]{26}$/)
})

/** Any job a source can make; texts are long enough, often enough, to be fitted. */
const text = (lengthMax: number) =>
  fc.oneof(fc.string({ unit: 'binary', maxLength: lengthMax }), fc.lorem({ maxCount: 90 }), fc.constant(null))
const someJob = fc
  .record({
    title: text(300),
    description: fc.oneof(text(700), fc.string({ unit: 'binary', minLength: 280, maxLength: 700 })),
    language: text(5),
    experience_level: text(40),
    external_id: fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
    skills: fc.array(
      fc.record({
        name: fc.string({ unit: 'binary', maxLength: 300 }),
        uri: fc.constant(null),
        origin: fc.constantFrom('SOURCE', 'DERIVED'),
      }),
      { maxLength: 14 },
    ),
    description_sections: fc.array(
      fc.record({ name: fc.constantFrom('profile', 'company', 'note'), text: fc.lorem() }),
    ),
    source: fc.constantFrom('jobylon', 'humansourcing', 'cleverconnect', 'direct'),
    tenant_id: fc.stringMatching(/^[a-z0-9-]{1,24}$/),
  })
  .map(({ source, tenant_id, ...change }) =>
    aJob({ ...change, provenance: { ...provenance, source, tenant_id } }),
  )

/** By the guideline as this test reads it, and by the sandbox's own strict reading. */
const faultsOf = (request: unknown) =>
  [createJob, jobRequest].flatMap(schema => schema.safeParse(request).error?.issues ?? [])

it(
  'makes of any job a request within the guideline, or names why not',
  () => {
    fc.assert(
      fc.property(
        someJob,
        fc.option(fc.integer({ min: 300, max: 900 })),
        fc.boolean(),
        (job, descriptionMax, allowEmptySkills) => {
          const fit = fitJob(job, { ...options, descriptionMax, allowEmptySkills })
          if (fit.type === 'blocked') expect(fit.reasons).not.toEqual([])
          else expect(faultsOf(fit.request)).toEqual([])
        },
      ),
      RUNS,
    )
  },
  TIMEOUT_MS,
)

it('changes nothing in what it has fitted', () => {
  fc.assert(
    fc.property(someJob, job => {
      const fit = fitJob(job, options)
      fc.pre(fit.type === 'fitted' && !/[&<]/.test(fit.request.description))
      // What the title says may be a sentence, which nobody takes for the name of a skill.
      fc.pre(!fit.adjustments.some(({ rule }) => rule === 'derived-from-title'))
      const { title, description, skills } = fit.request
      expect(
        fitted({ ...job, title, description, skills: stated(...skills), description_sections: [] }),
      ).toEqual({
        ...fit,
        adjustments: [],
      })
    }),
    { numRuns: 200 },
  )
})
