/** Invitations a second, what one costs, and how much of what an account allows is used: our sink before the sandbox. */
import { setTimeout as delay } from 'node:timers/promises'
import { CANONICAL_CANDIDATE, CANONICAL_JOB } from '../../services/core/topics.ts'
import { connectPipeline, type Pipeline, partitionOf } from '../support/ops-records.ts'
import { aCandidate, aJob, anApplication, provenance } from '../unit/pulsifi-sink/records.ts'
import { cpuSeconds, peakMib } from './figures.ts'
import type { BenchmarkOptions, Measurement } from './measurement.ts'
import { SECRET, type Started, type World } from './world.ts'

const PARTITIONS = 6
const BATCH = 500
const GIVE_UP_MS = 300_000
/** Nobody looks for results meanwhile: requests are for invitations alone. */
const NEVER_SECONDS = String(86_400)

interface Case {
  readonly name: string
  /** Requests a second that the account allows; null: as many as come. */
  readonly ratePerSecond: number | null
  readonly latencyMs: number
  /** Requests that each process may have on the wire. */
  readonly concurrency: number
  readonly processes: number
  readonly invitations: number
  readonly invitationsQuick: number
}

const LIMITED = { ratePerSecond: 20, latencyMs: 100, concurrency: 16, invitations: 600, invitationsQuick: 60 }
const UNLIMITED = {
  ...{ ratePerSecond: null, latencyMs: 100, concurrency: 16, invitations: 3_000, invitationsQuick: 600 },
}
const CASES: readonly Case[] = [
  { name: '20/s allowed, 100 ms, 1 process', ...LIMITED, processes: 1 },
  { name: '20/s allowed, 100 ms, 2 processes', ...LIMITED, processes: 2 },
  { name: '16 at once, 100 ms, 1 process', ...UNLIMITED, processes: 1 },
  { name: '16 at once each, 100 ms, 2 processes', ...UNLIMITED, processes: 2 },
  { name: '64 at once, 0 ms, 1 process', ...UNLIMITED, latencyMs: 0, concurrency: 64, processes: 1 },
]

export async function* benchSink(options: BenchmarkOptions): AsyncIterable<Measurement> {
  const { isQuick, rounds, say } = options
  const world = await options.openWorld(PARTITIONS)
  const pipeline = await connectPipeline(world.env)
  try {
    for (let round = 0; round <= (isQuick ? 0 : rounds); round++) {
      for (const [index, each] of (isQuick ? CASES.slice(1, 3) : CASES).entries()) {
        // The round that is thrown away warms up; it needs no more for that than a quick one.
        const invitations = round === 0 ? each.invitationsQuick : each.invitations
        const job = `job-${round}-${index}`
        const figures = await invite(world, pipeline, job, { ...each, invitations })
        say(`sink, ${each.name}: ${figures.perSecond.toFixed(1)} invitations/s`)
        yield { benchmark: 'sink', case: each.name, subject: 'atsflow', round, figures }
      }
    }
  } finally {
    await pipeline.close()
    await world.close()
  }
}

/** All applicants wait for their job; then it comes. */
async function invite(world: World, pipeline: Pipeline, job: string, each: Case) {
  const { processes, invitations } = each
  const sandbox = await startSandbox(world, each)
  const sinks = await Promise.all(
    Array.from({ length: processes }, (_, number) => startSink(world, sandbox, number, each)),
  )
  await apply(pipeline, job, invitations)
  await wait('all to wait for the job', async () => (await waiting(sinks)) >= invitations)
  const before = cpuOf(sinks)
  await offer(pipeline, job)
  await wait('all to be invited', async () => (await statsOf(sandbox)).candidates >= invitations)
  const cpu = cpuOf(sinks) - before
  const { requests } = await statsOf(sandbox)
  const calls: readonly Call[] = await readJson(`${sandbox.url}/_sandbox/calls`)
  const perSecond = steadyRate(calls)
  const figures = {
    perSecond,
    ...shareOfLimit(perSecond, each),
    cpuSecondsPer1000: (cpu / invitations) * 1000,
    peakMib: sinks.reduce((sum, { pid }) => sum + peakMib(pid), 0),
    refused: requests.reduce((sum, { status, count }) => sum + (status === '429' ? count : 0), 0),
  }
  for (const { stop } of [...sinks, sandbox]) await stop()
  return figures
}

const cpuOf = (started: readonly Started[]) => started.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0)

/** Nothing when an answer takes no time: how many requests a place carries is open then. */
function shareOfLimit(perSecond: number, { latencyMs, ratePerSecond, concurrency, processes }: Case) {
  if (latencyMs === 0) return {}
  const byPlaces = (processes * concurrency * 1000) / latencyMs
  return { shareOfLimitPercent: (perSecond / Math.min(ratePerSecond ?? byPlaces, byPlaces)) * 100 }
}

