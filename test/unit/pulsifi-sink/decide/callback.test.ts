/** A callback that leads nowhere says that something has moved, and not what. */
import { describe, expect, it } from 'vitest'
import { hintOf, isJobRecommendation } from '../../../../services/core/callback-hint.ts'
import { PULSIFI_RAW, redriveTopic } from '../../../../services/core/topics.ts'
import { SinkDecisions } from '../../../support/sink-decider.ts'
import { anInvitation } from '../ledger-records.ts'

const headers = { ce_source: '/hooks/pulsifi/default' }
const callback = (sink: SinkDecisions, type: string) =>
  sink.record({ topic: PULSIFI_RAW, value: Buffer.from('{}'), headers, fact: { type } })

const open = (id: string, status: string, tenant = 'default') =>
  anInvitation({
    ...{ application_key: `jobylon:${tenant}:${id}`, candidate_key: `jobylon:${tenant}:${id}` },
    ...{ outcome: 'INVITED', reasons: [], pulsifi_candidate_id: `c-${id}`, status },
  })

it.each(['no-hint', 'unknown-reference', 'not-asked'])(
  'of type %s is a dead letter, and asks every partition to poll',
  type => {
    const { outcome, messages } = callback(new SinkDecisions({}), type)
    expect(outcome).toMatchObject({ name: 'dead_lettered', reason: 'REFERENCE_UNKNOWN' })
    expect(messages).toEqual([
      { partition: 0, kind: 'POLL_WANTED', tenant: 'default' },
      { partition: 1, kind: 'POLL_WANTED', tenant: 'default' },
    ])
  },
)

it('that Pulsifi does not answer is put off: as it came, behind what others have to say', () => {
  const key = Buffer.from('the id of the callback')
  const record = { topic: PULSIFI_RAW, key, value: Buffer.from('{"candidate_id":"c"}'), headers }
  const unanswered = { ...record, fact: { type: 'unanswered' } }
  const sink = new SinkDecisions({})
  const { outcome, outputs } = sink.record(unanswered)
  const later = {
    ...{ topic: redriveTopic('pulsifi-sink'), key, value: record.value },
    headers: { ...headers, '__dlq.errors.topic': PULSIFI_RAW },
  }
  expect([outcome, outputs]).toMatchObject([{ name: 'published', tenant: 'default' }, [later]])
  expect(sink.record({ ...unanswered, ...later }).outputs).toEqual([later])
  expect(sink.record({ ...later, fact: { type: 'no-hint' } }).outcome.name).toBe('dead_lettered')
})

it('that says what others have said is a duplicate, and costs nothing', () => {
  const { outcome, outputs, effects } = callback(new SinkDecisions({}), 'repeated')
  expect([outcome.name, outputs, effects]).toEqual(['duplicate', [], []])
})

it('that comes soon after others has its candidate looked at when it is time', () => {
  const known = open('1', 'completed')
  const sink = new SinkDecisions({ invitations: [known] })
  const applicationKey = known.application_key
  const input = { type: 'look', applicationKey, trigger: 'WEBHOOK', hasTurn: false }
  const later = sink.message({ kind: 'OBSERVE', applicationKey, notBeforeMs: sink.nowMs + 1 })
  expect(later.effects).toEqual([{ type: 'wake', atMs: sink.nowMs + 1, input }])
  sink.nowMs += 1
  const now = sink.message({ kind: 'OBSERVE', applicationKey, notBeforeMs: sink.nowMs })
  expect(now.effects).toMatchObject([{ type: 'await-turn', urgency: 'look', input: { hasTurn: true } }])
})

it('of a tenant without an account asks nobody', () => {
  const sink = new SinkDecisions({})
  sink.hasAccount = false
  expect(callback(sink, 'no-hint').messages).toEqual([])
})

it('comes in numbers, and is one sweep for all within half a minute', () => {
  const sink = new SinkDecisions({})
  const wakes = [5_000, 29_999, 30_000].map(nowMs => {
    sink.nowMs = nowMs
    return sink.message({ kind: 'POLL_WANTED', tenant: 'default' }).effects
  })
  const input = { type: 'poll-open', tenant: 'default' }
  expect(wakes.flat()).toEqual([
    { type: 'wake', atMs: 30_000, input },
    { type: 'wake', atMs: 30_000, input },
    { type: 'wake', atMs: 60_000, input },
  ])
})

it('makes every open invitation of its tenant due, and no other one', () => {
  const sink = new SinkDecisions({
    invitations: [
      open('1', 'invited'),
      open('2', 'started'),
      open('3', 'completed'),
      open('4', 'invited', 'acme'),
    ],
  })
  const { effects } = sink.internal({ type: 'poll-open', tenant: 'default' })
  expect(effects).toMatchObject([
    { type: 'await-turn', urgency: 'poll', key: 'look jobylon:default:1', prospect: { status: 'invited' } },
    { type: 'await-turn', urgency: 'poll', key: 'look jobylon:default:2', prospect: { status: 'started' } },
  ])
})

describe('an event that recommends jobs', () => {
  it.each(['event', 'event_type', 'type'])('is known by its field %s', name => {
    const body = { [name]: 'candidate_job_recommendation_result_ready' }
    expect(isJobRecommendation(body)).toBe(true)
    expect(isJobRecommendation({ data: body })).toBe(true)
    expect(isJobRecommendation({ [name]: 'candidate_application_result_ready' })).toBe(false)
    expect(hintOf(body)).toBeNull()
  })

  it('is kept as it came, and is no dead letter', () => {
    const { outcome, outputs } = callback(new SinkDecisions({}), 'not-ours')
    expect(outcome).toMatchObject({ name: 'skipped', reason: 'KIND_NOT_CONSUMED' })
    expect(outputs).toEqual([])
  })
})
