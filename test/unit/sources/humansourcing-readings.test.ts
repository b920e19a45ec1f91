/** Where Human Sourcing's page leaves open what is meant: each reading (H1 to H11) by its name. */
import { expect, it } from 'vitest'
import type { CandidateDraft, JobDraft } from '../../../services/core/canonical.ts'
import { parseJson } from '../../../services/core/json.ts'
import source from '../../../services/sources/humansourcing/source.ts'
import { type Mapped, mapEvent } from '../../../services/sources/source.ts'

type Draft = Partial<Omit<JobDraft, 'skills'> & Omit<CandidateDraft, 'skills'>>

const elementOf = (type: string, event: string, data: object) => ({ type, event, data })

function eventsOf(body: unknown) {
  const events = source.split({ headers: {}, body: new TextEncoder().encode(JSON.stringify(body)) })
  return events.type === 'ok' ? events.value : []
}

function mapped(type: string, event: string, data: object): Mapped | null {
  const [only] = eventsOf([elementOf(type, event, data)])
  const context = { tenant: 'default', receivedAtMs: 0, deliveryId: null, settings: {} }
  const outcome = only && mapEvent(source, only.kind, parseJson(only.text), context)
  return outcome?.type === 'ok' ? outcome.value : null
}
const job = (data: object) => mapped('job', 'update', { job_id: 1, ...data })
const candidate = (data: object) => mapped('candidate', 'update', { id: 1, ...data })
const draftOf = (of: Mapped | null): Draft => (of === null || of.type === 'deletion' ? {} : of.draft)
const warningsOf = (of: Mapped | null) => (of === null || of.type === 'deletion' ? [] : of.warnings)
const applied = { id: '1', code: 'CAND', date: '2026-01-05T10:00:00+0100', poste: { id: '7' } }

it('H1: an object is an array of one', () => {
  const element = elementOf('job', 'delete', { job_id: 1 })
  expect(eventsOf(element).map(({ kind }) => kind)).toEqual(eventsOf([element]).map(({ kind }) => kind))
  expect(eventsOf(element)).toHaveLength(1)
})

it.each([
  ['2026-01-05T10:00:00+0100', []],
  ['2026-01-05T10:00:00+01:00', []],
  ['2026-01-05T09:00:00Z', []],
  ['2026-01-05T10:00:00', ['NAIVE_TIME']],
])('H2: %s is nine in the morning, by UTC', (time, warnings) => {
  const read = job({ job_updated_at: time })
  expect(read).toMatchObject({ clockMs: Date.UTC(2026, 0, 5, 9) })
  expect(warningsOf(read)).toEqual(warnings)
})

it.each([1234567876, '1234567876', ' 1234567876 '])('H3: %j is the same id', id => {
  expect(eventsOf([elementOf('candidate', 'update', { id })])[0]?.entity?.externalId).toBe('1234567876')
})

it.each([0, '0', ''])('H4: %j stands for none', none => {
  const read = draftOf(
    job({
      job_salary: none,
      job_interlocutor_id: none,
      job_office_id: 0,
      job_office_name: none,
      job_company: none,
    }),
  )
  expect(read).toMatchObject({ salary: null, contacts: [], categories: [], hiring_organization: null })
})

it('H5: an update is as whole as a creation', () => {
  expect(draftOf(mapped('job', 'update', { job_id: 1, job_title: 'a' }))).toEqual(
    draftOf(mapped('job', 'creation', { job_id: 1, job_title: 'a' })),
  )
})

it('H6: an action without a job is no application', () => {
  const { poste: _poste, ...personal } = applied
  expect(draftOf(candidate({ action: [personal] })).applications).toEqual([])
})

it('H7: an acknowledgement alone shows that there was an application', () => {
  const read = draftOf(candidate({ action: [{ ...applied, code: 'AR_a' }] }))
  expect(read.applications).toMatchObject([{ external_id: '1_7', native_application_id: null }])
})

it('H8: what the form says stands in for names that are missing', () => {
  const input = [
    { question: 'Nom', answer: 'Modèle' },
    { question: 'Prénom', answer: 'Chloé' },
    { question: 'E-mail', answer: 'chloe@example.com' },
  ]
  const read = candidate({ first_name: '', last_name: null, action: [{ ...applied, form: { input } }] })
  expect(draftOf(read)).toMatchObject({
    first_name: 'Chloé',
    last_name: 'Modèle',
    email: 'chloe@example.com',
  })
  expect(warningsOf(read)).toContain('IDENTITY_FROM_FORM')
})

it.each([
  ['spont', 'SPONTANEOUS'],
  ['', 'POSTING'],
])('H9: a job of type %j is %s', (job_type, kind) => {
  expect(draftOf(job({ job_type })).kind).toBe(kind)
})

it('H10: a deletion needs no earlier event', () => {
  expect(mapped('candidate', 'delete', { id: 12121 })).toMatchObject({
    type: 'deletion',
    externalId: '12121',
  })
})

it('H11: a description with tags is kept in both forms', () => {
  const read = draftOf(job({ job_description: '<p>Équipe <b>soudée</b></p>' }))
  expect(read).toMatchObject({
    description: 'Équipe soudée',
    description_html: '<p>Équipe <b>soudée</b></p>',
  })
  expect(draftOf(job({ job_description: 'a < b' }))).toMatchObject({
    description: 'a < b',
    description_html: null,
  })
})
