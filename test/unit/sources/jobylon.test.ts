import { describe, expect, it } from 'vitest'
import type { Application } from '../../../schemas/types.ts'
import { emptyApplication, emptyJobRef } from '../../../services/core/canonical.ts'
import { parseJson } from '../../../services/core/json.ts'
import { withoutQuery } from '../../../services/core/reading/url.ts'
import source from '../../../services/sources/jobylon/source.ts'
import { mapEvent, type RawEvent } from '../../../services/sources/source.ts'
import { candidateRecord } from '../../support/candidate-record.ts'

const company = { id: '04b9171e-6d74-451f-a8e3-9bc3cf2b2954' }
const job = { id: 'edc3d60e-53d3-4f54-8062-44e4139a52e9', title: 'Superhero' }
const candidate = { id: 'aed6532d-2438-4e33-b15b-1f1a20ba1c16' }

const body = (event_type: string, action: string, data: object) => ({ event_type, action, data })
const split = (text: string) => source.split({ headers: {}, body: new TextEncoder().encode(text) })

function eventsOf(text: string): readonly RawEvent[] {
  const events = split(text)
  if (events.type !== 'ok') throw new Error(JSON.stringify(events))
  return events.value
}

const RECEIVED_AT_MS = Date.UTC(2026, 0, 15, 9, 30)

function mapped(
  event: RawEvent | undefined,
  settings: Record<string, unknown> = {},
  receivedAtMs = RECEIVED_AT_MS,
) {
  const context = {
    tenant: 'default',
    receivedAtMs,
    deliveryId: null,
    settings: source.settings.parse(settings),
  }
  return event ? mapEvent(source, event.kind, parseJson(event.text), context) : null
}

function jobOf(members: object, receivedAtMs?: number) {
  const text = JSON.stringify(body('job', 'new', { company, job: { ...job, ...members } }))
  const outcome = mapped(eventsOf(text)[0], {}, receivedAtMs)
  if (outcome?.type !== 'ok' || outcome.value.type !== 'job') throw new Error(JSON.stringify(outcome))
  return outcome.value
}

function candidateOf(members: object, settings?: Record<string, unknown>) {
  const data = { company, job, candidate: { ...candidate, ...members } }
  const outcome = mapped(eventsOf(JSON.stringify(body('candidate', 'new', data)))[1], settings)
  if (outcome?.type !== 'ok' || outcome.value.type !== 'candidate') throw new Error(JSON.stringify(outcome))
  return outcome.value.draft
}

describe('J1: the actions', () => {
  it.each([
    ['new', 'created'],
    ['create', 'created'],
    ['created', 'created'],
    ['update', 'updated'],
    ['updated', 'updated'],
  ])('a job/%s is a job that was %s', (action, change) => {
    const [event] = eventsOf(JSON.stringify(body('job', action, { company, job })))
    expect(mapped(event)).toMatchObject({ type: 'ok', value: { change } })
  })

  it.each(['delete', 'deleted', 'archive', 'archived', 'closed', 'deactivate', 'deactivated', 'dance'])(
    '%s reaches the raw topic, and becomes a dead letter that a later version may read',
    action => {
      const events = eventsOf(JSON.stringify(body('candidate', action, { company, job, candidate })))
      expect(events).toMatchObject([{ entity: { type: 'candidate', externalId: candidate.id } }])
      expect(mapped(events[0])).toMatchObject({ type: 'reject', code: 'KIND_UNKNOWN' })
    },
  )
})

it.each([
  ['2023-06-16 10:40:32', ['NAIVE_TIME']],
  ['2023-06-16T10:40:32Z', []],
])('J2: a sign-up at %s is a company, without its token', (dt_created, warnings) => {
  const sent = { company_id: company.id, company_name: ' Wayne &amp; Co ', has_config: true, dt_created }
  const [event] = eventsOf(
    JSON.stringify(body('company', 'signup', { ...sent, internal_id: 23, settings: { token: 'k-123' } })),
  )
  expect(event).toMatchObject({ entity: { type: 'company', externalId: company.id }, company: company.id })
  expect(mapped(event)).toMatchObject({
    value: {
      type: 'company',
      draft: {
        external_id: company.id,
        internal_id: '23',
        name: 'Wayne & Co',
        is_configured: true,
        signed_up_at: Date.parse('2023-06-16T10:40:32Z'),
      },
      warnings,
    },
  })
  expect(JSON.stringify(mapped(event))).not.toContain('k-123')
})

it('J3: does not read JSON with trailing commas', () => {
  expect(split('{"event_type":"job","action":"new","data":{},}')).toMatchObject({ code: 'BODY_UNREADABLE' })
})