/** Invitations a second between the first twentieth and the last tenth: at the end, some partitions have none left. */
function steadyRate(calls: readonly Call[]): number {
  const startsMs = calls
    .filter(({ operation, status }) => operation === 'candidates.create' && status === 200)
    .map(({ at }) => Date.parse(at))
    .toSorted((a, b) => a - b)
  const [from, to] = [Math.floor(startsMs.length * 0.05), Math.floor(startsMs.length * 0.9)]
  return ((to - from) * 1000) / ((startsMs[to] ?? Number.NaN) - (startsMs[from] ?? Number.NaN))
}

interface Call {
  readonly operation: string
  /** ISO 8601 of its arrival. */
  readonly at: string
  readonly status: number | null
}
interface Stats {
  readonly candidates: number
  readonly requests: readonly { readonly status: string; readonly count: number }[]
}

const statsOf = (sandbox: Started): Promise<Stats> => readJson(`${sandbox.url}/_sandbox/stats`)

/** The caller knows the shape: the sandbox is ours. */
async function readJson<T>(url: string): Promise<T> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${response.status} of ${url}`)
  return JSON.parse(await response.text())
}

async function waiting(sinks: readonly Started[]): Promise<number> {
  const pages = await Promise.all(sinks.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()))
  return pages.reduce((sum, text) => sum + Number(WAITING.exec(text)?.[1] ?? 0), 0)
}
const WAITING = /^atsflow_invitations_total\{outcome="WAITING"\} (\d+)/m

/** Asks rarely: answering takes time of the machine that is measured. */
async function wait(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + GIVE_UP_MS
  while (!(await isTrue())) {
    if (performance.now() > deadlineMs) throw new Error(`not within ${GIVE_UP_MS / 1000} s: ${what}`)
    await delay(500)
  }
}

async function startSandbox(world: World, { ratePerSecond, latencyMs }: Case): Promise<Started> {
  const sandbox = await world.start('infra/pulsifi-sandbox/main.ts', {
    portVariable: 'SANDBOX_PORT',
    env: { SANDBOX_FINISH_SECONDS: '0', SANDBOX_RATE_PER_SECOND: String(ratePerSecond ?? 0) },
  })
  const response = await fetch(`${sandbox.url}/_sandbox/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ operation: '*', action: 'latency', ms: latencyMs }),
  })
  if (!response.ok) throw new Error(`the sandbox answered ${response.status}`)
  return sandbox
}

const startSink = (
  world: World,
  sandbox: Started,
  number: number,
  { ratePerSecond, concurrency }: Case,
): Promise<Started> =>
  world.start('services/pulsifi-sink/main.ts', {
    portVariable: 'PULSIFI_SINK_PORT',
    env: {
      ...{ PULSIFI_BASE_URL: sandbox.url, PULSIFI_CLIENT_ID: 'bench', PULSIFI_CLIENT_SECRET: SECRET },
      PULSIFI_RATE_PER_SECOND: String(ratePerSecond ?? 10_000),
      PULSIFI_CONCURRENCY: String(concurrency),
      ...{ INVITE_SINCE: '1970-01-01', RESULT_POLL_SECONDS: NEVER_SECONDS },
      STATE_DIR: `${world.directory}/sink-${number}`,
    },
  })

const jobKey = (job: string) => `${provenance.source}:${provenance.tenant_id}:${job}`

async function apply({ kafka, codec }: Pipeline, job: string, count: number): Promise<void> {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  const reference = { job_key: jobKey(job), external_id: job, reference: null, title: null, status_raw: null }
  const message = (number: number) => {
    const id = `${job}-${number}`
    const key = jobKey(id)
    const application = anApplication({ external_id: id, application_key: key, job: reference })
    // A person of their own: whoever is known by an address of another applicant is invited with them.
    const email = `${id}@example.com`
    const of = { ...provenance, received_at: Date.now() }
    const record = aCandidate({
      ...{ external_id: id, candidate_key: key, email, applications: [application], provenance: of },
    })
    return { key, value: codec.encode(CANONICAL_CANDIDATE, record), partition: partitionOf(key) }
  }
  for (let from = 0; from < count; from += BATCH) {
    const messages = Array.from({ length: Math.min(BATCH, count - from) }, (_, index) =>
      message(from + index),
    )
    await producer.send({ topic: CANONICAL_CANDIDATE, acks: -1, messages })
  }
  await producer.disconnect()
}

const offer = (pipeline: Pipeline, job: string): Promise<void> =>
  pipeline.writeRecord(CANONICAL_JOB, jobKey(job), aJob({ external_id: job, job_key: jobKey(job) }))
