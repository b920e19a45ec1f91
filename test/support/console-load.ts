/**
 * How fast the console reads, and how fast its page answers then:
 * `node test/support/console-load.ts [invitations] [scores]`. Broker and registry of its own, removed at the end.
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startInfrastructure } from '../../infra/local/infrastructure.ts'
import { applyTopicsFile } from '../../infra/local/topics.ts'
import type { AvroTopic, RecordOf } from '../../schemas/subjects.ts'
import { CANONICAL_JOB, PULSIFI_INVITATION, PULSIFI_SCORE } from '../../services/core/topics.ts'
import { type ConsoleProcess, startConsoleProcess } from './console-process.ts'
import { invitation, job, score } from './console-records.ts'
import { connectPipeline } from './ops-records.ts'
import { eventually } from './partition-eventually.ts'

const INVITATIONS = Number(process.argv[2] ?? 100_000)
const SCORES = Number(process.argv[3] ?? 500_000)
const JOBS = 200
const BATCH = 5_000
const ROUNDS = 20
const PARTITIONS = 6
const DAY_MS = 86_400_000
const START_MS = Date.UTC(2026, 0, 1)
const STATUSES = ['invited', 'opened', 'started', 'completed', 'completed', 'expired']
const REASONS = ['EMAIL_MISSING', 'NAME_MISSING', 'JOB_BLOCKED:DESCRIPTION_TOO_SHORT:120']
const SOURCES = ['jobylon', 'humansourcing', 'idibu', 'cleverconnect']
const SCORE_TYPES = ['role_fit', 'organizational_fit', 'hard_skill', 'reasoning_verbal', 'reasoning_numeric']

const placeOf = (n: number) => ({ source: SOURCES[n % SOURCES.length] ?? '', tenant: 'default' })
const jobOf = (n: number) => `j${(n * 7_919) % JOBS}`
const timeOf = (n: number) => START_MS + ((n * 104_729) % 300) * DAY_MS + (n % 86_400) * 1_000

function anInvitation(n: number) {
  const isHeld = n % 5 === 0
  return invitation(placeOf(n), `c${n}`, jobOf(n), {
    ...(isHeld
      ? { outcome: 'BLOCKED', reasons: [REASONS[n % 3] ?? ''] }
      : { outcome: 'INVITED', status: STATUSES[n % STATUSES.length] ?? '' }),
    occurred_at: timeOf(n),
  })
}

function aScore(at: number) {
  const n = Math.floor(at / SCORE_TYPES.length)
  const type = at % SCORE_TYPES.length
  return score(placeOf(n), `c${n}`, jobOf(n), {
    score_type: SCORE_TYPES[type] ?? '',
    kind: type < 2 ? 'FIT' : 'ADDITIONAL',
    score_value: (n * 31 + type * 17) % 101,
    observed_at: timeOf(n) + DAY_MS,
  })
}

type Pipeline = Awaited<ReturnType<typeof connectPipeline>>

async function fill<T extends AvroTopic & ('pulsifi.invitation.v1' | 'pulsifi.score.v1')>(
  { kafka, codec }: Pipeline,
  topic: T,
  count: number,
  make: (n: number) => RecordOf[T],
): Promise<void> {
  const producer = kafka.producer()
  await producer.connect()
  for (let at = 0; at < count; at += BATCH) {
    const messages = Array.from({ length: Math.min(BATCH, count - at) }, (_, n) => {
      const record = make(at + n)
      const candidate = Math.floor((at + n) / (topic === PULSIFI_SCORE ? SCORE_TYPES.length : 1))
      return {
        key: record.application_key,
        value: codec.encode(topic, record),
        partition: candidate % PARTITIONS,
      }
    })
    await producer.send({ topic, messages })
  }
  await producer.disconnect()
}

const QUERIES: readonly ((n: number) => string)[] = [
  n => `/api/funnel?source=${SOURCES[n % 4]}`,
  n => `/api/steps?limit=${n}`,
  n => `/api/choices?limit=${n}`,
  n => `/api/scores/types?limit=${n}`,
  n => `/api/scores/distribution?bins=${10 + n}`,
  n => `/api/scores/distribution?by=job&bins=${10 + n}`,
  n => `/api/scores/over-time?limit=${n}`,
  n => `/api/jobs?limit=${10 + n}`,
  n => `/api/applications?offset=${n * 12}&limit=12`,
  n => `/api/applications?q=c${n * 991}`,
  n => `/api/applications/timeline?key=${encodeURIComponent(anInvitation(n * 13).application_key)}`,
  () => '/api/health',
]

/** Each answer is asked for with another query, so that none is one that was kept. */
async function measure({ url }: ConsoleProcess): Promise<void> {
  for (const query of QUERIES) {
    const times: number[] = []
    for (let n = 1; n <= ROUNDS; n++) {
      const startedMs = performance.now()
      const response = await fetch(`${url}${query(n)}`)
      await response.arrayBuffer()
      if (!response.ok) throw new Error(`${query(n)} answered ${response.status}`)
      times.push(performance.now() - startedMs)
    }
    const sorted = times.toSorted((a, b) => a - b)
    const at = (share: number) => Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? 0)
    console.log(
      `${query(1).slice(0, 44).padEnd(46)} p50 ${String(at(0.5)).padStart(5)} ms   p95 ${String(at(0.95)).padStart(5)} ms`,
    )
  }
}