it('J4: needs the ids of company, job and candidate and nothing else', () => {
  const sent = { company: { id: company.id }, job: { id: job.id }, candidate: { id: candidate.id } }
  const events = eventsOf(JSON.stringify(body('candidate', 'new', sent)))
  expect(events.map(event => mapped(event)?.type)).toEqual(['ok', 'ok'])
  expect(split(JSON.stringify(body('candidate', 'new', { company })))).toMatchObject({ code: 'NOT_ROUTABLE' })
})

it.each([
  [{}, '20', 'invite-although-closed'],
  [{}, null, 'invite-although-closed'],
  [{}, '19', 'NOT_APPLICANT_STATUS'],
  [{ invite_groups: 'all' }, '19', 'invite-although-closed'],
  [{ invite_groups: '0, 1' }, '1', 'invite-although-closed'],
  [{ invite_groups: [0, 1] }, '0', 'invite-although-closed'],
  [{ invite_groups: '0,1' }, '19', 'NOT_APPLICANT_STATUS'],
  [{ invite_groups: '0,1' }, null, 'NOT_APPLICANT_STATUS'],
])('J5: with settings %j, a candidate of status group %s: %s', (settings, group, verdict) => {
  const application: Application = {
    ...emptyApplication('1', emptyJobRef('jobylon', '1')),
    application_key: 'jobylon:default:1',
    job: { ...emptyJobRef('jobylon', '1'), job_key: 'jobylon:default:1' },
    status_group_raw: group,
  }
  const context = {
    candidate: candidateRecord({}),
    settings: source.settings.parse(settings),
    applicationSeen: false,
    candidateSeen: false,
    inviteSinceMs: RECEIVED_AT_MS,
    jobPostedMs: null,
  }
  expect(source.trigger(application, context)).toBe(verdict)
})

it.each([
  ['c-1', 'wayne', null, 'invite-although-closed'],
  ['c-1', 'default', null, 'COMPANY_UNKNOWN'],
  ['c-2', 'default', null, 'COMPANY_UNKNOWN'],
  [null, 'default', null, 'COMPANY_UNKNOWN'],
  ['c-2', 'default', '19', 'NOT_APPLICANT_STATUS'],
])(
  'where companies are named, somebody of %s under tenant %s, of group %s: %s',
  (companyId, tenant, group, verdict) => {
    const { provenance } = candidateRecord({})
    const application = {
      ...emptyApplication('1', emptyJobRef('jobylon', '1')),
      ...{ application_key: 'k', job: { ...emptyJobRef('jobylon', '1'), job_key: 'j' } },
      ...{ status_group_raw: group, company_id: companyId },
    }
    const context = {
      candidate: candidateRecord({ provenance: { ...provenance, tenant_id: tenant } }),
      settings: source.settings.parse({ companies: { 'c-1': 'wayne' } }),
      ...{ applicationSeen: false, candidateSeen: false, inviteSinceMs: 0, jobPostedMs: null },
    }
    expect(source.trigger(application, context)).toBe(verdict)
  },
)

it.each([{ invite_groups: 'new' }, { invite_groups: '' }, { data_key: 'a' }])(
  'refuses the settings %j',
  settings => {
    expect(source.settings.safeParse(settings).success).toBe(false)
  },
)

describe('J6: fields with names of the customer', () => {
  it('keep their name and, as JSON text, their type', () => {
    const settings = { notifyBySms: true, steps: [1, 2], 'Two words': { A: 1.5 } }
    expect(jobOf({ settings }).draft.custom_fields).toEqual({
      'settings.notifyBySms': 'true',
      'settings.steps': '[1,2]',
      'settings.Two words': '{"A":1.5}',
    })
  })

  const data = { iban: 'SE00', startingDate: '2025-01-01', manager: ['Selina Kyle'] }
  it.each([
    [{}, {}],
    [{ data_keys: 'manager, startingdate' }, { 'data.manager': '["Selina Kyle"]' }],
    [{ data_keys: ['startingDate'] }, { 'data.startingDate': '"2025-01-01"' }],
  ])('are copied from a candidate with settings %j only as far as %j', (settings, fields) => {
    expect(candidateOf({ data }, settings).applications[0]?.custom_fields).toEqual(fields)
  })

  it('are never those of the company, which may hold a token', () => {
    const text = JSON.stringify(
      body('job', 'new', { company: { ...company, settings: { token: 'JB-K123' } }, job }),
    )
    expect(JSON.stringify(mapped(eventsOf(text)[0]))).not.toContain('JB-K123')
  })
})

