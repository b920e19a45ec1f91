import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { candidateRequest } from '../../../../infra/pulsifi-sandbox/validate.ts'
import type { Candidate } from '../../../../schemas/types.ts'
import { type CandidateFitOptions, fitCandidate } from '../../../../services/pulsifi-sink/fit/candidate.ts'
import { createCandidate } from '../guideline.ts'
import { ASTRAL, aCandidate, anApplication, aPosition, PULSIFI_JOB_ID, provenance } from '../records.ts'

/** PROPERTY_RUNS=10000 takes a minute. */
const RUNS = { numRuns: Number(process.env.PROPERTY_RUNS ?? 300) }
const TIMEOUT_MS = 10_000 + 20 * RUNS.numRuns

const NOW_MS = Date.parse('2024-11-30T10:00:00.500Z')
const options: CandidateFitOptions = {
  anonymous: false,
  onMissingIdentity: 'block',
  inviteDeadlineDays: null,
  jobLastDay: null,
  nowMs: NOW_MS,
  responsibilityFieldName: 'responsibility_achievement',
}
const fitOf = (change: Partial<Candidate>, settings: Partial<CandidateFitOptions> = {}) =>
  fitCandidate(aCandidate(change), anApplication(), PULSIFI_JOB_ID, { ...options, ...settings })
const requestOf = (change: Partial<Candidate>, settings: Partial<CandidateFitOptions> = {}) => {
  const result = fitOf(change, settings)
  if (result.type === 'blocked') throw new Error(result.reasons.join())
  return result.request
}

it('sends no key for what is not there', () => {
  expect(fitOf({})).toEqual({
    type: 'fitted',
    adjustments: [],
    request: {
      job_id: PULSIFI_JOB_ID,
      ext_reference_id: 'jobylon_7',
      is_anonymous_candidate: false,
      email: 'johndoe@gmail.com',
      first_name: 'John',
      last_name: 'Doe',
    },
  })
})

describe('identity', () => {
  const address = (length: number) =>
    `a@${'b.'.repeat(Math.floor((length - 6) / 2))}${length % 2 === 0 ? 'com' : 'info'}`.padEnd(length, 'm')

  it.each([254, 255])('takes an address of %i characters', length => {
    expect(requestOf({ email: ` ${address(length)} ` }).email).toBe(address(length))
  })

  it.each([
    ['no address', { email: null }, ['EMAIL_MISSING']],
    ['an empty address', { email: ' ' }, ['EMAIL_MISSING']],
    ['an address of 256 characters', { email: address(256) }, ['EMAIL_INVALID']],
    ['two @', { email: 'a@b@example.com' }, ['EMAIL_INVALID']],
    ['a domain without a dot', { email: 'a@localhost' }, ['EMAIL_INVALID']],
    ['no name', { first_name: null, last_name: ' \t' }, ['NAME_MISSING']],
    ['neither', { email: null, first_name: null, last_name: null }, ['EMAIL_MISSING', 'NAME_MISSING']],
  ])('blocks %s', (_name, change, reasons) => {
    expect(fitOf(change)).toEqual({ type: 'blocked', reasons })
  })

  it.each([
    ['first_name', { first_name: null, last_name: 'Suharto' }],
    ['last_name', { first_name: 'Suharto', last_name: ' ' }],
  ])('with one name has it in both fields, and says so of %s', (field, names) => {
    expect(fitOf(names)).toMatchObject({
      request: { first_name: 'Suharto', last_name: 'Suharto' },
      adjustments: [{ field, rule: 'repeated' }],
    })
  })

  it.each([
    ['255 characters', 'n'.repeat(255), 'n'.repeat(255)],
    ['256 characters', 'n'.repeat(256), 'n'.repeat(255)],
    ['a surrogate pair over the limit', 'n'.repeat(254) + ASTRAL, 'n'.repeat(254)],
    ['inner white space', ' Anna \n Maria ', 'Anna Maria'],
  ])('fits a name of %s', (_name, first_name, sent) => {
    expect(requestOf({ first_name }).first_name).toBe(sent)
  })

  it('is left out whole of an anonymous invitation', () => {
    const anonymous = { job_id: PULSIFI_JOB_ID, ext_reference_id: 'jobylon_7', is_anonymous_candidate: true }
    expect(requestOf({}, { anonymous: true })).toEqual(anonymous)
    expect(requestOf({ email: null }, { onMissingIdentity: 'anonymous' })).toEqual(anonymous)
    expect(requestOf({}, { onMissingIdentity: 'anonymous' }).email).toBe('johndoe@gmail.com')
  })

  it('is not given up because an address is wrong: a person can mend it', () => {
    expect(fitOf({ email: 'nobody' }, { onMissingIdentity: 'anonymous' })).toEqual({
      type: 'blocked',
      reasons: ['EMAIL_INVALID'],
    })
  })
})

