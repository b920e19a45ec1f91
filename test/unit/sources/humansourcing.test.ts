import { describe, expect, it } from 'vitest'
import type { Activity, Application } from '../../../schemas/types.ts'
import { blobUri } from '../../../services/core/blob.ts'
import { emptyApplication, emptyJobRef } from '../../../services/core/canonical.ts'
import { newestFirst } from '../../../services/sources/humansourcing/actions.ts'
import { CandidateEvent } from '../../../services/sources/humansourcing/payload.ts'
import source from '../../../services/sources/humansourcing/source.ts'
import { EVENTS_MAX } from '../../../services/sources/parse-body.ts'
import { mapEvent, type RawEvent, type TriggerContext } from '../../../services/sources/source.ts'
import { candidateRecord } from '../../support/candidate-record.ts'

const split = (text: string) => source.split({ headers: {}, body: new TextEncoder().encode(text) })
const eventsOf = (element: object) => {
  const events = split(JSON.stringify(element))
  return events.type === 'ok' ? events.value : []
}
/** Files of the first candidate, of no job. */
function filesIn(event: RawEvent | undefined) {
  const context = {
    ...{ tenant: 'acme', receivedAtMs: 0, deliveryId: null },
    settings: source.settings.parse({}),
  }
  const mapped = event && mapEvent(source, event.kind, JSON.parse(event.text), context)
  if (mapped?.type !== 'ok' || mapped.value.type !== 'candidate') throw new Error(JSON.stringify(mapped))
  return mapped.value.draft.attachments
}
const elementOf = (type: string, event: string, data: unknown) => ({ type, event, data })

