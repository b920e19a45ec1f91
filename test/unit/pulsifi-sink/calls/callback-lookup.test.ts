import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PulsifiReference } from '../../../../schemas/types.ts'
import type { Exchange } from '../../../../services/platform/pulsifi/http-failure.ts'
import type { PulsifiClient } from '../../../../services/platform/pulsifi/pulsifi-client.ts'
import { type LookupPorts, lookUpCallback } from '../../../../services/pulsifi-sink/calls/callback-lookup.ts'
import { hintOf } from '../../../../services/pulsifi-sink/decide/callback-hint.ts'
import { call, turnsOf } from '../../../support/sink-turns.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const answered = (status: number, body: object): Exchange => ({
  ...{ type: 'answered', status, retryAfter: null, answeredAtMs: 0, isComplete: true },
  text: JSON.stringify(body),
})
const CANDIDATE = answered(200, { candidate_id: 'c-1', ext_reference_id: 'jobylon_7', status: 'completed' })
const REFERENCE: PulsifiReference = {
  ...{ reference: 'jobylon_7', kind: 'EXT_REFERENCE_ID', application_key: 'jobylon:default:7' },
  ...{ partition: 3, attempt: 1, updated_at: 0 },
}

/** Answers in turn; the last one repeats. */
function lookupWith(answers: readonly Exchange[], change: Partial<LookupPorts> = {}) {
  const asked: string[] = []
  const answer = async (id: string): Promise<Exchange> => {
    asked.push(id)
    return answers[Math.min(asked.length, answers.length) - 1] ?? CANDIDATE
  }
  // Cast: a look-up asks nothing else.
  const client = { getCandidate: answer, getCandidateByInvitation: answer } as unknown as PulsifiClient
  const turns = turnsOf({ ratePerSecond: 10, concurrencyMax: 1 })
  const abort = new AbortController()
  const ports: LookupPorts = {
    ...{ name: 'pulsifi.raw/0/0', tenant: 'default', account: { client, turns }, patienceMs: 60_000 },
    findReference: reference => (reference === 'jobylon_7' ? REFERENCE : undefined),
    delay: (ms, signal) =>
      new Promise((resolve, reject) => {
        setTimeout(() => (signal.aborted ? reject(signal.reason) : resolve(null)), ms)
      }),
    nowMs: Date.now,
    ...change,
  }
  const lookUp = (body: unknown, name = ports.name) =>
    lookUpCallback(Buffer.from(JSON.stringify(body)), { ...ports, name }, abort.signal)
  return { lookUp, asked, abort, turns }
}

async function settled<T>(promise: Promise<T>): Promise<T> {
  await vi.advanceTimersByTimeAsync(60_000)
  return promise
}

it('sends what Pulsifi shows of the candidate to the owner of its application', async () => {
  const { lookUp } = lookupWith([CANDIDATE])
  expect(await settled(lookUp({ event_body: { candidate_id: 'c-1', scores: [1] } }))).toMatchObject({
    ...{ type: 'found', partition: 3 },
    message: {
      kind: 'OBSERVATION',
      applicationKey: 'jobylon:default:7',
      reply: { status: 'completed', scores: [] },
    },
  })
})