it.each([
  [
    'Fast driver\nStealth and infiltration\r\nMaster of disguise',
    ['Fast driver', 'Stealth and infiltration', 'Master of disguise'],
  ],
  ['• Fast driver • Stealth', ['Fast driver', 'Stealth']],
  ['Fast driver; stealth;', ['Fast driver', 'stealth']],
  ['- Fast driver\n* Stealth, and infiltration', ['Fast driver', 'Stealth, and infiltration']],
  ['Driving, stealth, disguise', ['Driving', 'stealth', 'disguise']],
  ['Driving, fast', ['Driving, fast']],
  ['Driving, fast, safe\nStealth', ['Driving, fast, safe', 'Stealth']],
  ['Driving, fast, safe; stealth', ['Driving, fast, safe', 'stealth']],
  ['<ul><li>Fast driver</li><li>R&amp;D</li></ul>', ['Fast driver', 'R&D']],
  ['C++\nCI-CD', ['C++', 'CI-CD']],
  [' \n-\n', []],
  [null, []],
])('J7: reads the skills %j as %j', (skills, names) => {
  expect(jobOf({ skills }).draft.skills).toEqual(names.map(name => ({ name, uri: null, origin: 'SOURCE' })))
})

describe('candidate/new', () => {
  const text = `{"event_type":"candidate","action":"new","data":{"candidate": {"id":"c-1"} ,"job": { "id":"j-1","n":1.0 },"company":{"id":"o-1"}}}`

  it('is the job that came along, exactly as written, and then the candidate', () => {
    expect(eventsOf(text)).toEqual([
      {
        kind: 'candidate/new#job',
        entity: { type: 'job', externalId: 'j-1' },
        text: '{"company":{"id":"o-1"},"job":{ "id":"j-1","n":1.0 }}',
        deliveryId: null,
        company: 'o-1',
      },
      {
        kind: 'candidate/new',
        entity: { type: 'candidate', externalId: 'c-1' },
        ...{ text, deliveryId: null, company: 'o-1' },
      },
    ])
  })

  it('says of the job what its own event says', () => {
    const data = { company, candidate, job: { ...job, skills: 'Flying', from_date: '2026-01-01' } }
    const [embedded] = eventsOf(JSON.stringify(body('candidate', 'new', data)))
    const outcome = mapped(embedded)
    expect(outcome?.type === 'ok' && 'draft' in outcome.value && outcome.value.draft).toEqual(
      jobOf(data.job).draft,
    )
  })

  it('changes only links and their ends when it is tried again with links signed anew', () => {
    const attachmentOf = (expires: number) =>
      candidateOf({ files: { cv: `https://example.com/cv.pdf?Signature=s${expires}&Expires=${expires}` } })
        .applications[0]?.attachments[0]
    const [first, second] = [attachmentOf(1_768_552_200), attachmentOf(1_768_553_200)]
    expect(withoutQuery(second?.source_url ?? '')).toBe(withoutQuery(first?.source_url ?? '-'))
    expect({ ...second, source_url: '', source_url_expires_at: 0 }).toEqual({
      ...first,
      source_url: '',
      source_url_expires_at: 0,
    })
    expect(second?.source_url_expires_at).toBe(1_768_553_200_000)
  })

  it.each([
    [0, 'NEW'],
    ['0', 'NEW'],
    [1, 'IN_PROGRESS'],
    [19, 'REJECTED'],
    [20, 'HIRED'],
    [21, 'ON_HOLD'],
    [2, 'UNKNOWN'],
    [null, 'UNKNOWN'],
  ])('reads the status group %s as %s', (group, stage) => {
    const application = candidateOf({ status: { id: 5, name: 'Hired', group } }).applications[0]
    expect(application?.stage).toBe(stage)
    expect(application?.status_group_raw).toBe(group === null ? null : String(group))
  })
})

it('reads an answer and a place of which nothing is known', () => {
  expect(candidateOf({ answers: [{}] }).applications[0]?.answers).toMatchObject([{ id: null, value: null }])
  expect(jobOf({ locations: [{}] }).draft.locations).toMatchObject([{ raw: null, country_code: null }])
})

it.each([
  ['closed on the day after its last', '2026-01-14', '2026-01-01', 'CLOSED'],
  ['open on its last day', '2026-01-15', '2026-01-01', 'OPEN'],
  ['open without a last day', null, '2026-01-01', 'OPEN'],
  ['of unknown status without dates', null, null, 'UNKNOWN'],
])('a job is %s', (_law, to_date, from_date, status) => {
  expect(jobOf({ from_date, to_date }).draft.status).toBe(status)
})

it.each([
  [{ location: 'Göteborg, Sverige', location_json: null }, 'SE'],
  [{ location: 'Malmö', location_json: { country_short: 'se' } }, 'SE'],
  [{ location: 'San Francisco, CA', location_json: null }, null],
  [{ location: 'Stockholm', location_json: null }, null],
])('reads the country of the place %j as %s', (place, code) => {
  expect(jobOf({ locations: [place] }).draft.locations[0]?.country_code).toBe(code)
})
