/** Where an owner starts: the bounds of its topics and the committed offsets, read after the fence. The order is what makes it exact. */
import type { Consumer } from 'kafkajs'
import type { AdminClient } from '../kafka/admin.ts'
import type { KafkaClient } from '../kafka/client.ts'
import type { Admin } from '../kafkajs/kafkajs.ts'
import type { Logger } from '../process/logger.ts'
import type { LimitOf } from '../topics/message-limits.ts'
import { logIdsOf, topicOf } from './log-id.ts'
import type { Losses } from './losses.ts'
import type { InputOutcome, Processor } from './processor.ts'
import type { Bounds, TableBounds } from './store.ts'

export interface TenurePorts {
  readonly kafka: KafkaClient
  readonly admin: AdminClient
  readonly consumer: Consumer
  readonly log: Logger
  readonly limitOf: LimitOf
  readonly committed: (outcomes: readonly InputOutcome[]) => void
  /** Told at every taking, and again while a loss stands. */
  readonly lost: (partition: number, losses: Losses) => void
  /** Stops the process. */
  readonly crash: (error: unknown) => never
}

export interface Positions {
  readonly inputs: readonly {
    readonly topic: string
    readonly topicId: string
    readonly committed: number
    readonly metadata: string | null
    readonly low: number
  }[]
  /** How far each table must be restored: to its end, also where its records are an input that is decided less far. */
  readonly tables: ReadonlyMap<string, TableBounds>
}

/** Bounds and committed offsets of partition p, asked after the fence: before it, the earlier owner may still move them. */
export async function positionsOf(
  admin: Admin,
  processor: Processor<never, never> | Pick<Processor<unknown, unknown>, 'group' | 'inputs' | 'tables'>,
  partition: number,
): Promise<Positions> {
  const topics = [...new Set([...processor.inputs, ...processor.tables.map(table => table.topic)])]
  const bounds = new Map(
    await Promise.all(topics.map(async topic => [topic, await boundsOf(admin, topic, partition)] as const)),
  )
  const logs = await logIdsOf(admin, topics)
  const { group: groupId, inputs: read } = processor
  const offsets = await admin.fetchStableOffsets({ groupId, topics: read, partition })
  const inputs = offsets.map(({ topic, offset, metadata }) => ({
    topic,
    topicId: topicOf(logs.get(topic) ?? ''),
    committed: Number(offset),
    metadata,
    low: bounds.get(topic)?.low ?? 0,
  }))
  const tables = processor.tables.map(({ topic }) => {
    const { low, end } = bounds.get(topic) ?? { low: 0, end: 0 }
    return [topic, { low, end, log: logs.get(topic) ?? '' }] as const
  })
  return { inputs, tables: new Map(tables) }
}

/** Read-committed, as kafkajs's admin asks. */
async function boundsOf(admin: Admin, topic: string, partition: number): Promise<Bounds> {
  const own = (await admin.fetchTopicOffsets(topic)).find(item => item.partition === partition)
  if (own === undefined) throw new Error(`${topic} has no partition ${partition}`)
  return { low: Number(own.low), end: Number(own.high) }
}
