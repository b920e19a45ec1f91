import { describe, expect, it } from 'vitest'
import type { InvitationOutcome, PulsifiInvitation } from '../../../../schemas/types.ts'
import type { ApiVerdict } from '../../../../services/platform/pulsifi/classify.ts'
import type { CandidateReply } from '../../../../services/platform/pulsifi/pulsifi-api.ts'
import {
  answered,
  changed,
  decided,
  deleted,
  intended,
  namedByHand,
  observed,
  reopened,
  waitsForTurn,
  withdrawn,
} from '../../../../services/pulsifi-sink/ledger/invitation.ts'
import { retryWaitMs } from '../../../../services/pulsifi-sink/ledger/retry-wait.ts'
import { anInvitation, aReply } from '../ledger-records.ts'

const NOW_MS = 5_000
const KEYS = { candidate_key: 'jobylon:default:7', job_key: 'jobylon:default:42' }
const policy = { nowMs: NOW_MS, horizonMs: 86_400_000 }
const answer =
  (verdict: ApiVerdict<CandidateReply>, attempt = 1) =>
  (known: PulsifiInvitation) =>
    answered(known, attempt, verdict, policy)

const done = { type: 'done', body: aReply(), httpStatus: 200 } as const
const retry = { type: 'retry', reason: '429', httpStatus: 429, retryAfterMs: null } as const
const blocked = { type: 'blocked', reasons: ['HTTP_400'], httpStatus: 400 } as const
const ambiguous = { type: 'ambiguous', reason: 'HTTP_500', httpStatus: 500 } as const

/** Each event by its name, and what it makes of a record that has been called once. */
const EVENTS: Readonly<Record<string, (known: PulsifiInvitation) => PulsifiInvitation | null>> = {
  skip: known => decided(known, { type: 'skip', reason: 'OPTED_OUT' }, KEYS, NOW_MS),
  block: known => decided(known, { type: 'block', reasons: ['EMAIL_MISSING'] }, KEYS, NOW_MS),
  wait: known => decided(known, { type: 'wait', reason: 'JOB_UNBOUND', wantsJob: true }, KEYS, NOW_MS),
  created: answer(done),
  'not processed': answer(retry),
  refused: answer(blocked),
  'reply unclear': answer(ambiguous),
  'created, of an attempt to come': answer(done, 2),
  'refused, of an earlier attempt': answer(blocked, 0),
  'reply unclear, of an earlier attempt': answer(ambiguous, 0),
  shown: known => observed(known, aReply(), NOW_MS),
  deleted: known => deleted(known, NOW_MS),
}

type Transitions = Readonly<Record<string, InvitationOutcome>>
type Row = readonly [InvitationOutcome, Transitions]
const UNDECIDED: Transitions = {
  skip: 'SKIPPED',
  block: 'BLOCKED',
  wait: 'WAITING',
  created: 'INVITED',
  shown: 'INVITED',
  deleted: 'SKIPPED',
}
const PENDING: Transitions = {
  created: 'INVITED',
  'not processed': 'WAITING',
  refused: 'BLOCKED',
  shown: 'INVITED',
}

/** What is not listed is refused: the record stays. `deleted` of what was sent keeps its outcome and gets a reason. */
const TABLE: readonly Row[] = [
  ['UNKNOWN', { ...UNDECIDED, deleted: 'UNKNOWN' }],
  ['WAITING', UNDECIDED],
  ['BLOCKED', UNDECIDED],
  ['SKIPPED', UNDECIDED],
  ['INTENDED', { ...PENDING, 'reply unclear': 'AMBIGUOUS', deleted: 'INTENDED' }],
  ['AMBIGUOUS', { ...PENDING, deleted: 'AMBIGUOUS' }],
  ['INVITED', { shown: 'INVITED', deleted: 'INVITED' }],
  ['FAILED', { created: 'INVITED', shown: 'INVITED', deleted: 'SKIPPED' }],
]

