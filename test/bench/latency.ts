/** How long an event takes: from the webhook to its canonical record, and to Pulsifi being asked. */
import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../../infra/local/ports.ts'
import { startStack } from '../../infra/stack.ts'
import { stackProcesses } from '../../infra/stack-processes.ts'
import { CANONICAL_CANDIDATE, HEADER } from '../../services/core/topics.ts'
import { benchKafka } from './bench-kafka.ts'
import { percentile } from './figures.ts'
import type { BenchmarkOptions, Measurement } from './measurement.ts'
import { cleverConnect } from './payloads.ts'
import { openWorld, SECRET, type World } from './world.ts'

const PARTITIONS = 6
const WARM_UP_SECONDS = 3
const QUICK_SECONDS = 4
/** The sandbox remembers 10,000 calls: more would be forgotten before they are looked at. */
const INVITED_PER_SECOND_MAX = 50
const SETTLE_MS = 20_000

const CASES = [
  { perSecond: 50, seconds: 20 },
  { perSecond: 200, seconds: 20 },
  { perSecond: 500, seconds: 15 },
]

export async function* benchLatency(options: BenchmarkOptions): AsyncIterable<Measurement> {
  const { rounds, isQuick } = options
  const world = await openWorld(PARTITIONS)
  const stack = await openStack(world)
  const arrivals = await watchCanonical(world)
  const urls = { ingress: stack.urls.ingress, sandbox: String(stack.urls.sandbox) }
  const from = { number: 1 }
  try {
    await postJob(urls.ingress)
    for (let round = 0; round <= (isQuick ? 0 : rounds); round++)
      for (const each of CASES)
        for (const measured of await measureAt({ ...each, urls, arrivals, from, round }, options))
          if (round > 0 || isQuick) yield measured
  } finally {
    await arrivals.stop()
    await stack.stop()
    await world.close()
  }
}

interface Load {
  readonly perSecond: number
  readonly seconds: number
  readonly urls: { readonly ingress: string; readonly sandbox: string }
  readonly arrivals: { readonly atMs: ReadonlyMap<string, number> }
  /** The next candidate's number: nobody applies twice. */
  readonly from: { number: number }
  readonly round: number
}

async function measureAt(load: Load, { isQuick, say }: BenchmarkOptions): Promise<readonly Measurement[]> {
  const { perSecond, urls, arrivals, from, round } = load
  const seconds = isQuick ? QUICK_SECONDS : load.seconds
  const sent = await post(urls.ingress, { from: from.number, perSecond, seconds })
  from.number += perSecond * seconds
  const canonical = await settled(sent, arrivals.atMs)
  say(`latency at ${perSecond}/s: canonical p50 ${canonical.p50Ms} ms, p99 ${canonical.p99Ms} ms`)
  const measured = [measurement('webhook to canonical', perSecond, round, canonical)]
  if (perSecond > INVITED_PER_SECOND_MAX) return measured
  const asked = await settled(sent, await pulsifiAsked(urls.sandbox, sent))
  say(`latency at ${perSecond}/s: Pulsifi asked p50 ${asked.p50Ms} ms, p99 ${asked.p99Ms} ms`)
  return [...measured, measurement('webhook to Pulsifi', perSecond, round, asked)]
}

type Figures = Record<string, number>

const measurement = (what: string, perSecond: number, round: number, figures: Figures): Measurement => ({
  benchmark: 'latency',
  case: `${what}, ${perSecond}/s`,
  subject: 'atsflow',
  round,
  figures,
})

async function openStack(world: World) {
  const ports: Record<string, number> = { SANDBOX_PORT: await freePort() }
  for (const { portVariable } of stackProcesses()) ports[portVariable] = await freePort()
  const secrets = Object.fromEntries(
    ['DIRECT', 'HUMANSOURCING', 'IDIBU', 'JOBYLON', 'PULSIFI'].map(name => [`SOURCE_${name}_SECRET`, SECRET]),
  )
  return await startStack({
    env: {
      ...world.env,
      ...secrets,
      CLEVERCONNECT_JOB_SOURCE: 'direct',
      PULSIFI_RATE_PER_SECOND: '1000',
      PULSIFI_CONCURRENCY: '32',
      PULSIFI_CLIENT_SECRET: randomBytes(12).toString('hex'),
      LOG_LEVEL: 'warn',
    },
    dataDir: `${world.directory}/stack`,
    ports,
  })
}

