import { describe, expect, it } from 'vitest'
import { ApiError } from '../../../infra/pulsifi-sandbox/api-error.ts'
import {
  candidateRequest,
  jobRequest,
  tokenRequest,
  validated,
  webhookListQuery,
  webhookRequest,
  webhookStatusRequest,
} from '../../../infra/pulsifi-sandbox/validate.ts'

const NOW_MS = Date.parse('2026-01-31T12:00:00Z')

const job = {
  title: 'Job Title',
  description: 'd'.repeat(300),
  skills: ['NodeJS', 'Python', 'PostgreSQL'],
  external_id: 'humanica_1001',
}

const work = {
  organization: 'Pulsifi',
  role: 'Software Engineer',
  is_current: true,
  start_date: '2022-10-04',
  end_date: '2024-10-04',
  responsibilities_achievements: 'Developing APIs for internal products and services.',
}

/** The guideline's own example, but for its deadline, which is long past. */
const candidate = {
  job_id: '6a3d7ead-3d9d-4ee4-88f9-e6e59eaca51e',
  ext_reference_id: 'ATS12345',
  is_anonymous_candidate: false,
  email: 'johndoe@gmail.com',
  first_name: 'John',
  last_name: 'Doe',
  deadline: '2026-02-12T12:21:59Z',
  skills: [{ name: 'Programming', proficiency: 'novice' }],
  work_experiences: [work],
}

const webhook = {
  name: 'Webhook 1',
  url: 'https://example.com/my/webhook/endpoint',
  events: ['candidate_application_result_ready'],
  secret: 'string',
}

/** The paths at fault; empty when the request is accepted. */
function faultsOf(schema: Parameters<typeof validated>[0], input: unknown, isStrict = true): string[] {
  try {
    validated(schema, input, isStrict)
    return []
  } catch (reason) {
    if (!(reason instanceof ApiError)) throw reason
    expect(reason.status).toBe(400)
    return reason.details.map(detail => detail.path)
  }
}

const skill = (name: string, proficiency = 'novice') => ({ name, proficiency })
const without = (value: object, field: string) =>
  Object.fromEntries(Object.entries(value).filter(([key]) => key !== field))

describe('create job', () => {
  it('accepts the example of the guideline', () => {
    expect(faultsOf(jobRequest, job)).toEqual([])
  })

  it.each([
    ['a title of 255 characters', { title: 't'.repeat(255) }, []],
    ['a title of 256 characters', { title: 't'.repeat(256) }, ['title']],
    ['a title of 255 characters outside the basic plane', { title: '😀'.repeat(255) }, []],
    ['a blank title', { title: '  ' }, ['title']],
    ['a null title', { title: null }, ['title']],
    ['a description of 299 characters', { description: 'd'.repeat(299) }, ['description']],
    ['300 UTF-16 units that are 299 characters', { description: `😀${'d'.repeat(298)}` }, ['description']],
    ['300 characters in 301 UTF-16 units', { description: `😀${'d'.repeat(299)}` }, []],
    ['a very long description', { description: 'd'.repeat(100_000) }, []],
    ['no skills', { skills: [] }, []],
    ['10 skills', { skills: Array(10).fill('s') }, []],
    ['11 skills', { skills: Array(11).fill('s') }, ['skills']],
    ['skills that are objects', { skills: [skill('s')] }, ['skills.0']],
    ['null skills', { skills: null }, ['skills']],
    ['an external_id of 45 characters', { external_id: 'e'.repeat(45) }, []],
    ['an external_id of 46 characters', { external_id: 'e'.repeat(46) }, ['external_id']],
    ['a numeric external_id', { external_id: 1001 }, ['external_id']],
    ['a field that is not documented', { status: 'active' }, ['status']],
  ])('judges %s', (_case, change, faults) => {
    expect(faultsOf(jobRequest, { ...job, ...change })).toEqual(faults)
  })

  it.each(['title', 'description', 'skills', 'external_id'])('requires %s', field => {
    expect(faultsOf(jobRequest, without(job, field))).toEqual([field])
  })

  it('ignores an unknown field when it is not strict', () => {
    expect(faultsOf(jobRequest, { ...job, status: 'active' }, false)).toEqual([])
  })

  it.each([[undefined], [null], ['text'], [[]]])('refuses a body that is no object: %j', body => {
    expect(faultsOf(jobRequest, body)).not.toEqual([])
  })
})

