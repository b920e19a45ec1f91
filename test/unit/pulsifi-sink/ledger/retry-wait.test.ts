/** Whatever Pulsifi answers, and however long it wants to be left alone: what follows from it is a record. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { BindingState, InvitationOutcome } from '../../../../schemas/types.ts'
import { classifyReply } from '../../../../services/platform/pulsifi/classify.ts'
import type { Exchange } from '../../../../services/platform/pulsifi/http-failure.ts'
import type { PulsifiClient } from '../../../../services/platform/pulsifi/pulsifi-client.ts'
import { createCalls } from '../../../../services/pulsifi-sink/calls/calls.ts'
import type { Internal } from '../../../../services/pulsifi-sink/decide/effects.ts'
import {
  afterCall,
  refusedForMs,
  unknownCondition,
} from '../../../../services/pulsifi-sink/turns/account-condition.ts'
import { after, monotonic } from '../../../../services/pulsifi-sink/turns/monotonic.ts'
import { SinkDecisions } from '../../../support/sink-decider.ts'
import { turnsOf } from '../../../support/sink-turns.ts'
import { aBinding, aBoundBinding, anInvitation } from '../ledger-records.ts'
import { aCandidate, aJob, anApplication } from '../records.ts'

const OUTCOMES = [
  ...(['UNKNOWN', 'WAITING', 'INTENDED', 'INVITED', 'SKIPPED', 'BLOCKED', 'FAILED', 'AMBIGUOUS'] as const),
] satisfies readonly InvitationOutcome[]
const STATES = [
  ...(['UNKNOWN', 'KNOWN', 'WANTED', 'PENDING', 'BOUND', 'BLOCKED', 'AMBIGUOUS'] as const),
] satisfies readonly BindingState[]

const text = fc.oneof(
  fc.constantFrom('', '<html>', '{}', '{"code":"JOB_IS_CLOSED"}', '{"id":"j-1","status":"active"}'),
  fc
    .record({
      ...{ candidate_id: fc.string({ minLength: 1 }), status: fc.constantFrom('invited', 'completed') },
      invitation_expired_at: fc.oneof(fc.double(), fc.integer(), fc.constant('2026-01-02T03:04:05.678912Z')),
    })
    .map(body => JSON.stringify(body)),
)
const exchange: fc.Arbitrary<Exchange> = fc.oneof(
  fc.record({
    type: fc.constant('answered' as const),
    status: fc.oneof(fc.constantFrom(200, 401, 429, 500, 503), fc.integer({ min: 200, max: 599 })),
    retryAfter: fc.oneof(
      fc.constantFrom(null, '1', '0.5', '999999999', 'Wed, 21 Oct 2048 07:28:00 GMT', 'soon'),
    ),
    answeredAtMs: fc.nat(),
    isComplete: fc.boolean(),
    text,
  }),
  fc.record({
    type: fc.constant('failed' as const),
    sent: fc.boolean(),
    code: fc.constantFrom('UND_ERR_SOCKET', 'ECONNREFUSED', 'TOKEN_HTTP_429', 'DEADLINE'),
  }),
)

/** As a monotonic clock has them: µs count. */
const fraction = (max: number) => fc.nat(max * 1_000).map(us => us / 1_000)

/** What others under way are told when Pulsifi has asked for a pause, at whatever moment of the clock. */
const pause = fc
  .record({
    startMs: fraction(1e6),
    laterMs: fraction(1e3),
    type: fc.constantFrom('failing' as const, 'throttled' as const),
    retryAfterMs: fc.integer({ min: 2_000, max: 10_000_000 }),
  })
  .map(({ startMs, laterMs, ...signal }) => {
    const at = monotonic(startMs)
    return refusedForMs(afterCall(unknownCondition(20, at), 'create', signal, at), after(at, laterMs))
  })

const notSent = (retryAfterMs: number | null) =>
  ({ type: 'retry', reason: 'NOT_SENT', httpStatus: null, retryAfterMs }) as const

