/** Where idibu's pages leave open what is meant: each reading (I1 to I9) by its name. */
import { expect, it } from 'vitest'
import type { CandidateDraft } from '../../../services/core/canonical.ts'
import { parseJson } from '../../../services/core/json.ts'
import source from '../../../services/sources/idibu/source.ts'
import { mapEvent } from '../../../services/sources/source.ts'

const HEADERS = { 'x-idibu-event': 'candidate-extend.update' }

function read(payload: object, beside: object = {}) {
  const information = { timestamp: '2026-01-05T10:00:00+00:00', webhook_event: 'candidate.create' }
  const body = { payload: { id: '1', ...payload }, 'payload-information': information, ...beside }
  const events = source.split({ headers: HEADERS, body: new TextEncoder().encode(JSON.stringify(body)) })
  const [event] = events.type === 'ok' ? events.value : []
  const settings = source.settings.parse({})
  const context = { tenant: 'default', receivedAtMs: 0, deliveryId: null, settings }
  const outcome = event && mapEvent(source, event.kind, parseJson(event.text), context)
  if (outcome?.type !== 'ok' || outcome.value.type !== 'candidate') throw new Error(JSON.stringify(outcome))
  const draft: CandidateDraft = outcome.value.draft
  return { draft, warnings: outcome.value.warnings, kind: event?.kind }
}
const vacancy = { id: '7', reference: 'R', title: 'Consultant' }

it('I1: the body says which event it is, not the header', () => {
  expect(read({}).kind).toBe('candidate.create')
})

it.each([
  { id: '11', type: 'default', label: 'Applicants' },
  { status_id: '11', status_type: 'default', label: 'Applicants' },
])('I2: a status has short names or long ones: %j', status => {
  expect(read({ vacancies: [{ ...vacancy, status }] }).draft.applications).toMatchObject([
    { status_id: '11', status_group_raw: 'default', status_label: 'Applicants', stage: 'NEW' },
  ])
})

it('I3: custom fields stand inside the payload or beside it', () => {
  const custom_fields = [{ name: 'Shoe size', value: 43 }]
  expect(read({ custom_fields }).draft.custom_fields).toEqual(read({}, { custom_fields }).draft.custom_fields)
  expect(read({ custom_fields }).draft.custom_fields).toMatchObject({ 'Shoe size': '43' })
})

it.each([
  ['applied', false, []],
  ['unsubscribed', true, []],
  ['shortlisted', false, ['COMMS_STATUS_UNKNOWN']],
  ['unsub_by_mail', true, ['COMMS_STATUS_UNKNOWN']],
])('I4: who is %s has opted out: %s', (comms_status, optedOut, warnings) => {
  const { draft, warnings: told } = read({ comms_status })
  expect(draft.communications_opt_out).toBe(optedOut)
  expect(told).toEqual(warnings)
})

it('I5: a snapshot has all vacancies, each an application', () => {
  const keys = read({ vacancies: [vacancy, { ...vacancy, id: '8' }] }).draft.applications
  expect(keys.map(({ job }) => job.external_id)).toEqual(['7', '8'])
})

it('I6: an application is known by candidate and vacancy', () => {
  expect(read({ vacancies: [vacancy] }).draft.applications).toMatchObject([
    { external_id: '1_7', id_basis: 'CANDIDATE_JOB', native_application_id: null },
  ])
})

it('I7: a time without an offset is UTC', () => {
  const { draft, warnings } = read({ creation_date: '2017-06-28 15:57:55' })
  expect(draft.created_at).toBe(Date.UTC(2017, 5, 28, 15, 57, 55))
  expect(warnings).toEqual(['NAIVE_TIME'])
})

it('I8: nothing is said by an empty text', () => {
  const { draft } = read({ firstname: '', lastname: ' ', email: '', source: '', background_info: '' })
  const { first_name, last_name, email, source_channel, recruiter_notes } = draft
  expect([first_name, last_name, email, source_channel, recruiter_notes]).toEqual([
    null,
    null,
    null,
    null,
    null,
  ])
})

it('I9: ids stay the texts that they are', () => {
  expect(read({ vacancies: [{ ...vacancy, id: '007' }] }).draft.applications[0]?.job.external_id).toBe('007')
})
