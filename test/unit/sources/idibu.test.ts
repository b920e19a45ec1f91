import { describe, expect, it } from 'vitest'
import type { Application } from '../../../schemas/types.ts'
import { emptyApplication, emptyJobRef } from '../../../services/core/canonical.ts'
import source from '../../../services/sources/idibu/source.ts'
import { workExperiencesOf } from '../../../services/sources/idibu/work-history.ts'
import { mapEvent } from '../../../services/sources/source.ts'
import { candidateRecord } from '../../support/candidate-record.ts'

const FORM = 'application/x-www-form-urlencoded'
const split = (text: string, headers: Record<string, string> = {}) =>
  source.split({ headers, body: new TextEncoder().encode(text) })
const bodyOf = (webhook_event?: string, payload: unknown = { id: '12345' }) =>
  JSON.stringify({ payload, ...(webhook_event && { 'payload-information': { webhook_event } }) })

describe('split', () => {
  it.each([
    ['candidate.create', 'candidate.create', 'candidate'],
    ['candidate-extend.update', 'candidate.update', 'candidate'],
    ['Candidate.Update', 'candidate.update', 'candidate'],
    ['update.vacancy', 'vacancy.update', 'job'],
    ['vacancy.create', 'vacancy.create', 'job'],
  ])('%s is a %s', (said, kind, type) => {
    const expected = { value: [{ kind, entity: { type, externalId: '12345' } }] }
    expect(split(bodyOf(said))).toMatchObject(expected)
    expect(split(bodyOf(), { 'x-idibu-event': said })).toMatchObject(expected)
    expect(split(bodyOf(), { 'x-idibuv3-event': said })).toMatchObject(expected)
  })

  it('believes the body before the header', () => {
    expect(split(bodyOf('candidate.create'), { 'x-idibu-event': 'candidate-extend.update' })).toMatchObject({
      value: [{ kind: 'candidate.create' }],
    })
  })

  it.each(['candidate.delete', 'post.create', 'search.update'])(
    'passes %s on as said, about nothing',
    said => {
      expect(split(bodyOf(said))).toMatchObject({ value: [{ kind: said, entity: null }] })
    },
  )

  it.each(['x-idibu-delivery', 'x-idibuv3-delivery'])('reads the delivery id from %s', header => {
    expect(split(bodyOf('candidate.create'), { [header]: 'f38a0abc' })).toMatchObject({
      value: [{ deliveryId: 'f38a0abc' }],
    })
  })

  it('has no delivery id when the header is absent or no id', () => {
    for (const value of ['', 'two words', 'x'.repeat(129)]) {
      expect(split(bodyOf('candidate.create'), { 'x-idibu-delivery': value })).toMatchObject({
        value: [{ deliveryId: null }],
      })
    }
  })

  it.each([[{}], [{ id: '' }], [{ id: '0' }], [{ id: 'a#b' }], [null], ['text']])(
    'does not route by the payload %j',
    payload => {
      expect(split(bodyOf('candidate.update', payload))).toMatchObject({
        type: 'reject',
        code: 'NOT_ROUTABLE',
      })
    },
  )

  it('stores a body as received', () => {
    const body = ` ${bodyOf('candidate.create')}\n`
    expect(split(body)).toMatchObject({ value: [{ text: body }] })
  })

  it.each([
    [
      'payload and payload-information',
      { payload: '{"id":"1"}', 'payload-information': '{"webhook_event":"candidate.create"}' },
    ],
    [
      'the whole body in any field',
      { any: '{"payload":{"id":"1"},"payload-information":{"webhook_event":"candidate.create"}}' },
    ],
  ])('reads a form with %s', (_, fields) => {
    const form = new URLSearchParams(fields).toString()
    expect(split(form, { 'content-type': `${FORM.toUpperCase()}; charset=utf-8` })).toMatchObject({
      value: [{ kind: 'candidate.create', entity: { externalId: '1' } }],
    })
  })

  it('reads names in the brackets that PHP writes, lists and deep ones included', () => {
    const form = new URLSearchParams([
      ['payload[id]', '77'],
      ['payload[vacancies][0][id]', '5'],
      ['payload[vacancies][0][status][label]', 'Applicants'],
      ['payload[vacancies][2][id]', '6'],
      ['payload[tags][]', 'a'],
      ['payload[tags][]', 'b'],
      ['payload[__proto__][x]', '1'],
      ['payload-information[webhook_event]', 'candidate.create'],
      ['csrf', 'beside'],
    ])
    expect(split(form.toString(), { 'content-type': FORM })).toMatchObject({
      value: [
        {
          kind: 'candidate.create',
          entity: { externalId: '77' },
          text: JSON.stringify({
            payload: {
              id: '77',
              vacancies: { 0: { id: '5', status: { label: 'Applicants' } }, 2: { id: '6' } },
              tags: ['a', 'b'],
              ['__proto__']: { x: '1' },
            },
            'payload-information': { webhook_event: 'candidate.create' },
          }),
        },
      ],
    })
  })

  it('refuses a form of more fields, or deeper ones, than data have', () => {
    const many = `payload%5Bid%5D=1&${'a=1&'.repeat(10_001)}`
    const deep = `payload${'%5Bx%5D'.repeat(20)}=1`
    for (const form of [many, deep])
      expect(split(form, { 'content-type': FORM })).toMatchObject({ code: 'BODY_UNREADABLE' })
  })

  it('keeps the text of form fields as sent, lists beside the payload included', () => {
    const form = new URLSearchParams({ payload: '{"id": 1.0}', custom_fields: '[1 ]', other: 'text' })
    const headers = { 'content-type': FORM, 'x-idibu-event': 'post.create' }
    expect(split(form.toString(), headers)).toMatchObject({
      value: [{ text: '{"payload":{"id": 1.0},"custom_fields":[1 ]}' }],
    })
  })

  it.each(['', 'payload=text', 'custom_fields=%5B%5D', 'other%5Bid%5D=1'])(
    'cannot read the form %s',
    form => {
      expect(split(form, { 'content-type': FORM })).toMatchObject({ type: 'reject', code: 'BODY_UNREADABLE' })
    },
  )
})

