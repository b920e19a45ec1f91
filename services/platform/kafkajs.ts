/**
 * kafkajs 2.2.4, loaded here and nowhere else, with two repairs.
 *
 * Compaction leaves record batches without records, or without their last ones. kafkajs does not look at a batch's
 * last offset: it fetches the same offset for ever, or crawls one offset a fetch (its issues 562 and 1072). A control
 * record at the last offset, which kafkajs never delivers, moves the position on. The decoder is captured when
 * kafkajs loads, so it is replaced before that.
 *
 * A batch of which nothing is delivered shows only in the event START_BATCH_PROCESS, which does not say where it was
 * fetched: one that was fetched before a seek looks like the next one. Its `firstOffset` now is where it was fetched.
 */
import { createRequire } from 'node:module'
import type * as Kafkajs from 'kafkajs'

interface DecodedRecord {
  readonly offset: string
}
interface DecodedBatch {
  readonly firstOffset: string
  readonly lastOffsetDelta: number
  readonly records: DecodedRecord[]
}

interface BatchPrototype {
  firstOffset(this: FetchedBatch): string | null
}

/** A batch as kafkajs delivers it; `fetchedOffset` is there, but not in its types. */
export type FetchedBatch = Kafkajs.EachBatchPayload['batch'] & { readonly fetchedOffset: string }

const require = createRequire(import.meta.url)
const decoderPath = require.resolve('kafkajs/src/protocol/recordBatch/v0/decoder')
const decode: (decoder: unknown) => Promise<DecodedBatch> = require(decoderPath)
const decoderModule = require.cache[decoderPath]
if (decoderModule === undefined)
  throw new Error('kafkajs keeps its record batch decoder elsewhere: check its version')

decoderModule.exports = async function decodeWithLastOffset(decoder: unknown): Promise<DecodedBatch> {
  const batch = await decode(decoder)
  const last = BigInt(batch.firstOffset) + BigInt(batch.lastOffsetDelta)
  const end = batch.records.at(-1)
  if (end === undefined || BigInt(end.offset) < last) batch.records.push(lastOffsetMarker(batch, last))
  return batch
}

const lastOffsetMarker = (batch: DecodedBatch, offset: bigint) => ({
  offset: String(offset),
  key: null,
  value: null,
  headers: {},
  isControlRecord: true,
  batchContext: batch,
})

const { prototype: batch } = require('kafkajs/src/consumer/batch') as { prototype: BatchPrototype }
const firstOffset = batch.firstOffset
batch.firstOffset = function firstOffsetOrFetched() {
  return this.isEmpty() ? this.fetchedOffset : firstOffset.call(this)
}

const kafkajs: typeof Kafkajs = require('kafkajs')

export const { Kafka, Partitioners, AssignerProtocol, logLevel } = kafkajs
