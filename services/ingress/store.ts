import type { BlobStore } from '../platform/blob-store.ts'
import { codeOf, type LogEvents } from '../platform/log-events.ts'
import type { GroupCommitProducer } from '../platform/producer.ts'
import { Overloaded } from '../platform/producer-queue.ts'
import type { RawRecord } from './raw-record.ts'

export type StoreResult =
  /** Everything is durable: may be acknowledged. */
  | { readonly type: 'stored' }
  /** Too much at once: come back soon. */
  | { readonly type: 'overloaded' }
  /** Not known to be durable; some of it may be there. The same ids come with the next attempt. */
  | { readonly type: 'unavailable'; readonly reason: string }

/** Makes the records of one webhook durable, or says that it could not. Never throws for bad luck. */
export type EventStore = (records: readonly RawRecord[]) => Promise<StoreResult>

/** The hard cap of an answer is 3 s; senders wait 5 s at the most (idibu). */
export const STORE_WITHIN_MS = 2_800

export interface KafkaStorePorts {
  readonly producer: Pick<GroupCommitProducer, 'send'>
  readonly blobs: Pick<BlobStore, 'put'>
  readonly log: Pick<LogEvents, 'blobStoreFailed'>
  /** Answers by then, whatever hangs. */
  readonly withinMs: number
}

/** Bytes first, then the records that refer to them. */
export function createKafkaStore(ports: KafkaStorePorts): EventStore {
  return async function store(records) {
    let timer: NodeJS.Timeout | undefined
    const abort = new AbortController()
    const expired = new Promise<StoreResult>(resolve => {
      timer = setTimeout(() => {
        abort.abort()
        resolve({ type: 'unavailable', reason: 'timeout' })
      }, ports.withinMs)
    })
    try {
      return await Promise.race([storeAll(records, ports, abort.signal), expired])
    } finally {
      clearTimeout(timer)
    }
  }
}

async function storeAll(
  records: readonly RawRecord[],
  { producer, blobs, log }: KafkaStorePorts,
  signal: AbortSignal,
): Promise<StoreResult> {
  try {
    for (const { uri, bytes } of records.flatMap(record => record.blobs)) await blobs.put(uri, bytes)
  } catch (error) {
    log.blobStoreFailed({ code: codeOf(error) })
    return { type: 'unavailable', reason: 'blob-store' }
  }
  if (signal.aborted) return { type: 'unavailable', reason: 'timeout' }
  const sent = await Promise.allSettled(records.map(({ record }) => producer.send(record)))
  const failure = sent.find(result => result.status === 'rejected')
  if (failure === undefined) return { type: 'stored' }
  return failure.reason instanceof Overloaded
    ? { type: 'overloaded' }
    : { type: 'unavailable', reason: 'kafka' }
}