describe('settings', () => {
  it.each([
    [{}, {}],
    [{ vacancy_events: 'false' }, { vacancy_events: false }],
    [
      { vacancy_events: false, invite_status_ids: ['1', '2'] },
      { vacancy_events: false, invite_status_ids: ['1', '2'] },
    ],
    [{ invite_status_ids: '11, 27,' }, { invite_status_ids: ['11', '27'] }],
    [{ job_source: 'humansourcing' }, { job_source: 'humansourcing' }],
  ])('%j', (set, told) => {
    const expected = {
      vacancy_events: true,
      invite_status_ids: ['11'],
      job_source: 'idibu',
      first_sight: 'wait',
      ...told,
    }
    expect(source.settings.parse(set)).toEqual(expected)
    expect(source.settings.parse(source.settings.parse(set))).toEqual(expected)
  })

  it.each([
    { vacancy_event: 'true' },
    { vacancy_events: 'perhaps' },
    { invite_status_ids: 11 },
    { job_source: 'a:b' },
  ])('refuses %j', set => {
    expect(source.settings.safeParse(set).success).toBe(false)
  })
})

describe('mapping', () => {
  const context = { tenant: 'default', receivedAtMs: 0, deliveryId: null, settings: {} }
  const draftOf = (kind: string, payload: object) => {
    const outcome = mapEvent(source, kind, { payload: { id: '1', ...payload } }, context)
    return outcome.type === 'ok' && outcome.value.type !== 'deletion' ? outcome.value.draft : null
  }

  it.each([
    ['applied', false],
    ['Unsubscribed', true],
    ['unsub_all', true],
    ['do not call', true],
    ['opt-out', true],
    ['Opted_Out', true],
    ['DO_NOT_CONTACT', true],
    ['not opted out', false],
    ['', null],
  ])('comms_status %j means opted out: %j', (comms_status, expected) => {
    expect(draftOf('candidate.update', { comms_status })).toMatchObject({ communications_opt_out: expected })
  })

  it.each([
    ['Active', 'OPEN'],
    ['Inactive', 'CLOSED'],
    ['Not active', 'CLOSED'],
    ['No longer live', 'CLOSED'],
    ['Not yet published', 'DRAFT'],
    ['Not filled', 'UNKNOWN'],
    ['Unpublished', 'UNKNOWN'],
    [{ id: 1, label: 'Archived' }, 'ARCHIVED'],
    ['draft', 'DRAFT'],
    [null, 'UNKNOWN'],
  ])('vacancy status %j is %s', (status, expected) => {
    expect(draftOf('vacancy.update', { status })).toMatchObject({ status: expected })
  })

  it.each([
    [{}],
    [{ title: 'Recruiter', company: 'Example Ltd' }],
    [{ title: 'Recruiter', start_date: '2020-01-01' }],
    [{ title: 'Recruiter', company: 'Example Ltd', start_date: 'spring' }],
    ['text'],
  ])('finds no work experience in %j', entry => {
    expect(workExperiencesOf([entry])).toEqual([])
  })

  it.each([
    [
      { job_title: 'Driver', company: 'DHL', start_date: '2019-03', end_date: '2021-06' },
      { start_date: 17_956, end_date: 18_808, start_precision: 'MONTH', end_precision: 'MONTH' },
    ],
    [
      { role: 'Picker', organisation: 'A', from: 'March 2021', to: 'Present' },
      { is_current: true, end_date: null, end_precision: 'UNKNOWN' },
    ],
    [
      { position: 'Driver', company_name: 'UPS', start_date: '2018', end_date: 'spring' },
      { is_current: false, end_date: null, start_precision: 'YEAR' },
    ],
    [
      { jobTitle: 'Cleaner', employer: { name: 'ISS' }, startDate: '2014-01-01', endDate: '2014-12-31' },
      { role: 'Cleaner', organization: 'ISS', start_precision: 'DAY' },
    ],
    [
      { title: 'Cook', company: 'A', start: 2018, is_current: true, responsibilities: ['Grill', '- Orders'] },
      { description: '- Grill\n- Orders', is_current: true },
    ],
  ])('reads a position as a CV names it: %j', (entry, expected) => {
    expect(workExperiencesOf([entry])).toMatchObject([expected])
  })
})

