import { expect, it } from 'vitest'
import type { Retry503 } from '../../../../services/platform/pulsifi/classify.ts'
import type { Exchange } from '../../../../services/platform/pulsifi/http-failure.ts'
import { PULSIFI_TIMEOUTS, type PulsifiClient } from '../../../../services/platform/pulsifi/pulsifi-client.ts'
import { type CallPorts, createCalls } from '../../../../services/pulsifi-sink/calls/calls.ts'
import { answerName, type Effect, type Internal } from '../../../../services/pulsifi-sink/decide/effects.ts'
import type { InboxMessage } from '../../../../services/pulsifi-sink/decide/inbox.ts'
import { turnsOf } from '../../../support/sink-turns.ts'

const DEADLINE_MS = 100_000
const applicationKey = 'jobylon:default:7'
const request = { job_id: 'p', ext_reference_id: 'jobylon_7', is_anonymous_candidate: true }
const invite: Effect & { type: 'invite' } = {
  ...{ type: 'invite', tenant: 'default', applicationKey, attempt: 2, deadlineAtMs: DEADLINE_MS, request },
}
const look: Effect & { type: 'look' } = {
  ...{ type: 'look', tenant: 'default', applicationKey, candidateId: 'c-1', trigger: 'WEBHOOK' },
}
const answered = (status: number): Exchange => ({
  ...{ type: 'answered', status, retryAfter: null, answeredAtMs: 0, isComplete: true },
  text: JSON.stringify({ candidate_id: 'c-1', status: 'invited' }),
})

async function called(
  effect: typeof invite | typeof look,
  change: { status?: number; retry503?: Retry503; nowMs?: number; isOurs?: boolean },
) {
  const { status = 200, retry503 = 'with-retry-after', nowMs = 0, isOurs = true } = change
  const requests: string[] = []
  const submitted: Internal[] = []
  const sent: [InboxMessage, number][] = []
  const ask = (name: string) => async () => {
    requests.push(name)
    return answered(status)
  }
  // Cast: nothing else is called.
  const client = { createCandidate: ask('create'), getCandidate: ask('get') } as unknown as PulsifiClient
  const turns = turnsOf()
  turns.overrun()
  const done = Promise.withResolvers<void>()
  turns.done = () => done.resolve()
  const ports: CallPorts = {
    ...{ accounts: new Map([['default', { client, turns }]]), partition: 3, retry503, nowMs: () => nowMs },
    submit: input => isOurs && submitted.push(input) > 0,
    sendToInbox: (message, partition) => sent.push([message, partition]),
    findReference: () => undefined,
  }
  const calls = createCalls(ports)
  calls.start(effect)
  await done.promise
  return { requests, submitted, sent, calls }
}

it('hands an answer over that was not committed when the partition is lost, and none that was', async () => {
  const lost = await called(invite, {})
  lost.calls.handOver()
  expect(lost.sent).toMatchObject([[{ kind: 'INVITATION_ANSWER', attempt: 2 }, 3]])
  const kept = await called(invite, {})
  for (const input of kept.submitted) kept.calls.answered(answerName(input))
  kept.calls.handOver()
  expect(kept.sent).toEqual([])
})

it('hands the answer in, with the attempt that it answers', async () => {
  const { requests, submitted, sent } = await called(invite, {})
  expect(requests).toEqual(['create'])
  expect(submitted).toMatchObject([{ type: 'invitation-answer', attempt: 2, verdict: { type: 'done' } }])
  expect(sent).toEqual([])
})

it.each([
  ['with-retry-after', 'ambiguous'],
  ['always', 'retry'],
] as const)('takes a bare 503 as PULSIFI_RETRY_503=%s says: %s', async (retry503, type) => {
  expect((await called(invite, { status: 503, retry503 })).submitted).toMatchObject([{ verdict: { type } }])
})

it('sends the answer to the next owner when the partition is lost', async () => {
  expect((await called(invite, { isOurs: false })).sent).toMatchObject([
    [{ kind: 'INVITATION_ANSWER', applicationKey, attempt: 2, verdict: { type: 'done' } }, 3],
  ])
})

it.each([
  [DEADLINE_MS - PULSIFI_TIMEOUTS.totalMs, ['create'], 'done'],
  [DEADLINE_MS - PULSIFI_TIMEOUTS.totalMs + 1, [], 'retry'],
])('starts no call at %i ms that could outlive its deadline', async (nowMs, expected, type) => {
  const { requests, submitted } = await called(invite, { nowMs })
  expect(requests).toEqual(expected)
  expect(submitted).toMatchObject([{ verdict: { type } }])
})

it.each([
  [200, [{ type: 'observation', trigger: 'WEBHOOK' }]],
  [503, [{ type: 'look-failed', trigger: 'WEBHOOK' }]],
  [404, [{ type: 'plan-look' }]],
])('makes of a look that is answered %i: %o', async (status, inputs) => {
  expect((await called(look, { status })).submitted).toMatchObject(inputs)
})

it('sends nothing of a look to the next owner, who looks again', async () => {
  expect((await called(look, { isOurs: false })).sent).toEqual([])
})
