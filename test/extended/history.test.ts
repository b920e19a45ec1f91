/** What the history of applications tells of a moment that is over is what the console counted then. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import type { PulsifiStatus } from '../../schemas/types.ts'
import { PULSIFI_STATUS } from '../../services/core/topics.ts'
import { waitUntil } from '../chaos/wait-until.ts'
import { type StackForTest, stackForTest } from '../e2e/stack-for-test.ts'
import { directJob } from '../support/direct-job.ts'

const WITHIN_MS = 90_000

interface Funnel {
  readonly stages: readonly { readonly stage: string; readonly count: number }[]
  readonly outcomes: readonly { readonly outcome: string; readonly count: number }[]
}

let test: StackForTest
beforeAll(async () => {
  test = await stackForTest()
  await post(directJob)
})
afterAll(() => test?.stop())

const candidate = (id: string, known: object = {}) => ({
  type: 'candidate',
  action: 'upsert',
  data: {
    ...{ external_id: id, first_name: 'Test', last_name: `Person ${id}`, email: `${id}@example.org` },
    applications: [{ external_id: `${id}-1`, job: { external_id: 'j1' } }],
    ...known,
  },
})

async function post(event: object): Promise<void> {
  const { status } = await test.post(`direct/${test.tenant}/${test.secret}`, JSON.stringify(event))
  expect(status).toBe(200)
}

async function ask<T>(path: string): Promise<T> {
  const answer = await fetch(`${test.stack.urls.console}${path}`)
  expect(answer.status).toBe(200)
  // Cast: the API's own description is tested elsewhere.
  return (await answer.json()) as T
}
const counted = () => ask<Funnel>(`/api/funnel?tenant_id=${test.tenant}`)
const countOf = ({ stages }: Funnel, name: string) => stages.find(({ stage }) => stage === name)?.count

/** Waits until so many have reached each stage. */
async function until(known: number, completed: number): Promise<Funnel> {
  let funnel = await counted()
  await waitUntil(`${completed} of ${known} completed`, WITHIN_MS, async () => {
    funnel = await counted()
    return countOf(funnel, 'canonical') === known && countOf(funnel, 'completed') === completed
  })
  return funnel
}

/** Knows nothing of this project, and starts when everything has happened. */
const LATE_READER = `
  const { Kafka, logLevel } = require('kafkajs')
  const { SchemaRegistry } = require('@kafkajs/confluent-schema-registry')
  const registry = new SchemaRegistry({ host: process.env.SCHEMA_REGISTRY_URL })
  const kafka = new Kafka({ brokers: process.env.KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING })
  const consumer = kafka.consumer({ groupId: 'late-' + process.pid })
  consumer.connect()
    .then(() => consumer.subscribe({ topic: '${PULSIFI_STATUS}', fromBeginning: true }))
    .then(() => consumer.run({ eachMessage: async ({ message: { value } }) => {
      if (value !== null) console.log(JSON.stringify(await registry.decode(value)))
    } }))
`

/** All changes of the tenant. @param isAll whether there are no more to come */
async function readLate(isAll: (changes: readonly PulsifiStatus[]) => boolean): Promise<PulsifiStatus[]> {
  const changes: PulsifiStatus[] = []
  const reader = spawn(process.execPath, ['-e', LATE_READER], {
    env: {
      ...process.env,
      ...{ KAFKA_BROKERS: inject('kafkaBrokers'), SCHEMA_REGISTRY_URL: inject('registryUrl') },
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  createInterface({ input: reader.stdout }).on('line', line => {
    const change: PulsifiStatus = JSON.parse(line)
    if (change.tenant_id === test.tenant) changes.push(change)
  })
  try {
    await waitUntil('every change', WITHIN_MS, () => isAll(changes))
  } finally {
    reader.kill()
  }
  return changes
}

const RANKS = ['invited', 'opened', 'started', 'completed']
const OUTCOMES: Readonly<Record<string, string>> = {
  waiting: 'WAITING',
  blocked: 'BLOCKED',
  skipped: 'SKIPPED',
}

/** In plain code: what the console should have counted. */
function funnelOf(changes: readonly PulsifiStatus[]) {
  const byKey = Map.groupBy(changes, ({ application_key }) => application_key)
  const reached = [...byKey.values()].map(all => Math.max(...all.map(({ to }) => RANKS.indexOf(to))))
  const last = [...byKey.values()].map(all => all.at(-1)?.to ?? '')
  const outcomes = Map.groupBy(last, state => OUTCOMES[state] ?? 'INVITED')
  return {
    stages: [
      { stage: 'canonical', count: byKey.size },
      ...RANKS.map((stage, rank) => ({ stage, count: reached.filter(most => most >= rank).length })),
    ],
    outcomes: Object.fromEntries([...outcomes].map(([outcome, all]) => [outcome, all.length])),
  }
}
const inPlace = (changes: readonly PulsifiStatus[]) =>
  changes.toSorted((a, b) => a.event_id.localeCompare(b.event_id))
const inOrder = ({ stages, outcomes }: Funnel) => ({
  stages: stages.map(({ stage, count }) => ({ stage, count })),
  outcomes: Object.fromEntries(outcomes.map(({ outcome, count }) => [outcome, count])),
})

it('tells a consumer that starts late what the console counted at each moment', async () => {
  await post(candidate('a'))
  await post(candidate('b', { email: null }))
  await post(candidate('c', { communications_opt_out: true }))
  const then = await until(3, 1)
  const thenMs = Date.now()
  await post(candidate('b'))
  await post(candidate('d'))
  const now = await until(4, 3)
  const isAll = (changes: readonly PulsifiStatus[]) =>
    changes.filter(({ to }) => to === 'completed').length === countOf(now, 'completed')
  const changes = await readLate(isAll)
  expect(funnelOf(changes.filter(({ ingested_at }) => ingested_at <= thenMs))).toEqual(inOrder(then))
  expect(funnelOf(changes)).toEqual(inOrder(now))
  expect(new Set(changes.map(({ event_id }) => event_id)).size).toBe(changes.length)

  const today = new Date().toISOString().slice(0, 10)
  const query = `tenant_id=${test.tenant}&from=${today}&to=${today}`
  const { days } = await ask<{ days: readonly { stages: Funnel['stages'] }[] }>(`/api/funnel/days?${query}`)
  expect(days.at(-1)?.stages).toEqual(inOrder(now).stages)

  // Read once more, from the beginning, whichever partition comes first: nothing has changed.
  expect(inPlace(await readLate(isAll))).toEqual(inPlace(changes))
})