describe.each(TABLE)('%s', (outcome, transitions) => {
  it.each(Object.keys(EVENTS))('when %s', event => {
    const next = EVENTS[event]?.(anInvitation({ outcome }))
    expect(next?.outcome).toBe(transitions[event])
  })
})

it.each(Object.keys(EVENTS))('hears nothing new when it hears twice: %s', event => {
  const outcomes: readonly InvitationOutcome[] = ['WAITING', 'INTENDED', 'INVITED', 'AMBIGUOUS']
  for (const outcome of outcomes) {
    const once = EVENTS[event]?.(anInvitation({ outcome }))
    if (once) expect(EVENTS[event]?.(once), outcome).toBeNull()
  }
})

describe('a chain of calls', () => {
  const call = { keys: KEYS, pulsifiJobId: 'p', anonymous: false, deadlineMs: 100 }
  const at = (known: PulsifiInvitation, nowMs: number) => intended(known, call, [], nowMs)

  it('begins with its first call, and the next one continues it', () => {
    const waiting = anInvitation({ outcome: 'WAITING', next_attempt_at: 2_000 })
    expect(at(waiting, 2_000)).toMatchObject({ attempt: 2, first_attempt_at: 1_000, call_deadline_at: 2_100 })
  })

  it('lasts longer by what its calls wait here: late, or not sent at all', () => {
    const notSent = { ...retry, reason: 'NOT_SENT', httpStatus: null, retryAfterMs: 600_000 } as const
    let known = anInvitation({ first_attempt_at: 1_000, occurred_at: 1_000 })
    const hear = (verdict: ApiVerdict<CandidateReply>, nowMs: number) => {
      const next = answered(known, known.attempt, verdict, { ...policy, nowMs })
      if (next === null) throw new Error('nothing new')
      known = next
      return known
    }
    // Answered by Pulsifi after a second, and due two seconds later at the latest.
    const { next_attempt_at: due } = hear(retry, 2_000)
    known = at(known, (due ?? 0) + 40_000_000)
    expect(known.first_attempt_at).toBe(40_001_000)
    // Written, not sent 30 s later, and due after ten minutes.
    hear(notSent, known.occurred_at + 30_000)
    expect(known).toMatchObject({ outcome: 'WAITING', first_attempt_at: 40_001_000 + 630_000 })
    for (let day = 0; day < 3; day++) {
      known = at(known, (known.next_attempt_at ?? 0) + 86_400_000)
      expect(hear(notSent, known.occurred_at).outcome).toBe('WAITING')
    }
    known = at(known, known.next_attempt_at ?? 0)
    expect(hear(retry, known.occurred_at).outcome).toBe('WAITING')
    const spentMs = known.occurred_at - (known.first_attempt_at ?? 0)
    // One second of the first answer, and the wait after it.
    expect(spentMs).toBe((due ?? 0) - 1_000)
  })

  it('begins anew after it was decided that something else is awaited', () => {
    const unbound = EVENTS.wait?.(anInvitation({ outcome: 'WAITING', next_attempt_at: 2_000 }))
    expect(at(unbound ?? anInvitation(), 3_000)).toMatchObject({ attempt: 2, first_attempt_at: 3_000 })
  })

  it('begins anew after a refusal was mended', () => {
    expect(at(anInvitation({ outcome: 'BLOCKED' }), 90_000_000).first_attempt_at).toBe(90_000_000)
  })

  it.each([
    [86_400_000 + 999, 'WAITING'],
    [86_400_000 + 1_000, 'FAILED'],
  ])('that has not been processed at %i ms is %s', (nowMs, outcome) => {
    expect(answered(anInvitation(), 1, retry, { ...policy, nowMs })?.outcome).toBe(outcome)
  })

  it('waits as long as Pulsifi asks for', () => {
    const verdict = { ...retry, retryAfterMs: 60_000 }
    expect(answer(verdict)(anInvitation())).toMatchObject({
      next_attempt_at: NOW_MS + 60_000,
      reasons: ['PULSIFI_RETRY:429'],
    })
  })

  it.each([
    [1, 1_000],
    [2, 2_000],
    [5, 16_000],
    [11, 900_000],
    [1_000_000, 900_000],
  ])('waits after attempt %i for %i ms', (attempt, ms) => {
    expect(retryWaitMs(attempt)).toBe(ms)
  })

  it('keeps the time of its next call while it waits for a turn', () => {
    expect(
      waitsForTurn(anInvitation({ outcome: 'WAITING', next_attempt_at: 2_000 }), KEYS, NOW_MS),
    ).toBeNull()
  })
})

