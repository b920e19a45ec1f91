/**
 * `node test/bench/recovery.ts`: how soon the normalizer and the sink work again, on a broker of its own. Counted from the
 * group's assignment to the last partition that decides, as their own logs tell; the peak of its own memory as the system tells.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { startChild } from '../../infra/local/child.ts'
import { startInfrastructure } from '../../infra/local/infrastructure.ts'
import { freePort } from '../../infra/local/ports.ts'
import { applyTopicsFile } from '../../infra/local/topics.ts'
import { NODE_FLAGS } from '../../infra/node-flags.ts'
import { openTopics } from './recovery-topics.ts'

const number = (text: string): number => Number(text)
const { applications, ledger } = new Command('recovery')
  .option('--applications <n>', 'people who have applied and are done', number, 100_000)
  .option('--ledger <n>', 'entries of the ledger alone, at the end; 0 leaves it out', number, 1_000_000)
  .parse()
  .opts<{ applications: number; ledger: number }>()

const PARTITIONS = 6
const GIVE_UP_AFTER_MS = 180_000
const SERVICES = { normalizer: 'NORMALIZER_PORT', 'pulsifi-sink': 'PULSIFI_SINK_PORT' } as const
type ServiceName = keyof typeof SERVICES

interface Recovery {
  /** From the assignment to the first and to the last partition that decides. */
  readonly firstMs: number
  readonly lastMs: number
  /** From the start of the process: its modules, and the tables that are whole, come before the assignment. */
  readonly sinceStartMs: number
  readonly peakMb: number
}

const directory = mkdtempSync(join(tmpdir(), 'atsflow-recovery-'))
const local = { LOCAL_KAFKA_PORT: '0', LOCAL_REGISTRY_PORT: '0', LOCAL_DATA_DIR: directory, INFRA: 'jvm' }
const infrastructure = await startInfrastructure({ ...process.env, ...local })
const env = {
  ...process.env,
  KAFKA_BROKERS: infrastructure.kafka,
  SCHEMA_REGISTRY_URL: infrastructure.registryUrl,
  LOCAL_DATA_DIR: directory,
  STATE_DIR: join(directory, 'state'),
  BLOB_DIR: join(directory, 'blobs'),
  LOG_LEVEL: 'debug',
  INVITE_SINCE: '1970-01-01',
  PULSIFI_BASE_URL: `http://127.0.0.1:${await freePort()}`,
  PULSIFI_CLIENT_ID: 'recovery',
  PULSIFI_CLIENT_SECRET: 'recovery',
}

let runs = 0
async function recover(service: ServiceName): Promise<Recovery> {
  const name = `${service}-${runs++}`
  const logFile = join(directory, 'logs', `${name}.log`)
  const startedMs = Date.now()
  const child = await startChild({
    name,
    command: process.execPath,
    args: [...NODE_FLAGS, fileURLToPath(new URL(`../../services/${service}/main.ts`, import.meta.url))],
    env: { ...env, [SERVICES[service]]: String(await freePort()) },
    logFile,
    pidFile: join(directory, 'run', `${name}.pid`),
  })
  try {
    let peakKb = 0
    const times = await timesIn(logFile, () => {
      peakKb = Math.max(peakKb, memoryKb(child.pid))
    })
    const [assignedMs = Number.NaN] = times.assigned
    return {
      firstMs: Math.min(...times.taken) - assignedMs,
      lastMs: Math.max(...times.taken) - assignedMs,
      sinceStartMs: Math.max(...times.taken) - startedMs,
      peakMb: Math.round(peakKb / 1024),
    }
  } finally {
    await child.stop(15_000)
  }
}

/** Its own; pages of the store's files are the system's, which takes them back as it likes. */
const memoryKb = (pid: number): number =>
  Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])

/** When partitions were assigned, and when each of them began to decide. */
async function timesIn(
  logFile: string,
  meanwhile: () => void,
): Promise<{ readonly assigned: number[]; readonly taken: number[] }> {
  for (const untilMs = Date.now() + GIVE_UP_AFTER_MS; Date.now() < untilMs; await delay(100)) {
    const lines = readFileSync(logFile, 'utf8')
      .split('\n')
      .filter(line => line.includes('"partition'))
      .map((line): { time: string; event: string } => JSON.parse(line))
    const timesOf = (event: string) =>
      lines.filter(line => line.event === event).map(({ time }) => Date.parse(time))
    const taken = timesOf('partition_taken')
    meanwhile()
    if (taken.length >= PARTITIONS) return { assigned: timesOf('partitions_assigned'), taken }
  }
  throw new Error(`not every partition was taken within ${GIVE_UP_AFTER_MS / 1000} s: ${logFile}`)
}

function say(what: string, { firstMs, lastMs, sinceStartMs, peakMb }: Recovery): void {
  const columns = [`${what}:`.padEnd(52), `${lastMs} ms from the assignment`.padStart(28)]
  console.log(
    `${columns.join('')} (first partition ${firstMs}, since the start ${sinceStartMs}), peak ${peakMb} MB`,
  )
}

const forgetState = () => rmSync(env.STATE_DIR, { recursive: true, force: true })

try {
  await applyTopicsFile(env)
  const topics = await openTopics(infrastructure.kafka, infrastructure.registryUrl)
  await topics.writeApplications(applications)
  await topics.commitInputs()
  for (const service of ['normalizer', 'pulsifi-sink'] as const) {
    forgetState()
    say(`${service}, no state, ${applications} applications`, await recover(service))
    say(`${service}, warm state`, await recover(service))
  }
  if (ledger > applications) {
    await topics.writeLedger(applications, ledger)
    forgetState()
    say(`pulsifi-sink, no state, ${ledger} ledger entries`, await recover('pulsifi-sink'))
    say('pulsifi-sink, warm state', await recover('pulsifi-sink'))
  }
  await topics.close()
} finally {
  await infrastructure.stop()
  rmSync(directory, { recursive: true, force: true })
}
