/** How long an event takes: from the webhook to its canonical record, and to Pulsifi being asked. */
import { setTimeout as delay } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { CANONICAL_CANDIDATE, HEADER } from '../../services/core/topics.ts'
import { benchKafka } from './bench-kafka.ts'
import { percentile } from './figures.ts'
import type { BenchmarkOptions, Measurement } from './measurement.ts'
import { cleverConnect } from './payloads.ts'
import { INGRESS, SECRET, type World } from './world.ts'

const PARTITIONS = 6
const WARM_UP_SECONDS = 3
const QUICK_SECONDS = 4
const SETTLE_MS = 20_000

interface Case {
  readonly perSecond: number
  readonly seconds: number
}

const CANONICAL_CASES: readonly Case[] = [
  // What a busy customer sends: the others are loads.
  { perSecond: 5, seconds: 40 },
  { perSecond: 50, seconds: 20 },
  { perSecond: 200, seconds: 20 },
  { perSecond: 500, seconds: 15 },
]
/** The sandbox remembers 10,000 calls: more would be forgotten before they are looked at. */
const INVITED_CASES: readonly Case[] = [
  { perSecond: 5, seconds: 40 },
  { perSecond: 50, seconds: 20 },
]

/** Each in a world of its own: what one leaves to be done must not delay the other. */
export async function* benchLatency(options: BenchmarkOptions): AsyncIterable<Measurement> {
  yield* inWorld(CANONICAL_CASES, false, options)
  yield* inWorld(INVITED_CASES, true, options)
}

async function* inWorld(
  cases: readonly Case[],
  invites: boolean,
  options: BenchmarkOptions,
): AsyncIterable<Measurement> {
  const world = await options.openWorld(PARTITIONS)
  try {
    const urls = await startPipeline(world, invites)
    const arrivals = await watchCanonical(world)
    await postJob(urls.ingress)
    let from = 1
    for (const { round, perSecond, seconds } of loadsOf(cases, options)) {
      const sent = await post(urls.ingress, { from, perSecond, seconds })
      from += perSecond * seconds
      const name = `webhook to ${invites ? 'Pulsifi' : 'canonical'}, ${perSecond}/s`
      const figures = await settled(sent, invites ? await pulsifiAsked(urls.sandbox, sent) : arrivals.atMs)
      options.say(`latency, ${name}: p50 ${figures.p50Ms} ms, p99 ${figures.p99Ms} ms`)
      yield { benchmark: 'latency', case: name, subject: 'atsflow', round, figures }
    }
    await arrivals.stop()
  } finally {
    await world.close()
  }
}

const loadsOf = (cases: readonly Case[], { rounds, isQuick }: BenchmarkOptions) =>
  Array.from({ length: isQuick ? 1 : rounds + 1 }, (_, round) =>
    (isQuick ? cases.slice(0, 1) : cases).map(({ perSecond, seconds }) => ({
      ...{ round, perSecond, seconds: isQuick ? QUICK_SECONDS : seconds },
    })),
  ).flat()

type Figures = Record<string, number>

/** Ingress and normalizer; to invite also the sink, and the sandbox, which answers at once. */
async function startPipeline(world: World, invites: boolean) {
  const account = { PULSIFI_CLIENT_ID: 'bench', PULSIFI_CLIENT_SECRET: SECRET }
  const sandbox = await world.start('infra/pulsifi-sandbox/main.ts', {
    portVariable: 'SANDBOX_PORT',
    env: { SANDBOX_CLIENT_ID: 'bench', SANDBOX_CLIENT_SECRET: SECRET },
  })
  const env = {
    ...account,
    SOURCE_DIRECT_SECRET: SECRET,
    CLEVERCONNECT_JOB_SOURCE: 'direct',
    PULSIFI_BASE_URL: sandbox.url,
    PULSIFI_RATE_PER_SECOND: '1000',
    PULSIFI_CONCURRENCY: '32',
    INVITE_SINCE: '1970-01-01',
  }
  const ingress = await world.start('services/ingress/main.ts', { ...INGRESS, env })
  const all = [
    ['normalizer', 'NORMALIZER_PORT'],
    ['pulsifi-sink', 'PULSIFI_SINK_PORT'],
  ] as const
  for (const [name, portVariable] of invites ? all : all.slice(0, 1)) {
    const STATE_DIR = `${world.directory}/state-${name}`
    await world.start(`services/${name}/main.ts`, { portVariable, env: { ...env, STATE_DIR } })
  }
  return { ingress: ingress.url, sandbox: sandbox.url }
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

/** Not `fetch`, which takes as much of the processor as ingress does. */
const agent = new Agent({ connections: 64 })

async function send(url: string, body: string): Promise<string> {
  const headers = { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' }
  const { statusCode, body: answer } = await request(url, {
    method: 'POST',
    headers,
    body,
    dispatcher: agent,
  })
  const text = await answer.text()
  if (statusCode !== 200) throw new Error(`ingress answered ${statusCode}`)
  return String(JSON.parse(text).event_ids[0])
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