describe('split', () => {
  it('stores the very text of each element, digits, spaces and duplicate keys included', () => {
    const elements = [
      '{"event":"update", "type":"job","data":{"job_id":900719925474099312, "x":1.50}}',
      '{\n  "type": "candidate", "event": "delete", "data": {"id": 1, "id": "12121"}\n}',
    ]
    expect(split(` [ ${elements.join('\t, ')} ] `)).toMatchObject({
      value: [
        { text: elements[0], entity: { type: 'job', externalId: '900719925474099312' } },
        { text: elements[1], entity: { type: 'candidate', externalId: '12121' } },
      ],
    })
  })

  it.each([
    [7, '7'],
    ['7', '7'],
    [' 7 ', '7'],
    ['1234567890123456789', '1234567890123456789'],
    ['12-1', '12-1'],
    [-1, '-1'],
  ])('reads the id %j as %s', (id, externalId) => {
    expect(split(JSON.stringify(elementOf('candidate', 'update', { id })))).toMatchObject({
      value: [{ entity: { externalId } }],
    })
  })

  it.each([[0], ['0'], ['00'], [''], [1.5], [1e21], ['1#2'], [null], [undefined], [{}], [[1]]])(
    'does not route by the id %j',
    id => {
      expect(split(JSON.stringify([elementOf('candidate', 'update', { id })]))).toMatchObject({
        type: 'reject',
        code: 'NOT_ROUTABLE',
      })
    },
  )

  it.each([
    ['lists', [{ id: 'a', attachment: [{ text: ' Perfusion, Pädiatrie ' }, { text: '' }, {}] }]],
    ['PHP arrays', { 1: { id: 'a', attachment: { 3: { text: 'Perfusion, Pädiatrie' } } } }],
    ['one alone', { id: 'a', attachment: { text: 'Perfusion, Pädiatrie' } }],
  ])('keeps the texts of files apart, in %s', (_what, action) => {
    const [event] = eventsOf(elementOf('candidate', 'update', { id: '7', action }))
    expect(event?.files).toMatchObject([{ contentType: 'text/plain', sizeBytes: 21 }])
    expect(event?.files?.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['Perfusion, Pädiatrie'])
    expect(event?.text).not.toContain('Perfusion')
    const [attachment] = filesIn(event)
    expect(attachment?.extracted_text_blob_uri).toBe(
      blobUri('acme', 'humansourcing:acme:7', event?.files?.[0]?.sha256 ?? ''),
    )
  })

  it('takes no reference from the sender, and reads an event that still holds the text', () => {
    const text = { $file: { sha256: '0'.repeat(64) } }
    const [event] = eventsOf(
      elementOf('candidate', 'update', { id: '7', action: [{ id: 'a', attachment: [{ text }] }] }),
    )
    expect(event?.files).toBeUndefined()
    expect(filesIn(event)).toMatchObject([{ extracted_text_blob_uri: null }])
    const old = event && { ...event, text: event.text.replace('"text":null', '"text":"Perfusion"') }
    expect(old?.text).toContain('Perfusion')
    expect(filesIn(old)).toMatchObject([{ extracted_text_blob_uri: null }])
  })

  it('names the field at fault and never what was in it', () => {
    expect(
      split(JSON.stringify(elementOf('candidate', 'update', { id: { mail: 'jane@example.com' } }))),
    ).toEqual({
      type: 'reject',
      code: 'NOT_ROUTABLE',
      detail: 'data.id: invalid_union',
    })
  })

  it.each(['7', '"text"', 'null', '{}', '{"event":"update"}', '{"type":"job","event":"a b","data":{}}'])(
    'refuses %s',
    text => {
      expect(split(text)).toMatchObject({ type: 'reject', code: 'NOT_ROUTABLE' })
      expect(split(`[${text}]`)).toMatchObject({ type: 'reject', code: 'NOT_ROUTABLE' })
    },
  )

  it('takes as many elements as are allowed and refuses one more', () => {
    const bodyOf = (count: number) => `[${Array(count).fill('0').join(',')}]`
    expect(split(bodyOf(EVENTS_MAX))).toMatchObject({ type: 'ok' })
    expect(split(bodyOf(EVENTS_MAX + 1))).toMatchObject({ type: 'reject', code: 'NOT_ROUTABLE' })
  })

  it('lets the neighbours of an unroutable element through, and loses none', () => {
    const good = JSON.stringify(elementOf('job', 'delete', { job_id: 5 }))
    const outcome = split(`[${good},{"x":1},${good}]`)
    expect(outcome).toMatchObject({
      value: [
        { kind: 'job.delete' },
        { kind: 'unroutable', entity: null, text: '{"x":1}' },
        { kind: 'job.delete' },
      ],
    })
  })

  it('ends an unroutable element as a dead letter, never as a record', () => {
    const context = { tenant: 'default', receivedAtMs: 0, deliveryId: null, settings: {} }
    const body = elementOf('job', 'delete', { job_id: 5 })
    expect(mapEvent(source, 'unroutable', body, context)).toMatchObject({
      type: 'reject',
      code: 'NOT_ROUTABLE',
    })
  })
})

describe('the history of a candidate', () => {
  const orderOf = (...actions: { id: string; date: string }[]) => {
    const { data } = CandidateEvent.parse({ data: { id: 1, action: actions } })
    return newestFirst(data.action, new Set()).map(({ action }) => action.id)
  }

  it('is ordered by time, then by id, whatever the order it comes in', () => {
    const old = { id: '9', date: '2020-01-01T00:00:00+0100' }
    const sameTime = { id: '10', date: '2019-12-31T23:00:00Z' }
    const recent = { id: '1', date: '2021-01-01T00:00:00Z' }
    const undated = { id: '99', date: 'soon' }
    expect(orderOf(old, undated, recent, sameTime)).toEqual(['1', '10', '9', '99'])
    expect(orderOf(sameTime, recent, undated, old)).toEqual(['1', '10', '9', '99'])
  })
})