describe('create candidate', () => {
  it('accepts the example of the guideline', () => {
    expect(faultsOf(candidateRequest(NOW_MS), candidate)).toEqual([])
  })

  it.each([
    ['an ext_reference_id of 50 characters', { ext_reference_id: 'e'.repeat(50) }, []],
    ['an ext_reference_id of 51 characters', { ext_reference_id: 'e'.repeat(51) }, ['ext_reference_id']],
    ['a job_id that is no UUID', { job_id: 'humanica_1001' }, ['job_id']],
    ['a null flag', { is_anonymous_candidate: null }, []],
    ['a flag in words', { is_anonymous_candidate: 'false' }, ['is_anonymous_candidate']],
    ['a first name of 255 characters', { first_name: 'n'.repeat(255) }, []],
    ['a first name of 256 characters', { first_name: 'n'.repeat(256) }, ['first_name']],
    ['a last name of 256 characters', { last_name: 'n'.repeat(256) }, ['last_name']],
    ['an e-mail of 255 characters', { email: `${'e'.repeat(243)}@example.com` }, []],
    ['an e-mail of 256 characters', { email: `${'e'.repeat(244)}@example.com` }, ['email']],
    ['an e-mail without @', { email: 'example.com' }, ['email']],
    ['no e-mail of a named candidate', { email: null }, ['email']],
    ['no names of a named candidate', { first_name: '', last_name: null }, ['first_name', 'last_name']],
    [
      'nothing personal of an anonymous one',
      { is_anonymous_candidate: true, email: null, first_name: null },
      [],
    ],
    ['15 skills', { skills: Array(15).fill(skill('s')) }, []],
    ['16 skills', { skills: Array(16).fill(skill('s')) }, ['skills']],
    ['null skills', { skills: null }, ['skills']],
    ['skills that are texts', { skills: ['Programming'] }, ['skills.0']],
    ['a skill of 256 characters', { skills: [skill('s'.repeat(256))] }, ['skills.0.name']],
    ['the best proficiency', { skills: [skill('s', 'expert')] }, []],
    ['a proficiency of another list', { skills: [skill('s', 'intermediate')] }, ['skills.0.proficiency']],
    ['10 work experiences', { work_experiences: Array(10).fill(work) }, []],
    ['11 work experiences', { work_experiences: Array(11).fill(work) }, ['work_experiences']],
    ['null work experiences', { work_experiences: null }, ['work_experiences']],
  ])('judges %s', (_case, change, faults) => {
    expect(faultsOf(candidateRequest(NOW_MS), { ...candidate, ...change })).toEqual(faults)
  })

  const text = (length: number) => 'r'.repeat(length)
  it.each([
    ['an achievement of 1000 characters', { responsibilities_achievements: text(1000) }, []],
    [
      'an achievement of 1001 characters',
      { responsibilities_achievements: text(1001) },
      ['responsibilities_achievements'],
    ],
    ['both spellings of the field', { responsibility_achievement: 'r' }, ['responsibility_achievement']],
    ['a null end date', { end_date: null }, []],
    ['a null start date', { start_date: null }, ['start_date']],
    ['a month as start date', { start_date: '2022-10' }, ['start_date']],
    ['a day that does not exist', { start_date: '2023-02-29' }, ['start_date']],
    ['a date-time as end date', { end_date: '2024-10-04T00:00:00Z' }, ['end_date']],
    ['a null flag', { is_current: null }, ['is_current']],
    ['a role of 256 characters', { role: text(256) }, ['role']],
    ['an unknown field', { city: 'Gotham' }, ['city']],
  ])('judges a work experience with %s', (_case, change, faults) => {
    const request = { ...candidate, work_experiences: [{ ...work, ...change }] }
    expect(faultsOf(candidateRequest(NOW_MS), request)).toEqual(
      faults.map(path => `work_experiences.0.${path}`),
    )
  })

  it.each([
    ['2026-04-30T12:00:00Z', []],
    ['2026-04-30T12:00:00.001Z', ['deadline']],
    ['2026-01-31T12:00:01Z', []],
    ['2026-01-31T12:00:00Z', ['deadline']],
    ['2021-08-12T12:21:59Z', ['deadline']],
    ['2026-02-12', ['deadline']],
    ['2026-02-12T12:00:00+01:00', ['deadline']],
    [null, ['deadline']],
  ])('at the end of January judges the deadline %s', (deadline, faults) => {
    expect(faultsOf(candidateRequest(NOW_MS), { ...candidate, deadline })).toEqual(faults)
  })

  it.each(['job_id', 'ext_reference_id', 'is_anonymous_candidate', 'email', 'first_name', 'last_name'])(
    'requires %s of a named candidate',
    field => {
      expect(faultsOf(candidateRequest(NOW_MS), without(candidate, field))).toEqual([field])
    },
  )

  it.each(['skills', 'work_experiences', 'deadline'])('can do without %s', field => {
    expect(faultsOf(candidateRequest(NOW_MS), without(candidate, field))).toEqual([])
  })

  it('never repeats a refused value', () => {
    const refused = () => validated(candidateRequest(NOW_MS), { ...candidate, email: 'no address' }, true)
    expect(refused).toThrow(
      expect.objectContaining({ details: [{ path: 'email', rule: 'an e-mail address' }] }),
    )
  })
})