const known = fc.record({
  attempt: fc.integer({ min: 0, max: 3 }),
  first_attempt_at: fc.constantFrom(null, 1_000, -86_400_000),
  reasons: fc.constantFrom([], ['PULSIFI_ERASURE_REQUIRED'], ['CHANGED_MEANWHILE'], ['HTTP_400']),
})

it.each(OUTCOMES)('of an invitation that is %s', outcome => {
  fc.assert(
    fc.property(...[known, exchange, fc.option(pause, { freq: 2 })], (rest, answer, pauseMs) => {
      const invitation = anInvitation({ outcome, ...rest })
      const bindings = [aBoundBinding()]
      const sink = new SinkDecisions({ candidates: [aCandidate()], invitations: [invitation], bindings })
      const { application_key: applicationKey, attempt } = invitation
      const verdict = pauseMs === null ? classifyReply('createCandidate', answer) : notSent(pauseMs)
      sink.internal({ type: 'invitation-answer', applicationKey, attempt, verdict })
      sink.message({ kind: 'INVITATION_ANSWER', applicationKey, attempt, verdict })
    }),
    { numRuns: 200 },
  )
})

it.each(STATES)('of a job that is %s', state => {
  fc.assert(
    fc.property(
      ...[fc.integer({ min: 0, max: 3 }), exchange, fc.option(pause, { freq: 2 })],
      (attempt, answer, pauseMs) => {
        const binding = aBinding({ state, attempt })
        const sink = new SinkDecisions({ jobs: [aJob()], bindings: [binding] })
        const verdict = pauseMs === null ? classifyReply('createJob', answer) : notSent(pauseMs)
        const { job_key: jobKey } = binding
        sink.internal({ type: 'job-answer', jobKey, attempt, verdict })
        sink.message({ kind: 'JOB_ANSWER', jobKey, attempt, verdict })
      },
    ),
    { numRuns: 200 },
  )
})

it('of all that were under way when one of them is answered 429', async () => {
  const keys = Array.from({ length: 20 }, (_, at) => `jobylon:default:${at + 100}`)
  const applications = keys.map(key => anApplication({ application_key: key }))
  const sink = new SinkDecisions({
    candidates: [aCandidate({ applications })],
    invitations: keys.map(application_key => anInvitation({ application_key })),
    bindings: [aBoundBinding()],
  })
  const first = Promise.withResolvers<Exchange>()
  let asked = 0
  // Cast: nothing else is called.
  const client = {
    createCandidate: () => (asked++ === 0 ? first.promise : new Promise(() => undefined)),
  } as unknown as PulsifiClient
  const turns = turnsOf({ concurrencyMax: 11 })
  const all = Promise.withResolvers<Internal[]>()
  const answers: Internal[] = []
  const calls = createCalls({
    ...{ accounts: new Map([['default', { client, turns }]]), partition: 0, nowMs: () => 0 },
    retry503: 'with-retry-after',
    submit: input => {
      if (answers.push(input) === 10) all.resolve(answers)
      return true
    },
    sendToInbox: () => undefined,
    findReference: () => undefined,
  })
  for (const applicationKey of keys) {
    turns.overrun()
    const request = { job_id: 'p', ext_reference_id: 'x', is_anonymous_candidate: true }
    calls.start({
      ...{ type: 'invite', tenant: 'default', applicationKey, attempt: 1, deadlineAtMs: 100_000, request },
    })
  }
  expect(asked, 'on the wire').toBe(11)
  first.resolve({
    ...{ type: 'answered', status: 429, retryAfter: '7', answeredAtMs: 0, text: '', isComplete: true },
  })
  const records = (await all.promise).flatMap(input => sink.internal(input).invitations)
  expect(records.map(({ outcome, reasons }) => [outcome, ...reasons]).toSorted()).toEqual([
    ['WAITING', 'PULSIFI_RETRY:429'],
    ...Array(9).fill(['WAITING', 'PULSIFI_RETRY:NOT_SENT']),
  ])
  for (const { next_attempt_at } of records) expect(next_attempt_at).toBeGreaterThan(sink.nowMs + 6_000)
})
