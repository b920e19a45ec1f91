import type { BlobStore } from '../platform/blobs/store.ts'
import { Overloaded } from '../platform/kafka/producer-client.ts'
import { codeOf, type LogEvents } from '../platform/process/log-events.ts'
import type { RawRecord } from '../platform/raw-events/record.ts'
import { SpoolFull } from './spool/lane.ts'
import type { ProducerByTopic } from './spool/producer-by-topic.ts'

export type StoreResult =
  /** Everything is durable: may be acknowledged. */
  | { readonly type: 'stored' }
  /** Too much at once: come back soon. */
  | { readonly type: 'overloaded' }
  /** No room on disk while Kafka is away: come back when it may be there again. */
  | { readonly type: 'full' }
  /** Not known to be durable; some of it may be there. The same ids come with the next attempt. */
  | { readonly type: 'unavailable'; readonly reason: string }

/** Makes the records of one webhook durable, or says that it could not. Never throws for bad luck. */
export type EventStore = (records: readonly RawRecord[]) => Promise<StoreResult>

/** The hard cap of an answer is 3 s: idibu waits 5 s at the most. */
export const STORE_WITHIN_MS = 2_800
/** The sender of files says neither how long it waits nor whether it tries again: a late 200 is worth more than a 503. */
const BLOBS_WITHIN_MS = 10_000

export interface EventStorePorts {
  readonly producer: Pick<ProducerByTopic, 'send'>
  readonly blobs: Pick<BlobStore, 'put'>
  readonly log: Pick<LogEvents, 'blobStoreFailed'>
  /** Answers by then, whatever hangs; later where files must be written first. */
  readonly withinMs: number
  readonly blobsWithinMs?: number
}

/** Bytes first, then the records that refer to them. */
export function createEventStore(ports: EventStorePorts): EventStore {
  return records =>
    new Promise((resolve, reject) => {
      const patience = { isOver: false }
      const expire = (): void => {
        patience.isOver = true
        resolve({ type: 'unavailable', reason: 'timeout' })
      }
      const timer = setTimeout(expire, patienceMs(records, ports))
      storeAll(records, ports, patience)
        .then(resolve, reject)
        .finally(() => clearTimeout(timer))
    })
}

const patienceMs = (records: readonly RawRecord[], { withinMs, blobsWithinMs }: EventStorePorts): number =>
  records.some(({ blobs }) => blobs.length > 0) ? withinMs + (blobsWithinMs ?? BLOBS_WITHIN_MS) : withinMs

async function storeAll(
  records: readonly RawRecord[],
  { producer, blobs, log }: EventStorePorts,
  patience: { readonly isOver: boolean },
): Promise<StoreResult> {
  try {
    for (const { uri, bytes } of records.flatMap(record => record.blobs)) await blobs.put(uri, bytes)
  } catch (error) {
    log.blobStoreFailed({ code: codeOf(error) })
    return { type: 'unavailable', reason: 'blob-store' }
  }
  if (patience.isOver) return { type: 'unavailable', reason: 'timeout' }
  try {
    await producer.send(records.map(({ record }) => record))
    return { type: 'stored' }
  } catch (error) {
    if (error instanceof Overloaded) return { type: 'overloaded' }
    if (error instanceof SpoolFull) return { type: 'full' }
    return { type: 'unavailable', reason: codeOf(error) }
  }
}
