import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Infrastructure, startInfrastructure } from '../../infra/local/infrastructure.ts'
import type { InfrastructurePart } from '../../infra/local/part.ts'
import { applyTopicsFile } from '../../infra/local/topics.ts'
import { IngressConfig } from '../../services/ingress/config.ts'
import { createKafka, type KafkaClient } from '../../services/platform/kafka/client.ts'
import { loadConfig } from '../../services/platform/process/config.ts'
import { createLogger } from '../../services/platform/process/logger.ts'
import { type IngressProcess, startIngress } from '../support/ingress-process.ts'
import { readTopics, type StoredRecord } from '../support/read-topic.ts'

const RAW = 'ats.raw.humansourcing'
const SECRET = 'spool-secret'

let dataDir: string
let local: Infrastructure
let broker: InfrastructurePart
let kafka: KafkaClient
let ingress: IngressProcess | null = null
let isBrokerAway = false
let folders = 0
let spoolDir: string

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'atsflow-spool-'))
  const { KAFKA_BROKERS: _brokers, SCHEMA_REGISTRY_URL: _registry, ...env } = process.env
  const ports = { LOCAL_KAFKA_PORT: '0', LOCAL_REGISTRY_PORT: '0' }
  local = await startInfrastructure({ ...env, ...ports, LOCAL_DATA_DIR: dataDir })
  if (local.broker === null) throw new Error('started no broker')
  broker = local.broker
  await applyTopicsFile({ KAFKA_BROKERS: local.kafka, SCHEMA_REGISTRY_URL: local.registryUrl })
  const config = loadConfig(IngressConfig, { KAFKA_BROKERS: local.kafka })
  kafka = createKafka(config, 'spool-test', createLogger('test', 'silent'))
})
afterEach(async () => {
  await ingress?.kill()
  ingress = null
  if (isBrokerAway) await startBroker()
})
afterAll(async () => {
  await local?.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

const start = async (env: Record<string, string> = {}): Promise<IngressProcess> => {
  ingress = await startIngress({
    KAFKA_BROKERS: local.kafka,
    SCHEMA_REGISTRY_URL: local.registryUrl,
    SOURCE_HUMANSOURCING_SECRET: SECRET,
    SPOOL_DIR: spoolDir,
    BLOB_DIR: join(dataDir, 'blobs'),
    ...env,
  })
  return ingress
}
const killBroker = async () => {
  isBrokerAway = true
  await broker.kill()
}
const startBroker = async () => {
  await broker.start()
  isBrokerAway = false
}
const newSpool = () => {
  spoolDir = join(dataDir, `spool-${folders++}`)
}

/** Events of one job, numbered in the order in which they are sent. */
const events = (job: number, from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({
    event: 'update',
    type: 'job',
    data: { job_id: job, number: from + index },
  }))
const post = (url: string, body: unknown): Promise<Response> =>
  fetch(`${url}/hooks/humansourcing/default`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
const acknowledgedIds = async (response: Response): Promise<string[]> => {
  const { event_ids: ids } = (await response.json()) as { event_ids: string[] }
  return ids
}
const numberOf = (record: StoredRecord): number =>
  (JSON.parse(record.value) as { data: { number: number } }).data.number

/** How often each event is there; throws when events of one job come first in another order than they were sent. */
function countById(records: readonly StoredRecord[], keys: ReadonlySet<string>): Map<string, number> {
  const counts = new Map<string, number>()
  const last = new Map<string, number>()
  for (const record of records.filter(({ key }) => keys.has(key))) {
    const id = record.headers.ce_id ?? ''
    counts.set(id, (counts.get(id) ?? 0) + 1)
    if (counts.get(id) !== 1) continue
    const number = numberOf(record)
    if (number < (last.get(record.key) ?? -1))
      throw new Error(`${record.key}: ${number} after ${last.get(record.key)}`)
    last.set(record.key, number)
  }
  return counts
}
/** What compression cannot make smaller. */
const randomText = (bytes: number) => randomBytes(bytes / 2).toString('hex')
const keysOf = (jobs: readonly number[]) => new Set(jobs.map(job => `humansourcing:default:${job}`))
const drained = async (from: IngressProcess) => {
  while ((await from.metric('atsflow_spool_records')) > 0) await sleep(20)
}

describe('ingress while Kafka is away', () => {
  it('accepts every event, also after kill -9 and a start without Kafka, and loses and reorders none', async () => {
    newSpool()
    const jobs = [1, 2, 3, 4, 5, 6]
    let current = await start()
    const acknowledged = new Set<string>()
    let isOver = false
    const isAccepted = async (job: number, number: number): Promise<boolean> => {
      const response = await post(current.url, events(job, number, 1)).catch(() => null)
      if (response?.status !== 200) return false
      for (const id of await acknowledgedIds(response)) acknowledged.add(id)
      return true
    }
    /** Sends the events of one job one after the other, each until it is acknowledged. */
    const sender = async (job: number) => {
      for (let number = 0; !isOver; number++) {
        while (!(await isAccepted(job, number))) await sleep(20)
      }
    }
    const senders = Promise.all(jobs.map(sender))
    const until = async (count: number) => {
      while (acknowledged.size < count) await sleep(10)
    }
    await until(200)
    await killBroker()
    await until(acknowledged.size + 200)
    expect(await current.metric('atsflow_spool_records')).toBeGreaterThan(100)
    expect((await fetch(`${current.healthUrl}/readyz`)).status).toBe(200)
    await current.kill()
    current = await start()
    await until(acknowledged.size + 200)
    await startBroker()
    await until(acknowledged.size + 200)
    isOver = true
    await senders
    await drained(current)

    const counts = countById(await readTopics(kafka, [RAW]), keysOf(jobs))
    expect([...acknowledged].filter(id => !counts.has(id))).toEqual([])
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(2)
  })

  it('answers 503 with Retry-After when the spool is full, and has room again when Kafka is back', async () => {
    newSpool()
    const { url } = await start({ SPOOL_MAX_MIB: '0.05' })
    await killBroker()
    const statuses: number[] = []
    let refusal: Response | undefined
    for (let number = 0; refusal === undefined && number < 500; number++) {
      const response = await post(url, events(20, number, 1))
      statuses.push(response.status)
      if (response.status !== 200) refusal = response
    }
    expect(statuses.filter(status => status === 200).length).toBeGreaterThan(20)
    expect([refusal?.status, refusal?.headers.get('retry-after')]).toEqual([503, '30'])
    expect(await refusal?.json()).toMatchObject({ error: { code: 'SPOOL_FULL' } })
    await startBroker()
    if (ingress !== null) await drained(ingress)
    expect((await post(url, events(20, 500, 1))).status).toBe(200)
  })

  it('ends cleanly with events on disk, which the next start delivers once', async () => {
    newSpool()
    const first = await start()
    await killBroker()
    const ids = await acknowledgedIds(await post(first.url, events(30, 0, 50)))
    await first.stop()
    expect(first.child.exitCode).toBe(0)
    await startBroker()
    await drained(await start())
    const counts = countById(await readTopics(kafka, [RAW]), keysOf([30]))
    expect([...counts].toSorted()).toEqual(ids.map(id => [id, 1]).toSorted())
    expect(existsSync(join(spoolDir, 'ingress-0', '000000000001.spool'))).toBe(false)
  })

  it('takes the volume of twenty minutes at 50 events a second', async () => {
    newSpool()
    const current = await start()
    await killBroker()
    const acknowledged: string[] = []
    const startedMs = performance.now()
    let next = 0
    const sender = async () => {
      while (next < 1_200) {
        const response = await post(current.url, events(40 + (next % 12), next++ * 50, 50))
        acknowledged.push(...(await acknowledgedIds(response)))
      }
    }
    await Promise.all([sender(), sender(), sender(), sender()])
    const spooledMs = performance.now() - startedMs
    expect(acknowledged.length).toBe(60_000)
    const bytes = await current.metric('atsflow_spool_bytes')
    expect(await current.metric('atsflow_spool_records')).toBe(60_000)
    const brokerMs = performance.now()
    await startBroker()
    const backMs = performance.now()
    await drained(current)
    const drainedMs = performance.now() - backMs
    const seconds = (ms: number) => (ms / 1000).toFixed(1)
    console.error(
      `60,000 events: spooled in ${seconds(spooledMs)} s (${Math.round(bytes / 2 ** 20)} MiB), broker up in ` +
        `${seconds(backMs - brokerMs)} s, drained ${seconds(drainedMs)} s later`,
    )
    const counts = countById(
      await readTopics(kafka, [RAW]),
      keysOf(Array.from({ length: 12 }, (_, at) => 40 + at)),
    )
    expect(acknowledged.filter(id => !counts.has(id))).toEqual([])
    expect(Math.max(...counts.values())).toBe(1)
  })
})

describe('a topic that Kafka refuses', () => {
  const REFUSED = 'ats.raw.idibu'
  const postVacancy = (url: string) =>
    fetch(`${url}/hooks/idibu/default`, {
      method: 'POST',
      headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
      body: readFileSync(new URL('../../infra/demo/webhooks/idibu-vacancy.json', import.meta.url)),
    })
  const idsIn = async (topic: string) =>
    (await readTopics(kafka, [topic])).map(({ headers }) => headers.ce_id ?? '')
  const withAdmin = async (use: (admin: ReturnType<KafkaClient['admin']>) => Promise<unknown>) => {
    const admin = kafka.admin()
    await admin.connect()
    await use(admin).finally(() => admin.disconnect())
  }

  it('holds up its own events alone, and takes them once it is there', async () => {
    newSpool()
    await withAdmin(admin => admin.deleteTopics({ topics: [REFUSED] }))
    const current = await start({ SOURCE_IDIBU_SECRET: SECRET })
    const held = await acknowledgedIds(await postVacancy(current.url))
    const passed = await acknowledgedIds(await post(current.url, events(60, 0, 3)))
    expect(await idsIn(RAW)).toEqual(expect.arrayContaining(passed))
    const ready = await fetch(`${current.healthUrl}/readyz?verbose`)
    expect([ready.status, await ready.text()]).toEqual([
      200,
      expect.stringContaining(`${REFUSED} is refused`),
    ])
    expect(await current.metric('atsflow_spool_records')).toBe(held.length)
    await withAdmin(admin => admin.createTopics({ topics: [{ topic: REFUSED, numPartitions: 6 }] }))
    await drained(current)
    expect(await idsIn(REFUSED)).toEqual(held)
  })

  it('with a record that is too large sets that record aside, and takes it when it is put back', async () => {
    newSpool()
    const limit = (value: string) =>
      withAdmin(admin =>
        admin.alterConfigs({
          validateOnly: false,
          resources: [{ type: 2, name: RAW, configEntries: [{ name: 'max.message.bytes', value }] }],
        }),
      )
    const first = await start()
    await limit('4000')
    const large = { event: 'update', type: 'job', data: { job_id: 70, number: 0, filler: randomText(6_000) } }
    const [aside = ''] = await acknowledgedIds(await post(first.url, [large]))
    const passed = await acknowledgedIds(await post(first.url, events(70, 1, 2)))
    await drained(first)
    expect(await first.metric(`atsflow_spool_set_aside_records{topic="${RAW}"}`)).toBe(1)
    const ids = await idsIn(RAW)
    expect([passed.filter(id => !ids.includes(id)), ids.includes(aside)]).toEqual([[], false])
    await first.stop()
    await limit('1048588')
    const name = `MESSAGE_TOO_LARGE-${aside}.spool`
    renameSync(join(spoolDir, 'refused', RAW, name), join(spoolDir, 'put-back', name))
    await drained(await start())
    expect(await idsIn(RAW)).toContain(aside)
  })
})