describe('trigger', () => {
  const appliedMs = Date.parse('2024-03-01T10:00:00Z')
  const activity = (code: string, default_type: string | null, occurred_at: number | null): Activity => ({
    external_id: '1',
    code,
    type: null,
    default_type,
    occurred_at,
    rating: null,
    media: null,
    flag: null,
    emailing: null,
    actor: null,
    attachments: [],
  })
  const applicationOf = (applied_at: number | null, activities: Activity[]): Application => {
    const { source: _, ...job } = emptyJobRef('humansourcing', '2')
    return {
      ...emptyApplication('1_2', emptyJobRef('humansourcing', '2')),
      application_key: 'humansourcing:default:1#2',
      job: { ...job, job_key: 'humansourcing:default:2' },
      applied_at,
      activities,
    }
  }
  const contextOf = (inviteSinceMs: number): TriggerContext => ({
    candidate: candidateRecord({}),
    settings: {},
    ...{ applicationSeen: false, candidateSeen: false, inviteSinceMs, jobPostedMs: null },
  })
  const verdict = (applied_at: number | null, inviteSinceMs: number, ...activities: Activity[]) =>
    source.trigger(applicationOf(applied_at, activities), contextOf(inviteSinceMs))
  const applied = activity('CAND', '4', appliedMs)

  it.each([
    ['at the very moment', appliedMs, appliedMs, 'invite'],
    ['a moment before', appliedMs, appliedMs + 1, 'BEFORE_INVITE_SINCE'],
    ['at no known time', null, 0, 'APPLIED_AT_UNKNOWN'],
  ])('applied for %s', (_, atMs, since, expected) => {
    expect(verdict(atMs, since, activity('CAND', '4', atMs))).toBe(expected)
  })

  it.each([
    ['after it', 'CLO', null, appliedMs + 1, 'APPLICATION_CLOSED'],
    ['in the same moment', 'CLO', null, appliedMs, 'APPLICATION_CLOSED'],
    ['by the system type alone', 'X', '56', appliedMs + 1, 'APPLICATION_CLOSED'],
    ['at no known time', 'CLO', '56', null, 'APPLICATION_CLOSED'],
    ['before it was made again', 'CLO', '56', appliedMs - 1, 'invite'],
  ])('closed %s', (_, code, defaultType, closedMs, expected) => {
    expect(verdict(appliedMs, 0, applied, activity(code, defaultType, closedMs))).toBe(expected)
  })

  it.each([
    ['only phoned', [activity('TEL', '12', appliedMs)], 'NOT_APPLICANT_STATUS'],
    ['only sent a mailing', [activity('MAIL', '7', appliedMs)], 'NOT_APPLICANT_STATUS'],
    ['only closed', [activity('CLO', '56', appliedMs)], 'APPLICATION_CLOSED'],
    ['acknowledged', [activity('AR_a', '93', appliedMs)], 'invite'],
    [
      'refused under a name of the customer',
      [applied, activity('REF', '60', appliedMs + 1)],
      'NOT_APPLICANT_STATUS',
    ],
    ['asked to an interview', [applied, activity('ENT', '20', appliedMs + 1)], 'NOT_APPLICANT_STATUS'],
    ['moved on before the application', [activity('ENT', '20', appliedMs - 1), applied], 'invite'],
    ['phoned after the application', [applied, activity('TEL', '12', appliedMs + 1)], 'invite'],
    [
      'sent a mailing after it',
      [applied, { ...activity('X', '7', appliedMs + 1), emailing: true }],
      'invite',
    ],
  ])('somebody who was %s', (_, history, expected) => {
    expect(verdict(appliedMs, 0, ...history)).toBe(expected)
  })

  it('goes by the codes of the connection', () => {
    const settings = { application_codes: 'POST', neutral_codes: 'ENT', closing_codes: 'FIN' }
    const posted = activity('POST', '1', appliedMs)
    expect(
      source.trigger(applicationOf(appliedMs, [posted, activity('ENT', '20', appliedMs + 1)]), {
        ...contextOf(0),
        settings,
      }),
    ).toBe('invite')
    expect(
      source.trigger(applicationOf(appliedMs, [posted, activity('FIN', '2', appliedMs + 1)]), {
        ...contextOf(0),
        settings,
      }),
    ).toBe('APPLICATION_CLOSED')
    expect(source.trigger(applicationOf(appliedMs, [applied]), { ...contextOf(0), settings })).toBe(
      'NOT_APPLICANT_STATUS',
    )
  })

  it('is not put off by an acknowledgement', () => {
    expect(
      verdict(appliedMs, 0, activity('AR_a', '93', appliedMs + 2), activity('CAND', '4', appliedMs)),
    ).toBe('invite')
  })
})