describe('skills', () => {
  const skill = (name: string, proficiency: string | null) => ({ name, uri: null, proficiency })

  it('are sent with the level that the source states, in Pulsifi’s word', () => {
    const skills = [skill('Programming', 'Goda kunskaper'), skill('English', 'C2')]
    expect(requestOf({ skills }).skills).toEqual([
      { name: 'Programming', proficiency: 'competent' },
      { name: 'English', proficiency: 'expert' },
    ])
  })

  it('without a level that we know are left out', () => {
    const result = fitOf({ skills: [skill('Programming', null), skill('Chess', 'grandmaster')] })
    expect(result).toMatchObject({ adjustments: [{ field: 'skills', rule: 'omitted' }] })
    expect(result).not.toHaveProperty('request.skills')
  })

  it.each([
    [15, 15],
    [16, 15],
  ])('of %i sends %i', (count, sent) => {
    const skills = Array.from({ length: count }, (_, at) => skill(`s${at}`, 'expert'))
    expect(requestOf({ skills }).skills).toHaveLength(sent)
  })
})

describe('work experiences', () => {
  const sent = (change: Parameters<typeof aPosition>[0], settings: Partial<CandidateFitOptions> = {}) =>
    requestOf({ work_experiences: [aPosition(change)] }, settings).work_experiences?.[0]

  it('send the end of a past position only', () => {
    expect(sent({ end_date: 20_000 })).toMatchObject({ start_date: '2022-10-04', end_date: '2024-10-04' })
    expect(sent({ end_date: 20_000, is_current: true })).not.toHaveProperty('end_date')
  })

  const adjusted = (change: Parameters<typeof aPosition>[0]) => {
    const result = fitOf({ work_experiences: [aPosition(change)] })
    return result.type === 'fitted' ? result.adjustments.map(({ field, rule }) => `${field}:${rule}`) : []
  }

  it('say when a month or a year was completed', () => {
    const change = { end_date: 20_000, start_precision: 'MONTH', end_precision: 'YEAR' } as const
    expect(adjusted(change)).toEqual([
      'work_experiences.start_date:completed',
      'work_experiences.end_date:completed',
    ])
    expect(adjusted({ ...change, is_current: true })).toEqual([
      'work_experiences.start_date:completed',
      'work_experiences.end_date:omitted',
    ])
  })

  /** 2024-11-30, the day of the test. */
  const TODAY = 20_057

  it.each([
    ['ends before it starts', { end_date: 19_268 }, 'work_experiences:end-before-start'],
    ['starts tomorrow', { start_date: TODAY + 1 }, 'work_experiences:starts-in-future'],
    [
      'starts tomorrow and lasts',
      { start_date: TODAY + 1, is_current: true },
      'work_experiences:starts-in-future',
    ],
  ])('leave out one that %s, and say so', (_what, change, reason) => {
    expect(sent(change)).toBeUndefined()
    expect(adjusted(change)).toEqual([reason])
  })

  it.each([
    ['starts today', { start_date: TODAY }, { start_date: '2024-11-30' }],
    ['ended on its first day', { end_date: 19_269 }, { start_date: '2022-10-04', end_date: '2022-10-04' }],
    [
      'lasts, whatever end stands beside it',
      { is_current: true, end_date: 19_000 },
      { start_date: '2022-10-04', is_current: true },
    ],
    ['has an end that is agreed', { end_date: TODAY + 90 }, { is_current: true }],
    [
      'ended this year',
      { end_date: TODAY + 31, end_precision: 'YEAR' as const },
      { is_current: false, end_date: '2024-11-30' },
    ],
  ])('send one that %s', (_what, change, expected) => {
    expect(sent(change)).toMatchObject(expected)
  })

  it('send a list as text', () => {
    const description = '<ul><li>Led a team of 8</li><li>Wound care</li></ul>'
    expect(sent({ description })?.responsibility_achievement).toBe('- Led a team of 8\n- Wound care')
  })

  it.each([
    ['role', { role: ' ' }],
    ['organisation', { organization: '' }],
    ['first day', { start_date: null }],
    ['year of four digits', { start_date: 3_000_000 }],
  ])('are left out without a %s', (_name, change) => {
    expect(sent(change)).toBeUndefined()
  })

  it('are the ten newest, newest first', () => {
    const days = [3, 12, 7, 1, 9, 5, 11, 2, 8, 4, 10, 6]
    const work_experiences = days.map(day => aPosition({ start_date: day, role: `role ${day}` }))
    expect(requestOf({ work_experiences }).work_experiences?.map(({ role }) => role)).toEqual(
      [12, 11, 10, 9, 8, 7, 6, 5, 4, 3].map(day => `role ${day}`),
    )
  })

  it.each([
    [1000, 1000],
    [1001, 1000],
  ])('with %i characters of responsibilities send %i', (length, expected) => {
    expect(sent({ description: 'r'.repeat(length) })?.responsibility_achievement).toHaveLength(expected)
  })

  it('use one of the two names for responsibilities, never both', () => {
    const position = sent(
      { description: 'APIs' },
      { responsibilityFieldName: 'responsibilities_achievements' },
    )
    expect(position).toMatchObject({ responsibilities_achievements: 'APIs' })
    expect(position).not.toHaveProperty('responsibility_achievement')
  })
})