describe('a deleted person', () => {
  const erased = { outcome: 'INTENDED', reasons: ['PULSIFI_ERASURE_REQUIRED'] } as const

  it('keeps no way into the assessment', () => {
    const invited = answer(done)(anInvitation()) ?? anInvitation()
    expect(deleted(invited, NOW_MS)).toMatchObject({
      outcome: 'INVITED',
      reasons: ['PULSIFI_ERASURE_REQUIRED'],
      invitation_link: null,
      invite_code: null,
      pulsifi_candidate_id: 'c-1',
    })
  })

  it.each([
    [blocked, 'SKIPPED', ['SOURCE_DELETED']],
    [retry, 'SKIPPED', ['SOURCE_DELETED']],
    [ambiguous, 'AMBIGUOUS', ['HTTP_500', 'PULSIFI_ERASURE_REQUIRED']],
    [done, 'INVITED', ['PULSIFI_ERASURE_REQUIRED']],
  ] as const)('whose call ends as $type is settled by it', (verdict, outcome, reasons) => {
    expect(answer(verdict)(anInvitation(erased))).toMatchObject({ outcome, reasons, invitation_link: null })
  })

  it('whom Pulsifi has all the same must be erased there', () => {
    const gone = withdrawn(anInvitation({ outcome: 'WAITING' }), NOW_MS) ?? anInvitation()
    expect(observed(gone, aReply(), NOW_MS)).toMatchObject({
      outcome: 'INVITED',
      reasons: ['PULSIFI_ERASURE_REQUIRED'],
      invite_code: null,
    })
  })
})

describe('an operator', () => {
  it('opens an ambiguous invitation again', () => {
    expect(reopened(anInvitation({ outcome: 'AMBIGUOUS' }), NOW_MS)).toMatchObject({
      outcome: 'WAITING',
      attempt: 1,
    })
  })
  it('does not open one of a deleted person', () => {
    const known = anInvitation({ outcome: 'AMBIGUOUS', reasons: ['REPLY_LOST', 'PULSIFI_ERASURE_REQUIRED'] })
    expect(reopened(known, NOW_MS)).toMatchObject({ outcome: 'SKIPPED', reasons: ['SOURCE_DELETED'] })
  })
  it('names the candidate', () => {
    expect(
      namedByHand(anInvitation({ outcome: 'AMBIGUOUS', reasons: ['REPLY_LOST'] }), 'c-9', NOW_MS),
    ).toMatchObject({
      ...{ outcome: 'INVITED', reasons: [], pulsifi_candidate_id: 'c-9' },
    })
  })
})

it('knows an application of which nothing was ever sent by nothing that Pulsifi shows', () => {
  expect(observed(anInvitation({ outcome: 'WAITING', attempt: 0 }), aReply(), NOW_MS)).toBeNull()
})

it('has one id for one decision', () => {
  const skip = () => changed(anInvitation(), { outcome: 'SKIPPED' }, NOW_MS)?.event_id
  expect(skip()).toBe(skip())
  expect(changed(anInvitation(), { outcome: 'BLOCKED' }, NOW_MS)?.event_id).not.toBe(skip())
})
