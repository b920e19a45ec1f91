import { describe, expect, it } from 'vitest'
import type { BindingState, PulsifiJobBinding } from '../../../../schemas/types.ts'
import type { ApiVerdict } from '../../../../services/platform/pulsifi/classify.ts'
import type { JobReply } from '../../../../services/platform/pulsifi/pulsifi-api.ts'
import {
  bound,
  drifted,
  jobAnswered,
  jobSeen,
  pending,
  refused,
  unblockedByHand,
  wanted,
} from '../../../../services/pulsifi-sink/ledger/job.ts'
import { aBinding, aBoundBinding } from '../ledger-records.ts'
import { aJob, PULSIFI_JOB_ID } from '../records.ts'

const NOW_MS = 5_000
const policy = { nowMs: NOW_MS, waitsMs: [60_000, 300_000], ambiguousRetries: 1 }
const answer =
  (verdict: ApiVerdict<JobReply>, attempt = 1) =>
  (known: PulsifiJobBinding) =>
    jobAnswered(known, attempt, verdict, policy)

const done = {
  type: 'done',
  body: { id: PULSIFI_JOB_ID, status: 'active', external_id: null },
  httpStatus: 200,
} as const
const blocked = { type: 'blocked', reasons: ['HTTP_400'], httpStatus: 400 } as const
const retry = { type: 'retry', reason: '429', httpStatus: 429, retryAfterMs: null } as const
const ambiguous = { type: 'ambiguous', reason: 'HTTP_500', httpStatus: 500 } as const

const EVENTS: Readonly<Record<string, (known: PulsifiJobBinding) => PulsifiJobBinding | null>> = {
  'new version': known => jobSeen(known, aJob({ status: 'CLOSED' }), NOW_MS),
  wanted: known => wanted(known, NOW_MS),
  created: answer(done),
  refused: answer(blocked),
  'not processed': answer(retry),
  'reply unclear': answer(ambiguous),
  'refused, of an earlier attempt': answer(blocked, 0),
  'no candidates': known => refused(known, PULSIFI_JOB_ID, 'NOT_ACTIVE_JOB', NOW_MS),
  'no candidates, of another job': known => refused(known, 'another', 'NOT_ACTIVE_JOB', NOW_MS),
  'again by hand': known => unblockedByHand(known, 1, NOW_MS),
  'bound by hand': known => bound(known, { id: 'p-9', status: null, origin: 'MANUAL' }, NOW_MS),
}
const ALL = { created: 'BOUND', 'bound by hand': 'BOUND' } as const
const ASKED = { refused: 'BLOCKED', 'not processed': 'WANTED' } as const

/** What is not listed is refused: the record stays. */
const TABLE: readonly (readonly [BindingState, Readonly<Record<string, BindingState>>])[] = [
  ['UNKNOWN', { ...ALL, 'new version': 'KNOWN', wanted: 'WANTED' }],
  ['KNOWN', { ...ALL, 'new version': 'KNOWN', wanted: 'WANTED' }],
  ['WANTED', { ...ALL, 'new version': 'WANTED' }],
  ['PENDING', { ...ALL, ...ASKED, 'new version': 'PENDING', 'reply unclear': 'WANTED' }],
  ['AMBIGUOUS', { ...ALL, ...ASKED, 'new version': 'AMBIGUOUS' }],
  ['BLOCKED', { ...ALL, 'new version': 'WANTED', 'again by hand': 'WANTED' }],
  ['BOUND', { 'new version': 'BOUND', 'no candidates': 'BLOCKED', 'bound by hand': 'BOUND' }],
]

describe.each(TABLE)('%s', (state, transitions) => {
  it.each(Object.keys(EVENTS))('when %s', event => {
    const known = state === 'BOUND' ? aBoundBinding() : aBinding({ state, attempt: 1 })
    expect(EVENTS[event]?.(known)?.state).toBe(transitions[event])
  })
})

it('is not called again after the one repeat that an orphan is worth', () => {
  const second = aBinding({ state: 'PENDING', attempt: 2 })
  expect(jobAnswered(second, 2, ambiguous, policy)).toMatchObject({
    state: 'AMBIGUOUS',
    block_reasons: ['HTTP_500'],
  })
  const first = aBinding({ state: 'PENDING', attempt: 1 })
  expect(jobAnswered(first, 1, ambiguous, { ...policy, ambiguousRetries: 0 })?.state).toBe('AMBIGUOUS')
})

it('counts every attempt towards the repeats of a lost answer, those that were refused too', () => {
  const refusedFirst = answer({ type: 'retry', reason: '503', httpStatus: 503, retryAfterMs: null })(
    aBinding({ state: 'PENDING', attempt: 1 }),
  )
  expect(refusedFirst).toMatchObject({ state: 'WANTED', next_attempt_at: NOW_MS + 60_000 })
  const second = pending(refusedFirst ?? aBinding(), 'sha', 35_000, NOW_MS)
  expect(jobAnswered(second, 2, ambiguous, policy)).toMatchObject({ state: 'AMBIGUOUS' })
})

it('takes the job of the first call also when its answer comes during the second', () => {
  expect(answer(done)(aBinding({ state: 'PENDING', attempt: 2 }))).toMatchObject({
    pulsifi_job_id: PULSIFI_JOB_ID,
  })
})

it('is never created again once Pulsifi has it, whatever Pulsifi said of it since', () => {
  const closed = refused(aBoundBinding(), PULSIFI_JOB_ID, 'NOT_ACTIVE_JOB', NOW_MS) ?? aBinding()
  expect(closed.state).toBe('BLOCKED')
  expect(jobSeen(closed, aJob({ status: 'OPEN' }), NOW_MS)).toMatchObject({
    ...{ state: 'BOUND', pulsifi_job_id: PULSIFI_JOB_ID, block_reasons: [] },
  })
  expect(unblockedByHand(closed, 1, NOW_MS)?.state).toBe('BOUND')
  expect(unblockedByHand(closed, 0, NOW_MS)).toBeNull()
})

it.each([
  [1, null, 60_000],
  [2, null, 300_000],
  [9, null, 300_000],
  [1, 90_000, 90_000],
])('waits after attempt %i, when Pulsifi asks for %j, for %i ms', (attempt, retryAfterMs, ms) => {
  const waiting = answer({ ...retry, retryAfterMs }, attempt)(aBinding({ state: 'PENDING', attempt }))
  expect(waiting?.next_attempt_at).toBe(NOW_MS + ms)
})

it('shows that a bound job has changed since it was sent, and nothing else', () => {
  const sent = aBoundBinding({ request_sha256: 'a' })
  expect(drifted(sent, 'b', NOW_MS)).toMatchObject({ state: 'BOUND', block_reasons: ['PULSIFI_DRIFT'] })
  expect(drifted(sent, 'a', NOW_MS)).toBeNull()
  expect(drifted(sent, null, NOW_MS)).toBeNull()
  expect(drifted({ ...sent, origin: 'MANUAL' }, 'b', NOW_MS)).toBeNull()
})

it('counts a call and says when it will have ended', () => {
  expect(pending(aBinding({ state: 'WANTED' }), 'hash', 35_000, NOW_MS)).toMatchObject({
    ...{ state: 'PENDING', attempt: 1, request_sha256: 'hash', call_deadline_at: NOW_MS + 35_000 },
  })
})