describe('trigger', () => {
  const sinceMs = Date.parse('2024-10-01T00:00:00Z')
  const verdict = (
    status_id: string | null,
    created_at: number | null,
    seen: { candidateSeen?: boolean; applicationSeen?: boolean; jobPostedMs?: number | null } = {},
    settings = {},
  ) => {
    const draft = emptyApplication('1_2', emptyJobRef('idibu', '2'))
    const job = {
      job_key: 'idibu:default:2',
      external_id: '2',
      reference: null,
      title: null,
      status_raw: null,
    }
    const application: Application = { ...draft, application_key: 'idibu:default:1#2', job, status_id }
    const candidate = candidateRecord({ created_at })
    const unseen = { candidateSeen: false, applicationSeen: false, jobPostedMs: null }
    return source.trigger(application, { candidate, settings, inviteSinceMs: sinceMs, ...unseen, ...seen })
  }

  it.each([
    ['11', {}, 'invite'],
    ['10', {}, 'NOT_APPLICANT_STATUS'],
    [null, {}, 'NOT_APPLICANT_STATUS'],
    ['10', { invite_status_ids: '10,11' }, 'invite'],
    ['11', { invite_status_ids: ['10'] }, 'NOT_APPLICANT_STATUS'],
  ])('status %j with settings %j', (status, settings, expected) => {
    expect(verdict(status, sinceMs, {}, settings)).toBe(expected)
  })

  it.each([
    ['a new candidate', sinceMs, false, false, 'invite'],
    ['a new candidate, looked at again', sinceMs, true, true, 'invite'],
    ['an old candidate whom we never saw', sinceMs - 1, false, false, 'APPLIED_AT_UNKNOWN'],
    ['an old candidate with a vacancy that was not there before', sinceMs - 1, true, false, 'invite'],
    ['an old candidate with an old vacancy', sinceMs - 1, true, true, 'APPLIED_AT_UNKNOWN'],
    ['a candidate of unknown age', null, false, false, 'APPLIED_AT_UNKNOWN'],
  ])('%s', (_, created, candidateSeen, applicationSeen, expected) => {
    expect(verdict('11', created, { candidateSeen, applicationSeen })).toBe(expected)
  })

  it.each([
    ['made since', sinceMs, 'invite'],
    ['made before', sinceMs - 1, 'APPLIED_AT_UNKNOWN'],
    ['of unknown age', null, 'APPLIED_AT_UNKNOWN'],
  ])('an old candidate first seen with a vacancy %s', (_, jobPostedMs, expected) => {
    expect(verdict('11', 0, { jobPostedMs })).toBe(expected)
  })

  it.each([
    ['wait', 'APPLIED_AT_UNKNOWN'],
    ['invite', 'invite'],
    ['skip', 'SKIP_APPLIED_AT_UNKNOWN'],
  ])('at first sight %s', (first_sight, expected) => {
    expect(verdict('11', 0, {}, { first_sight })).toBe(expected)
  })
})