describe('webhooks and tokens', () => {
  it.each([
    ['the example', {}, []],
    ['a name of 256 characters', { name: 'n'.repeat(256) }, ['name']],
    ['a URL of 2048 characters', { url: `https://example.com/${'u'.repeat(2028)}` }, []],
    ['a URL of 2049 characters', { url: `https://example.com/${'u'.repeat(2029)}` }, ['url']],
    ['a path instead of a URL', { url: '/my/webhook' }, ['url']],
    ['another scheme', { url: 'ftp://example.com/' }, ['url']],
    [
      'an event of an earlier version',
      { events: ['candidate_assessment_role_fit_score_ready'] },
      ['events.0'],
    ],
    ['a secret of 255 characters', { secret: 's'.repeat(255) }, []],
    ['a secret of 256 characters', { secret: 's'.repeat(256) }, ['secret']],
  ])('judges a webhook with %s', (_case, change, faults) => {
    expect(faultsOf(webhookRequest, { ...webhook, ...change })).toEqual(faults)
  })

  it('knows two statuses', () => {
    expect(faultsOf(webhookStatusRequest, { status: 'inactive' })).toEqual([])
    expect(faultsOf(webhookStatusRequest, { status: 'deleted' })).toEqual(['status'])
  })

  it('knows one grant', () => {
    expect(faultsOf(tokenRequest, { grant_type: 'client_credentials' })).toEqual([])
    expect(faultsOf(tokenRequest, { grant_type: 'password' })).toEqual(['grant_type'])
  })

  it.each([
    [{}, []],
    [{ page: '2', page_size: '50', sort_by: '-created_at,+name', status: 'active', q: 'Webhook 1' }, []],
    [{ page: '0' }, ['page']],
    [{ page_size: 'many' }, ['page_size']],
    [{ sort_by: 'url' }, ['sort_by']],
    [{ status: 'deleted' }, ['status']],
  ])('judges the list query %j', (query, faults) => {
    expect(faultsOf(webhookListQuery, query, false)).toEqual(faults)
  })
})
