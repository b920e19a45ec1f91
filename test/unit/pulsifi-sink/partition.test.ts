import { expect, it } from 'vitest'
import type { InputRecord } from '../../../services/platform/partitions/processor.ts'
import type { PulsifiClient } from '../../../services/platform/pulsifi/pulsifi-client.ts'
import type { Effect, Internal } from '../../../services/pulsifi-sink/decide/effects.ts'
import { invitationEntries } from '../../../services/pulsifi-sink/ledger/state.ts'
import { type PartitionPorts, SinkPartition } from '../../../services/pulsifi-sink/partition.ts'
import { apply, storeOf } from '../../support/sink-tenure.ts'
import { turnsOf } from '../../support/sink-turns.ts'
import { POLICY } from '../../support/sink-world.ts'
import { anInvitation } from './ledger-records.ts'

const record: InputRecord = {
  ...{ type: 'record', topic: 'ats.canonical.candidate.v1', partition: 3, offset: 42 },
  ...{ key: Buffer.from('direct:acme:1'), value: Buffer.from('x'), headers: {}, timestampMs: 0, fact: null },
}

it('gives back the turns of a decision of which a record is too large, and makes none of its calls', () => {
  // Cast: to refuse, it needs nothing more of them.
  const ports = { sink: { policy: POLICY }, accounts: new Map() } as unknown as PartitionPorts
  const partition = new SinkPartition({ partition: 3, submit: () => true, submitAll: () => {} }, ports)
  const called = ['invite', 'create-job', 'look'].map(type => ({ type, tenant: 'acme' }) as unknown as Effect)
  const kept: Effect[] = [
    { type: 'return-turn', tenant: 'acme' },
    { type: 'answered', name: 'application 1' },
  ]
  const decision = { outcome: null, outputs: [], effects: [...called, ...kept] }
  const oversized = { topic: 'pulsifi.result.v1', bytes: 2, limit: 1 }
  const refused = partition.refuse(record, oversized, decision)
  expect(refused.outcome).toMatchObject({
    ...{ name: 'dead_lettered', tenant: 'acme', reason: 'RECORD_TOO_LARGE' },
  })
  expect(refused.outputs.map(({ topic, value }) => [topic, value])).toEqual([
    ['pulsifi-sink.dead-letter', record.value],
  ])
  const returned = called.map(() => ({ type: 'return-turn', tenant: 'acme' }))
  expect(refused.effects).toEqual([...returned, ...kept])
  const internal = { type: 'internal', input: { type: 'plan-look', applicationKey: 'a' } } as const
  expect(partition.refuse(internal, oversized, decision)).toEqual({
    ...{ outcome: null, outputs: [], effects: [...returned, ...kept] },
  })
})

it('has the applications of a changed job decided one after the other, and a job that changes meanwhile once more', () => {
  const store = new Map<string, unknown>()
  for (const key of ['a', 'b', 'c'])
    apply(
      store,
      invitationEntries(key, anInvitation({ application_key: key, outcome: 'SKIPPED' }), undefined),
    )
  const heard = { jobsChanged: (_: readonly string[]) => {} }
  const onJobsChanged = (listener: typeof heard.jobsChanged) => {
    heard.jobsChanged = listener
    return () => {}
  }
  const lists: Iterable<Internal>[] = []
  const submitAll = (inputs: Iterable<Internal>) => void lists.push(inputs)
  // Cast: to hear of jobs, it needs no more.
  const ports = {
    ...{ sink: { policy: POLICY }, accounts: new Map(), onJobsChanged, nowMs: () => 0 },
  } as unknown as PartitionPorts
  new SinkPartition({ partition: 3, submit: () => false, submitAll }, ports).started(storeOf(store), false)
  expect([...(lists[0] ?? [])]).toEqual([])
  heard.jobsChanged(['jobylon:default:42', 'jobylon:default:of-nobody'])
  const decided: string[] = []
  for (const input of lists[1] ?? []) {
    if ('applicationKey' in input) decided.push(input.applicationKey)
    if (decided.length === 2) heard.jobsChanged(['jobylon:default:42', 'jobylon:default:42'])
  }
  expect(decided).toEqual(['a', 'b', 'c', 'a', 'b', 'c'])
  expect([...(lists[2] ?? [])]).toEqual([])
})

const invite: Effect = {
  ...{ type: 'invite', tenant: 'acme', applicationKey: 'direct:acme:1/a', attempt: 2, deadlineAtMs: 100_000 },
  request: { job_id: 'p', ext_reference_id: 'direct_a', is_anonymous_candidate: true },
}

/** A partition that is lost before its call is answered, or before the answer, handed in, is committed. */
async function lostBefore(moment: 'answered' | 'committed') {
  const [answered, submitted] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const sent: unknown[] = []
  const text = JSON.stringify({ candidate_id: 'c-1', status: 'invited' })
  // Cast: nothing else is called.
  const client = {
    async createCandidate() {
      await answered.promise
      return { type: 'answered', status: 200, retryAfter: null, answeredAtMs: 0, isComplete: true, text }
    },
  } as unknown as PulsifiClient
  let isOver = false
  const submit = (input: Internal) => {
    if (input.type === 'invitation-answer') submitted.resolve()
    return !isOver
  }
  const ports = {
    ...{
      sink: { policy: POLICY },
      accounts: new Map([['acme', { client, turns: turnsOf() }]]),
      nowMs: () => 0,
    },
    sendToInbox: (answer: unknown, partition: number) => void sent.push([answer, partition]),
  } as unknown as PartitionPorts
  const partition = new SinkPartition({ partition: 3, submit, submitAll: () => {} }, ports)
  const lose = () => {
    isOver = true
    partition.stopped()
  }
  partition.perform([invite])
  if (moment === 'answered') lose()
  answered.resolve()
  await submitted.promise
  if (moment === 'committed') lose()
  return sent
}

it.each(['answered', 'committed'] as const)(
  'sends an answer that is not committed to the next owner: lost before it was %s',
  async moment => {
    const sent = await lostBefore(moment)
    await expect
      .poll(() => sent)
      .toMatchObject([[{ kind: 'INVITATION_ANSWER', attempt: 2, verdict: { type: 'done' } }, 3]])
  },
)

it('makes the call of a commit that returns when the partition is lost: the ledger says that it is made', async () => {
  let calls = 0
  // Cast: nothing else is called.
  const client = { createCandidate: () => new Promise(() => calls++) } as unknown as PulsifiClient
  const ports = {
    ...{
      sink: { policy: POLICY },
      accounts: new Map([['acme', { client, turns: turnsOf() }]]),
      nowMs: () => 0,
    },
  } as unknown as PartitionPorts
  const partition = new SinkPartition({ partition: 3, submit: () => false, submitAll: () => {} }, ports)
  partition.stopped()
  partition.perform([invite])
  await expect.poll(() => calls).toBe(1)
})
