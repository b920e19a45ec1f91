/** Removes what is kept although nothing refers to it any more. */
import type { BlobStore } from '../../platform/blobs/store.ts'

export interface SweepOptions {
  readonly store: Pick<BlobStore, 'list' | 'remove'>
  /** Anything put later may belong to an event that is still under way. */
  readonly storedBeforeMs: number
  readonly isReferred: (uri: string) => boolean
  /** Only counts. */
  readonly isDryRun: boolean
  /** Stops between two batches. */
  readonly signal: AbortSignal
}

export interface Swept {
  readonly blobs: number
  readonly young: number
  readonly referred: number
  readonly removed: number
  readonly removedBytes: number
}

const BATCH_MAX = 1_000

/** What could not be removed stays for the next sweep. Safe beside everything else that uses the store. */
export async function sweepBlobs(options: SweepOptions): Promise<Swept> {
  const { store, storedBeforeMs, isReferred, isDryRun, signal } = options
  const swept = { blobs: 0, young: 0, referred: 0, removed: 0, removedBytes: 0 }
  let batch: string[] = []
  const removeBatch = async (): Promise<void> => {
    if (!isDryRun) await store.remove(batch)
    swept.removed += batch.length
    batch = []
  }
  for await (const { uri, sizeBytes, storedAtMs } of store.list()) {
    swept.blobs++
    if (storedAtMs >= storedBeforeMs) swept.young++
    else if (isReferred(uri)) swept.referred++
    else {
      batch.push(uri)
      swept.removedBytes += sizeBytes
    }
    if (batch.length >= BATCH_MAX) await removeBatch()
    if (signal.aborted) break
  }
  await removeBatch()
  return swept
}