it.each([
  [1, '2024-12-01T10:00:00Z'],
  [88, '2025-02-26T10:00:00Z'],
  // Three months from here are 28 February: a day less is 89 days.
  [89, '2025-02-27T10:00:00Z'],
  [90, undefined],
  [0, undefined],
  [null, undefined],
])('with a deadline of %s days sends %s', (inviteDeadlineDays, deadline) => {
  expect(requestOf({}, { inviteDeadlineDays }).deadline).toBe(deadline)
})

const TODAY = Math.floor(NOW_MS / 86_400_000)

it.each([
  ['ends before', 14, 3, '2024-12-03T23:59:59Z', ['ends-with-job']],
  ['ends today', 14, 0, '2024-11-30T23:59:59Z', ['ends-with-job']],
  ['ends before what Pulsifi would not take', 200, 60, '2025-01-29T23:59:59Z', ['ends-with-job']],
  ['ends on the day itself, later', 14, 14, '2024-12-14T10:00:00Z', []],
  ['ends after', 14, 20, '2024-12-14T10:00:00Z', []],
  ['is over, and they are invited nevertheless', 14, -1, '2024-12-14T10:00:00Z', []],
  ['ends, and nobody asks for a deadline', null, 3, undefined, []],
] as const)(
  'whoever is invited to a job that %s is told so',
  (_what, inviteDeadlineDays, days, deadline, rules) => {
    const result = fitOf({}, { inviteDeadlineDays, jobLastDay: TODAY + days })
    if (result.type === 'blocked') throw new Error(result.reasons.join())
    expect(result.request.deadline).toBe(deadline)
    expect(result.adjustments.map(({ rule }) => rule)).toEqual(rules)
  },
)

it.each([
  [36, 'fitted'],
  [37, 'blocked'],
  [0, 'blocked'],
])('with a job id of %i characters is %s', (length, type) => {
  expect(fitCandidate(aCandidate(), anApplication(), 'x'.repeat(length), options).type).toBe(type)
})

it.each([
  [42, `jobylon_${'x'.repeat(42)}`],
  [43, expect.stringMatching(/^jobylon_h_[a-z2-7]{26}$/)],
])('never cuts an application id of %i characters', (length, ext_reference_id) => {
  const application = anApplication({ external_id: 'x'.repeat(length) })
  expect(fitCandidate(aCandidate(), application, PULSIFI_JOB_ID, options)).toMatchObject({
    request: { ext_reference_id },
  })
})

const anyText = (lengthMax: number) => fc.option(fc.string({ unit: 'binary', maxLength: lengthMax }))
const name = fc.oneof(anyText(300), fc.lorem({ maxCount: 60 }))
const day = fc.option(fc.integer({ min: -1_000_000, max: 4_000_000 }))
const precision = fc.constantFrom('UNKNOWN', 'DAY', 'MONTH', 'YEAR')
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.lorem({ maxCount: 200 }))
const someCandidate = fc
  .record({
    first_name: name,
    last_name: name,
    email: fc.oneof(fc.emailAddress(), anyText(300)),
    skills: fc.array(
      fc.record({
        name: text,
        uri: fc.constant(null),
        proficiency: fc.constantFrom('expert', '3/5', 'Goda kunskaper', 'x', null),
      }),
      { maxLength: 20 },
    ),
    work_experiences: fc.array(
      fc.record({
        role: text,
        organization: text,
        is_current: fc.boolean(),
        description: fc.option(text),
        start_date: day,
        end_date: day,
        start_precision: precision,
        end_precision: precision,
      }),
      { maxLength: 14 },
    ),
    tenant_id: fc.stringMatching(/^[a-z0-9-]{1,24}$/),
  })
  .map(({ tenant_id, ...change }) => aCandidate({ ...change, provenance: { ...provenance, tenant_id } }))

/** By the guideline as this test reads it, and by the sandbox's own strict reading. */
const faultsOf = (request: unknown) =>
  [createCandidate(NOW_MS), candidateRequest(NOW_MS)].flatMap(
    schema => schema.safeParse(request).error?.issues ?? [],
  )

it(
  'makes of any candidate a request within the guideline, or names why not',
  () => {
    const settings = fc.record({
      anonymous: fc.boolean(),
      onMissingIdentity: fc.constantFrom('block', 'anonymous'),
      inviteDeadlineDays: fc.option(fc.integer({ min: -5, max: 200 })),
      jobLastDay: fc.option(fc.integer({ min: TODAY - 300, max: TODAY + 300 })),
    })
    fc.assert(
      fc.property(
        someCandidate,
        fc.string({ unit: 'binary', minLength: 1, maxLength: 70 }),
        settings,
        (candidate, external_id, chosen) => {
          const result = fitCandidate(candidate, anApplication({ external_id }), PULSIFI_JOB_ID, {
            ...options,
            ...chosen,
          })
          if (result.type === 'blocked') expect(result.reasons).not.toEqual([])
          else expect(faultsOf(result.request)).toEqual([])
        },
      ),
      RUNS,
    )
  },
  TIMEOUT_MS,
)