it('sends of somebody who was erased who it is, and nothing else', async () => {
  const shown = {
    ...{ candidate_id: 'c-1', ext_reference_id: 'jobylon_7', status: 'completed' },
    invitation_link: 'https://candidate.example.com/invites/abc',
    report_pdf_link: 'https://candidate.example.com/report',
    scores: [{ score_type: 'role_fit', score_value: 80, score_format: 100 }],
  }
  const { lookUp } = lookupWith([answered(200, shown)], {
    findReference: reference => (reference === 'jobylon_7' ? { ...REFERENCE, kind: 'ERASED' } : undefined),
  })
  const found = await settled(lookUp({ candidate_id: 'c-1' }))
  expect(found).toMatchObject({
    message: { kind: 'OBSERVATION', reply: { candidate_id: 'c-1', scores: [] } },
  })
  expect(JSON.stringify(found)).not.toMatch(/abc|report"|role_fit/)
})

it('has the owner look when only our own identifier is known', async () => {
  const { lookUp, asked } = lookupWith([CANDIDATE])
  expect(await settled(lookUp({ ext_reference_id: 'jobylon_7' }))).toMatchObject({
    message: { kind: 'OBSERVE' },
  })
  expect(asked).toEqual([])
})

it.each([
  ['no JSON object', 'text', 'no-hint'],
  ['no identifier', { event: 'candidate_application_result_ready' }, 'no-hint'],
  ['an identifier of nobody', { ext_reference_id: 'somebody' }, 'unknown-reference'],
])('finds nothing in %s', async (_what, body, type) => {
  expect(await settled(lookupWith([CANDIDATE]).lookUp(body))).toEqual({ type })
})

it('finds nothing of another tenant', async () => {
  const { lookUp } = lookupWith([CANDIDATE], { tenant: 'acme' })
  expect(await settled(lookUp({ candidate_id: 'c-1' }))).toEqual({ type: 'unknown-reference' })
})

it.each([
  ['503', answered(503, {})],
  ['a network that is away', { type: 'failed', sent: false, code: 'ECONNREFUSED' } as const],
])('asks until an outage is over: %s', async (_what, exchange) => {
  const { lookUp, asked } = lookupWith([exchange, exchange, exchange, exchange, CANDIDATE])
  expect(await settled(lookUp({ candidate_id: 'c-1' }))).toMatchObject({ type: 'found' })
  expect(asked).toHaveLength(5)
})

it.each([
  ['404', answered(404, {})],
  ['400', answered(400, {})],
  ['500 for this one', answered(500, {})],
  ['what cannot be read', answered(200, { candidate: 'none' })],
])('is not blocked for ever by a callback that Pulsifi answers with %s', async (_what, exchange) => {
  const { lookUp } = lookupWith([exchange])
  expect(await settled(lookUp({ candidate_id: 'x' }))).toEqual({ type: 'unknown-reference' })
})

it('answers each of several callbacks about one candidate', async () => {
  const { lookUp, turns } = lookupWith([CANDIDATE])
  // One has a turn at once; the others wait together.
  const all = Promise.all(['a', 'b', 'c'].map(name => lookUp({ candidate_id: 'c-1' }, name)))
  let found: readonly unknown[] = []
  void all.then(facts => {
    found = facts
  })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(found).toMatchObject([{ type: 'found' }, { type: 'found' }, { type: 'found' }])
  expect(turns.tryTake()).toBe(true)
})

it('ends when the partition is lost, and gives its place in the row up', async () => {
  const { lookUp, abort, turns, asked } = lookupWith([CANDIDATE])
  turns.tryTake()
  const lookup = lookUp({ candidate_id: 'c-1' })
  abort.abort()
  expect(await settled(lookup)).toEqual({ type: 'unknown-reference' })
  call(turns)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(asked).toEqual([])
  expect(turns.tryTake()).toBe(true)
})

it.each([
  [{ candidate_id: 'c' }, { candidateId: 'c', inviteCode: null, extReferenceId: null }],
  [{ data: { candidate_id: 7 } }, { candidateId: '7', inviteCode: null, extReferenceId: null }],
  [{ event_body: { invitation_code: 'i' } }, { candidateId: null, inviteCode: 'i', extReferenceId: null }],
  [{ payload: { invite_code: 'i' } }, { candidateId: null, inviteCode: 'i', extReferenceId: null }],
  [{ body: { ext_reference_id: 'e' } }, { candidateId: null, inviteCode: null, extReferenceId: 'e' }],
  [{ candidate_id: ' ', ext_reference_id: {} }, null],
  [[], null],
  [null, null],
])('reads the identifiers of %j', (body, hint) => {
  expect(hintOf(body)).toEqual(hint)
})

describe('an account that fails', () => {
  const failing = answered(503, {})

  it('is waited for no longer than others can be made to wait, and then not asked again for this one', async () => {
    const { lookUp, asked } = lookupWith([failing], { patienceMs: 10_000 })
    const lookup = lookUp({ candidate_id: 'c-1' })
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await Promise.race([lookup, 'still waits'])).toEqual({ type: 'unanswered' })
    const before = asked.length
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked.length).toBe(before)
  })

  it('is waited for no longer although there is no turn, and the place in the row is given up', async () => {
    const { lookUp, asked, turns } = lookupWith([CANDIDATE], { patienceMs: 10_000 })
    turns.tryTake()
    turns.begin(() => {})
    const lookup = lookUp({ candidate_id: 'c-1' })
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await Promise.race([lookup, 'still waits'])).toEqual({ type: 'unanswered' })
    turns.done('look', null)
    await vi.advanceTimersByTimeAsync(1_000)
    expect([asked, turns.tryTake()]).toEqual([[], true])
  })

  it('does not matter for a callback that names our own identifier', async () => {
    const { lookUp } = lookupWith([failing], { patienceMs: 10_000 })
    expect(await settled(lookUp({ ext_reference_id: 'jobylon_7' }))).toMatchObject({ type: 'found' })
  })
})
