/** From the topics into the database, each record once: rows and positions are kept in one transaction. */
import type { Codec } from '../../platform/avro/codec.ts'
import type { Decision } from '../../platform/dead-letters/plan.ts'
import { isAbout } from '../../platform/dead-letters/topics.ts'
import type { KafkaClient } from '../../platform/kafka/client.ts'
import { type LogId, logIdsOf, relationOf } from '../../platform/partitions/log-id.ts'
import type { CheckResult } from '../../platform/process/health.ts'
import { checkRights } from '../../platform/readers/missing-right.ts'
import { partitionName, TopicFollower, topicBounds } from '../../platform/readers/topic-follower.ts'
import type { Database } from './database.ts'
import { forgetBefore } from './forget.ts'
import { Pending } from './pending.ts'
import { readRecord } from './read-record.ts'
import { AGEING, FOLLOWED_TOPICS, isRecordTopic } from './topics.ts'
import { type Batch, writeBatch } from './writer.ts'

export interface IngestionOptions {
  readonly kafka: KafkaClient
  readonly codec: Codec
  readonly database: Database
  readonly keepsPersonalData: boolean
  readonly nowMs: () => number
  /** Told once when the cluster takes the right to read from us, in words, and once when it gives it back: null. */
  readonly denied: (sentence: string | null) => void
  readonly crash: (error: unknown) => never
}

export interface Ingestion {
  /** Red while the cluster denies us to read: what the database shows may be old. */
  readonly rights: () => CheckResult
  /** Counts the commits: figures can change only when it does. */
  readonly version: () => number
  /** Up to where the figures are true, by `partitionName`. */
  readonly positions: () => ReadonlyMap<string, number>
  /** Records that were read since the start. */
  readonly recordCount: () => number
  /** Removes what left the topics. */
  readonly forget: (lows: ReadonlyMap<string, number>) => Promise<void>
  /** Runs a task while nothing is written. */
  readonly atRest: <T>(task: () => Promise<T>) => Promise<T>
  readonly stop: () => Promise<void>
}

type Bounds = Awaited<ReturnType<typeof topicBounds>>

/** Half of the time for which tombstones can be read: an older file may have missed some. */
const AGE_MS_MAX = 84 * 3600_000

/** Returns once the topics are followed; what is on them already comes in from then on. */
export async function startIngestion(options: IngestionOptions): Promise<Ingestion> {
  const { kafka, codec, database, keepsPersonalData, nowMs, crash } = options
  const { bounds, logs } = await lookAt(kafka)
  const positions = await usablePositions(database, bounds, logs, nowMs())
  const reading = { codec, keepsPersonalData, isAbout: isAboutIn(logs) }
  const kept = new Map(positions)
  let version = 0
  let recordCount = 0
  // Two who write at once would undo each other's transaction.
  const alone = oneAfterTheOther()
  const write = (batch: Batch) =>
    alone(async () => {
      await writeBatch(database, batch, nowMs())
      for (const { topic, partition, next } of batch.positions)
        kept.set(partitionName(topic, partition), next)
      version++
    })
  const pending = new Pending(write, crash)
  const follower = new TopicFollower({
    kafka,
    topics: FOLLOWED_TOPICS,
    reader: 'console',
    positions,
    prepare: (topic, values) => (isRecordTopic(topic) ? codec.prepare(values) : Promise.resolve()),
    accept: ({ topic, partition, records, next }) => {
      recordCount += records.length
      const rows = records.flatMap(record => readRecord(topic, partition, record, reading))
      return pending.add(rows, { topic, partition, next })
    },
    denied: options.denied,
    crash,
  })
  await follower.start()
  return {
    version: () => version,
    rights: () => checkRights([follower]),
    positions: () => kept,
    recordCount: () => recordCount,
    forget: lows =>
      alone(async () => {
        if (await forgetBefore(database, lows)) version++
      }),
    atRest: alone,
    async stop() {
      await follower.stop()
      await pending.stop()
    },
  }
}

type Logs = ReadonlyMap<string, LogId>

const isAboutIn = (logs: Logs) => (decision: Decision, letter: string) => isAbout(decision, letter, logs)

async function lookAt(kafka: KafkaClient): Promise<{ bounds: Bounds; logs: Logs }> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const [bounds, logs] = await Promise.all([
      topicBounds(admin, FOLLOWED_TOPICS),
      logIdsOf(admin, FOLLOWED_TOPICS),
    ])
    return { bounds, logs }
  } finally {
    await admin.disconnect()
  }
}

/** Where to read on. A file that cannot be the beginning of these topics is emptied first. */
async function usablePositions(
  database: Database,
  bounds: Bounds,
  logs: Logs,
  nowMs: number,
): Promise<ReadonlyMap<string, number>> {
  const kept = await keptPositions(database)
  const known = await keptLogs(database)
  const ageing = new Set(AGEING.map(({ topic }) => topic))
  const fits = [...kept].every(([name, { next, keptAtMs }]) => {
    const { low, end } = bounds.get(name) ?? { low: 0, end: -1 }
    const misses = next < low && !ageing.has(name.slice(0, name.lastIndexOf('/')))
    return !misses && next <= end && nowMs - keptAtMs < AGE_MS_MAX
  })
  const isOfThese =
    known !== null && [...logs].every(([topic, log]) => relationOf(known[topic] ?? '', log) === 'same')
  const isSame = kept.size === 0 || (isOfThese && fits)
  if (!isSame) await database.clear()
  await database.writer.run("INSERT OR REPLACE INTO meta VALUES ('logs', $logs)", {
    logs: JSON.stringify(Object.fromEntries(logs)),
  })
  return new Map(
    [...bounds].map(([name, { low }]) => [name, Math.max(low, isSame ? (kept.get(name)?.next ?? 0) : 0)]),
  )
}

/** Which logs the tables were made of, by topic; null when nobody has said. */
async function keptLogs(database: Database): Promise<Readonly<Record<string, LogId>> | null> {
  const [row] = await database.read("SELECT value FROM meta WHERE name = 'logs'")
  // Cast: nobody else writes that row.
  return row === undefined ? null : (JSON.parse(String(row.value)) as Readonly<Record<string, LogId>>)
}

async function keptPositions(database: Database): Promise<Map<string, { next: number; keptAtMs: number }>> {
  const rows = await database.read('SELECT * FROM position')
  return new Map(
    rows.map(({ topic, kafka_partition, next_offset, kept_at }) => [
      `${topic}/${kafka_partition}`,
      { next: Number(next_offset), keptAtMs: Date.parse(String(kept_at)) },
    ]),
  )
}

export function oneAfterTheOther(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return task => {
    const done = last.then(task)
    last = done.catch(() => undefined)
    return done
  }
}
