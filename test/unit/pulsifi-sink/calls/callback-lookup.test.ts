import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PulsifiReference } from '../../../../schemas/types.ts'
import { hintOf, subjectOf } from '../../../../services/core/callback-hint.ts'
import type { Exchange } from '../../../../services/platform/pulsifi/http-failure.ts'
import type { PulsifiClient } from '../../../../services/platform/pulsifi/pulsifi-client.ts'
import { type LookupPorts, lookUpCallback } from '../../../../services/pulsifi-sink/calls/callback-lookup.ts'
import { LookWindow } from '../../../../services/pulsifi-sink/turns/look-window.ts'
import { call, turnsOf } from '../../../support/sink-turns.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
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
  ...{ partition: 3, attempt: 1, claims: [], updated_at: 0 },
}

const WINDOW_MS = 30_000
const DAY_MS = 86_400_000

/** Answers in turn; the last one repeats. */
function lookupWith(answers: readonly Exchange[], change: Partial<LookupPorts> = {}, looksPerHour = 36_000) {
  const asked: string[] = []
  const answer = async (id: string): Promise<Exchange> => {
    asked.push(id)
    return answers[Math.min(asked.length, answers.length) - 1] ?? CANDIDATE
  }
  // Cast: a look-up asks nothing else.
  const client = { getCandidate: answer, getCandidateByInvitation: answer } as unknown as PulsifiClient
  const turns = turnsOf({ ratePerSecond: 10, concurrencyMax: 1, looksPerHour })
  const abort = new AbortController()
  const ports: LookupPorts = {
    ...{ name: 'pulsifi.raw/0/0', tenant: 'default', account: { client, turns }, patienceMs: 60_000 },
    findReference: reference => (reference === 'jobylon_7' ? REFERENCE : undefined),
    untilReferencesLevel: async () => undefined,
    delay: (ms, signal) =>
      new Promise((resolve, reject) => {
        setTimeout(() => (signal.aborted ? reject(signal.reason) : resolve(null)), ms)
      }),
    nowMs: Date.now,
    eventId: null,
    windows: { events: new LookWindow(DAY_MS), candidates: new LookWindow(WINDOW_MS) },
    ...change,
  }
  const lookUp = (body: unknown, name = ports.name, eventId = ports.eventId) =>
    lookUpCallback(Buffer.from(JSON.stringify(body)), { ...ports, name, eventId }, abort.signal)
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

it('calls nobody unknown before the table of references knows all that there is', async () => {
  const known = new Map<string, PulsifiReference>()
  const level = Promise.withResolvers<void>()
  let asked = 0
  const { lookUp } = lookupWith([CANDIDATE], {
    findReference: reference => known.get(reference),
    async untilReferencesLevel() {
      // The brokers are away at first.
      if (++asked === 1) throw new Error('no answer')
      await level.promise
    },
  })
  let found: unknown = null
  const looking = lookUp({ candidate_id: 'c-1' }).then(fact => {
    found = fact
  })
  await vi.advanceTimersByTimeAsync(60_000)
  expect([asked, found]).toEqual([2, null])
  known.set('jobylon_7', REFERENCE)
  level.resolve()
  await looking
  expect(found).toMatchObject({ type: 'found', partition: 3, message: { kind: 'OBSERVATION' } })
})

it('puts off what the table of references cannot tell in time', async () => {
  const { lookUp } = lookupWith([CANDIDATE], {
    findReference: () => undefined,
    untilReferencesLevel: () => Promise.reject(new Error('no answer')),
    patienceMs: 10_000,
  })
  expect(await settled(lookUp({ candidate_id: 'c-1' }))).toEqual({ type: 'unanswered' })
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

describe('callbacks that come again', () => {
  const planned = (inMs: number) => ({
    ...{ type: 'found', partition: 3 },
    message: {
      ...{ kind: 'OBSERVE', applicationKey: 'jobylon:default:7', notBeforeMs: Date.now() + inMs },
    },
  })

  it('cost a candidate one look, and one more at the end of the window for what changed since', async () => {
    const { lookUp, asked, turns } = lookupWith([CANDIDATE], { findReference: () => REFERENCE })
    const bodies = [{ candidate_id: 'c-1' }, { invite_code: 'i' }, { ext_reference_id: 'jobylon_7' }]
    const all = [...bodies, ...bodies, ...bodies].map((body, nth) => lookUp({ ...body, nth }, `${nth}`))
    const expected = planned(WINDOW_MS)
    await vi.advanceTimersByTimeAsync(1_000)
    const [first, second, ...others] = await Promise.all(all)
    expect(first).toMatchObject({ message: { kind: 'OBSERVATION' } })
    expect(second).toEqual(expected)
    expect(others).toEqual(others.map(() => ({ type: 'repeated' })))
    expect(asked).toEqual(['c-1'])
    expect(turns.tryTake()).toBe(true)
  })

  it('cost one look a window, however long they come', async () => {
    const { lookUp, asked } = lookupWith([CANDIDATE], { findReference: () => REFERENCE })
    const looks: number[] = []
    for (let nth = 0; nth < 600; nth++) {
      const found = lookUp({ candidate_id: 'c-1', nth }, `${nth}`)
      await vi.advanceTimersByTimeAsync(1_000)
      const fact = await found
      if (fact.type === 'found' && fact.message.kind === 'OBSERVE') looks.push(fact.message.notBeforeMs ?? 0)
    }
    expect(asked).toHaveLength(1)
    expect(looks).toHaveLength(20)
    expect(looks.every((at, n) => n === 0 || at - (looks[n - 1] ?? 0) >= WINDOW_MS)).toBe(true)
  })

  it('are looked up once within a day where they are the same', async () => {
    const { lookUp, asked } = lookupWith([CANDIDATE])
    expect(await settled(lookUp({ candidate_id: 'c-1' }, 'a', 'event'))).toMatchObject({ type: 'found' })
    await vi.advanceTimersByTimeAsync(DAY_MS - 120_000)
    expect(await settled(lookUp({ candidate_id: 'c-1' }, 'b', 'event'))).toEqual({ type: 'repeated' })
    await vi.advanceTimersByTimeAsync(120_000)
    expect(await settled(lookUp({ candidate_id: 'c-1' }, 'c', 'event'))).toMatchObject({ type: 'found' })
    expect(asked).toHaveLength(2)
  })

  it('ask once about whom nobody knows', async () => {
    const { lookUp, asked } = lookupWith([answered(404, {})])
    const facts = ['a', 'b'].map(name => lookUp({ candidate_id: 'made-up', name }, name))
    expect(await settled(Promise.all(facts))).toEqual([{ type: 'unknown-reference' }, { type: 'repeated' }])
    expect(asked).toEqual(['made-up'])
  })

  it('plan the look that could not be answered for the end of the window', async () => {
    const { lookUp } = lookupWith([answered(404, {})], { findReference: () => REFERENCE })
    const lookup = lookUp({ candidate_id: 'c-1' })
    const expected = planned(WINDOW_MS)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await lookup).toEqual(expected)
  })
})

describe('callbacks about ever other people', () => {
  it('keep to a budget where nobody knows them, and take none of it from those whom we know', async () => {
    const findReference = (reference: string) => (reference === 'c-1' ? REFERENCE : undefined)
    const { lookUp, asked } = lookupWith([answered(404, {})], { findReference }, 600)
    const facts: Promise<{ type: string }>[] = []
    for (let nth = 0; nth < 600; nth++) {
      facts.push(lookUp({ candidate_id: `made-up-${nth}` }, `${nth}`))
      await vi.advanceTimersByTimeAsync(100)
    }
    const known = lookUp({ candidate_id: 'c-1' }, 'known')
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await known).toMatchObject({ type: 'found' })
    const outcomes = (await Promise.all(facts)).map(({ type }) => type)
    expect(asked.length).toBeGreaterThan(5)
    expect(asked.length).toBeLessThanOrEqual(12)
    expect(outcomes.filter(type => type === 'not-asked')).toHaveLength(600 - (asked.length - 1))
  })
})

it.each([
  [{ candidate_id: 'c', ext_reference_id: 'e' }, 'c'],
  [{ data: { invite_code: 'i' } }, 'i'],
  [{ ext_reference_id: 'e' }, 'e'],
  [{ event: 'something' }, null],
  ['text', null],
])('tells by the same name what is about the same candidate: %j', (body, subject) => {
  expect(subjectOf(body)).toBe(subject)
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
