/**
 * What kafkajs reads with, its faults mended and its slow parts replaced: as much as the exported consumer needs, which
 * writes nothing.
 *
 * Compaction leaves record batches without records, or without their last ones. kafkajs does not look at a batch's
 * last offset: it fetches the same offset for ever, or crawls one offset a fetch (its issues 562 and 1072). A control
 * record at the last offset, which kafkajs never delivers, moves the position on. The decoder is captured when
 * kafkajs loads, so it is replaced before that.
 *
 * It delivers aborted records where transactions of several producers overlap: `aborted-records.ts` replaces its filter.
 *
 * A batch of which nothing is delivered shows only in the event START_BATCH_PROCESS, which does not say where it was
 * fetched: one that was fetched before a seek looks like the next one. Its `firstOffset` now is where it was fetched.
 *
 * Bounds of topics are given up, or given in part, while a lead moves: `offsets.ts`. README.md says what was read.
 *
 * A member of a group does not outlive its coordinator, nor an offset that is gone: `membership.ts`. What a leader of an
 * older version does not know, it does not deal out: `assignments.ts`.
 *
 * What decodes a record is replaced by `wire/record-decoder.ts`, with the same result.
 */
import type * as Kafkajs from 'kafkajs'
import { type AbortedTransaction, type FetchedRecord, withoutAborted } from './aborted-records.ts'
import {
  type AssignerProtocol as AssignerCodec,
  type GroupCoordinator,
  withEveryTopic,
} from './assignments.ts'
import { isDenied } from './denial.ts'
import { exchange, exportsOf, onceLoaded, prototypeOf } from './exchange.ts'
import { followingCoordinator, keepingSeed, readFromBeginning } from './membership.ts'
import { everyOffset, type OffsetCluster } from './offsets.ts'
import { type RequestQueue, scheduleWhilePending } from './request-queue.ts'
import { type DecodedRecord, decodeRecord } from './wire/record-decoder.ts'

interface DecodedBatch {
  readonly firstOffset: string
  readonly lastOffsetDelta: number
  readonly records: Pick<DecodedRecord, 'offset'>[]
}

interface BrokerPool {
  withBroker(this: object, ask: (broker: object) => Promise<unknown>): Promise<unknown>
  removeBroker: Parameters<typeof keepingSeed>[0]
}

interface Member {
  heartbeat: Parameters<typeof followingCoordinator>[0]
}

interface Batch {
  firstOffset(this: FetchedBatch): string | null
}

/** A batch as kafkajs delivers it; `fetchedOffset` is there, but not in its types. */
export type FetchedBatch = Kafkajs.EachBatchPayload['batch'] & { readonly fetchedOffset: string }

exchange<typeof decodeRecord>('kafkajs/src/protocol/recordBatch/record/v0/decoder', () => decodeRecord)

exchange<(decoder: unknown) => Promise<DecodedBatch>>(
  'kafkajs/src/protocol/recordBatch/v0/decoder',
  decode =>
    async function decodeWithLastOffset(decoder) {
      const batch = await decode(decoder)
      const last = BigInt(batch.firstOffset) + BigInt(batch.lastOffsetDelta)
      const end = batch.records.at(-1)
      if (end === undefined || BigInt(end.offset) < last) batch.records.push(lastOffsetMarker(batch, last))
      return batch
    },
)

const lastOffsetMarker = (batch: DecodedBatch, offset: bigint) => ({
  offset: String(offset),
  key: null,
  value: null,
  headers: {},
  isControlRecord: true,
  batchContext: batch,
})

interface Filtered {
  readonly messages: readonly FetchedRecord[]
  readonly abortedTransactions?: readonly AbortedTransaction[]
}
exchange<(fetched: Filtered) => readonly FetchedRecord[]>(
  'kafkajs/src/consumer/filterAbortedMessages',
  () =>
    ({ messages, abortedTransactions }) =>
      abortedTransactions?.length ? withoutAborted(messages, abortedTransactions) : messages,
)

/** It asks one broker after the other and forgets what they said: of a right that is missing, too. */
const naming = (withBroker: BrokerPool['withBroker']): BrokerPool['withBroker'] =>
  async function withBrokerThatMay(ask) {
    let denial: unknown = null
    const found = await withBroker.call(this, async broker => {
      try {
        return await ask(broker)
      } catch (error) {
        if (isDenied(error)) denial = error
        throw error
      }
    })
    if (found === null && denial !== null) throw denial
    return found
  }

onceLoaded(() => {
  const brokerPool = prototypeOf<BrokerPool>('kafkajs/src/cluster/brokerPool')
  brokerPool.withBroker = naming(brokerPool.withBroker)
  brokerPool.removeBroker = keepingSeed(brokerPool.removeBroker)
  prototypeOf<RequestQueue>('kafkajs/src/network/requestQueue').scheduleCheckPendingRequests =
    scheduleWhilePending

  const cluster = prototypeOf<OffsetCluster>('kafkajs/src/cluster')
  const fetchTopicsOffset = cluster.fetchTopicsOffset
  cluster.fetchTopicsOffset = function fetchEveryOffset(this: OffsetCluster, topics) {
    return everyOffset(this, fetchTopicsOffset, topics)
  }
})

onceLoaded(() => {
  const batch = prototypeOf<Batch>('kafkajs/src/consumer/batch')
  const firstOffset = batch.firstOffset
  batch.firstOffset = function firstOffsetOrFetched() {
    return this.isEmpty() ? this.fetchedOffset : firstOffset.call(this)
  }
  const member = prototypeOf<Member>('kafkajs/src/consumer/consumerGroup')
  member.heartbeat = followingCoordinator(member.heartbeat)
  prototypeOf<{ setDefaultOffset: typeof readFromBeginning }>(
    'kafkajs/src/consumer/offsetManager',
  ).setDefaultOffset = readFromBeginning

  const coordinator = prototypeOf<GroupCoordinator>('kafkajs/src/broker')
  Object.assign(
    coordinator,
    withEveryTopic(coordinator, exportsOf<AssignerCodec>('kafkajs/src/consumer/assignerProtocol')),
  )
})