const directory = mkdtempSync(join(tmpdir(), 'atsflow-load-'))
const local = { ...process.env, LOCAL_DATA_DIR: directory, LOCAL_KAFKA_PORT: '0', LOCAL_REGISTRY_PORT: '0' }
const infrastructure = await startInfrastructure(local, line => console.error(line))
let running: ConsoleProcess | undefined
try {
  const env = { KAFKA_BROKERS: infrastructure.kafka, SCHEMA_REGISTRY_URL: infrastructure.registryUrl }
  await applyTopicsFile({ ...local, ...env })
  const pipeline = await connectPipeline(env)
  for (let n = 0; n < JOBS; n++) {
    const place = placeOf(n)
    await pipeline.writeRecord(CANONICAL_JOB, `${place.source}:default:j${n}`, job(place, `j${n}`))
  }
  await fill(pipeline, PULSIFI_INVITATION, INVITATIONS, anInvitation)
  await fill(pipeline, PULSIFI_SCORE, SCORES, aScore)
  await pipeline.close()

  const file = join(directory, 'console.duckdb')
  const startedMs = performance.now()
  running = await startConsoleProcess({ ...env, CONSOLE_DB: file, LOCAL_DATA_DIR: directory })
  const servedMs = performance.now()
  const { sql } = running
  const rows = 'SELECT (SELECT count(*) FROM invitation_event) + (SELECT count(*) FROM score)'
  await eventually(
    'all rows',
    async () => Number((await sql(rows))[0]?.[0]) === INVITATIONS + SCORES,
    1_200_000,
  )
  const seconds = (performance.now() - startedMs) / 1000
  const rate = (INVITATIONS + SCORES) / ((performance.now() - servedMs) / 1000)
  console.log(
    `${INVITATIONS} invitations and ${SCORES} scores in ${seconds.toFixed(1)} s from the start of the process`,
  )
  console.log(`${Math.round(rate)} records/s once it serves`)
  await measure(running)
  const memory = /VmRSS:\s+(\d+)[\s\S]*/.exec(readFileSync(`/proc/${running.child.pid}/status`, 'utf8'))
  const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${running.child.pid}/status`, 'utf8'))
  const mib = (kib: string | undefined) => Math.round(Number(kib) / 1024)
  console.log(
    `memory ${mib(memory?.[1])} MiB, at most ${mib(peak?.[1])} MiB; file ${Math.round(statSync(file).size / 1024 ** 2)} MiB`,
  )
} finally {
  await running?.stop()
  await infrastructure.stop()
  rmSync(directory, { recursive: true, force: true })
}