/** All applications of `post` are for it. */
async function postJob(ingress: string): Promise<void> {
  const data = {
    external_id: 'job-bench',
    title: 'Account Manager',
    description:
      `${'Keeps customers in Nantes happy, plans visits, negotiates contracts and reports on sales. '.repeat(4)}`.trim(),
    skills: ['Negotiation', 'Customer service', 'Microsoft Excel'],
    status: 'OPEN',
  }
  await send(`${ingress}/hooks/direct/default`, JSON.stringify({ type: 'job', action: 'upsert', data }))
}

async function send(url: string, body: string): Promise<string> {
  const headers = { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body })
  const answer = JSON.parse(await response.text())
  if (response.status !== 200) throw new Error(`ingress answered ${response.status}`)
  return String(answer.event_ids[0])
}

interface Sent {
  readonly atMs: number
  readonly number: number
}

/** One every so many milliseconds by the clock, however long each takes. By event id. */
async function post(
  ingress: string,
  { from, perSecond, seconds }: { from: number; perSecond: number; seconds: number },
): Promise<Map<string, Sent>> {
  const sent = new Map<string, Sent>()
  const answers: Promise<unknown>[] = []
  const beganMs = Date.now()
  for (let index = 0; index < perSecond * seconds; index++) {
    const dueMs = beganMs + (index * 1000) / perSecond
    if (dueMs > Date.now()) await delay(dueMs - Date.now())
    const number = from + index
    const body = cleverConnect(number, 2 * 1024).replace(/"jobId":"[^"]*"/, '"jobId":"job-bench"')
    const isWarm = index >= perSecond * Math.min(WARM_UP_SECONDS, seconds / 2)
    const answer = send(`${ingress}/hooks/cleverconnect/default`, body)
    answers.push(answer.then(id => isWarm && sent.set(id, { atMs: dueMs, number })))
  }
  await Promise.all(answers)
  return sent
}

/** When each event's canonical record was seen by a consumer of ours, ms since the epoch. */
async function watchCanonical(world: World) {
  const atMs = new Map<string, number>()
  const consumer = benchKafka(world).consumer({ groupId: 'bench-latency', maxWaitTimeInMs: 100 })
  await consumer.connect()
  await consumer.subscribe({ topic: CANONICAL_CANDIDATE, fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ message }) => {
      const id = message.headers?.[HEADER.id]?.toString()
      if (id !== undefined) atMs.set(id, Date.now())
    },
  })
  return { atMs, stop: () => consumer.disconnect() }
}

/** When the sandbox was asked to invite, by event id. */
async function pulsifiAsked(sandbox: string, sent: ReadonlyMap<string, Sent>): Promise<Map<string, number>> {
  const asked = new Map<string, number>()
  const deadlineMs = Date.now() + SETTLE_MS
  while (asked.size < sent.size && Date.now() < deadlineMs) {
    await delay(250)
    const response = await fetch(`${sandbox}/_sandbox/calls`)
    const calls: { at: string; reference: string | null }[] = JSON.parse(await response.text())
    const byReference = new Map(calls.map(({ reference, at }) => [reference, Date.parse(at)]))
    for (const [id, { number }] of sent) {
      const at = byReference.get(`cleverconnect_${1_000_000 + number}`)
      if (at !== undefined) asked.set(id, at)
    }
  }
  return asked
}

async function settled(
  sent: ReadonlyMap<string, Sent>,
  arrived: ReadonlyMap<string, number>,
): Promise<Figures> {
  const deadlineMs = Date.now() + SETTLE_MS
  const missing = () => [...sent.keys()].filter(id => !arrived.has(id)).length
  while (missing() > 0 && Date.now() < deadlineMs) await delay(50)
  if (missing() > 0) throw new Error(`${missing()} of ${sent.size} did not arrive`)
  const tookMs = [...sent].map(([id, { atMs }]) => (arrived.get(id) ?? Number.NaN) - atMs)
  return {
    events: sent.size,
    p50Ms: Math.round(percentile(tookMs, 0.5)),
    p95Ms: Math.round(percentile(tookMs, 0.95)),
    p99Ms: Math.round(percentile(tookMs, 0.99)),
  }
}
