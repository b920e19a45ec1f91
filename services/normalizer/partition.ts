/** One partition of the normalizer: decisions in, erased files and tombstones out. The shell around `decide.ts`. */

import { blobPrefix } from '../core/blob.ts'
import { partsOfKey } from '../core/identity.ts'
import { HEADER } from '../core/topics.ts'
import { type BlobStore, NoBlobAddress } from '../platform/blobs/store.ts'
import { headerText } from '../platform/kafka/record-headers.ts'
import type {
  Decision,
  InputRecord,
  InternalInput,
  Oversized,
  PartitionContext,
  PartitionProcessor,
  State,
} from '../platform/partitions/processor.ts'
import {
  type DecidePorts,
  decideRecord,
  entomb,
  move,
  recordFiles,
  refuseOversized,
  storedBefore,
} from './decide.ts'
import type { FileFetching } from './files/file-fetching.ts'
import { pendingKeys, pendingOf } from './files/wanted-files.ts'
import type { Effect, Internal } from './follow-up.ts'
import { allHeld, destinationOf, keyOf } from './held.ts'
import { deletedKeys } from './known-versions.ts'

export interface PartitionPorts extends DecidePorts {
  readonly blobs: Pick<BlobStore, 'get' | 'remove' | 'removePrefix'>
  /** How long the marker of a deletion stays before the tombstone. */
  readonly tombstoneAfterMs: number
  readonly files: Pick<FileFetching, 'fetchAll'>
  readonly nowMs: () => number
  readonly crash: (error: unknown) => void
}

const LOOK_FOR_DUE_EVERY_MS = 3_600_000

export class NormalizerPartition implements PartitionProcessor<Internal, Effect> {
  readonly #context: PartitionContext<Internal>
  readonly #ports: PartitionPorts
  #timer: NodeJS.Timeout | undefined
  #state: State | undefined
  /** By candidate: ends what is being fetched. */
  readonly #fetching = new Map<string, AbortController>()

  constructor(context: PartitionContext<Internal>, ports: PartitionPorts) {
    this.#context = context
    this.#ports = ports
  }

  started(state: State): void {
    this.#state = state
    for (const { key, deletedAtMs } of deletedKeys(state)) this.#erase(key, storedBefore(deletedAtMs))
    for (const key of pendingKeys(state)) this.#fetch(key)
    for (const held of allHeld(state))
      if (destinationOf(held, this.#ports.settingsOf) !== null)
        this.#context.submit({ do: 'move', type: held.type, key: keyOf(held) })
    this.#entombDue(state)
    this.#timer = setInterval(() => this.#entombDue(state), LOOK_FOR_DUE_EVERY_MS)
  }

  stopped(): void {
    clearInterval(this.#timer)
    for (const fetching of this.#fetching.values()) fetching.abort()
  }

  lookUp(record: InputRecord): Promise<Uint8Array | null> | null {
    const dataRef = headerText(record.headers, HEADER.dataRef)
    return dataRef === undefined ? null : this.#ports.blobs.get(dataRef).catch(nullIfNoAddress)
  }

  decide(input: InputRecord | InternalInput<Internal>, state: State): Decision<Effect> {
    if (input.type === 'record') return decideRecord(input, state, this.#ports)
    switch (input.input.do) {
      case 'entomb':
        return entomb(input.input, state, this.#ports, this.#ports.nowMs() - this.#ports.tombstoneAfterMs)
      case 'move':
        return move(input.input, state, this.#ports, this.#ports.nowMs())
      case 'record-files':
        return recordFiles(input.input, state, this.#ports)
    }
  }

  /** What files led to stays unsaid: the candidate is as it was, and they are fetched again at the next start. */
  refuse(input: InputRecord | InternalInput<Internal>, oversized: Oversized): Decision<Effect> {
    return input.type === 'record'
      ? refuseOversized(input, oversized)
      : { outcome: null, outputs: [], effects: [] }
  }

  perform(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.do === 'fetch-files') this.#fetch(effect.key)
      else if (effect.do === 'erase-blobs') this.#erase(effect.key, effect.storedBeforeMs)
      else this.#ports.blobs.remove(effect.uris).catch(this.#ports.crash)
    }
  }

  /** What an older snapshot of the candidate wanted is wanted no more. */
  #fetch(key: string): void {
    const candidate = this.#state && pendingOf(this.#state, key)
    this.#fetching.get(key)?.abort()
    if (candidate === undefined) return
    const fetching = new AbortController()
    this.#fetching.set(key, fetching)
    this.#ports.files
      .fetchAll(
        candidate,
        results => void this.#context.submit({ do: 'record-files', key, results }),
        fetching.signal,
      )
      .catch(this.#ports.crash)
      .finally(() => {
        if (this.#fetching.get(key) === fetching) this.#fetching.delete(key)
      })
  }

  /** Collected first: a decision changes what the scan walks over. */
  #entombDue(state: State): void {
    const dueMs = this.#ports.nowMs() - this.#ports.tombstoneAfterMs
    const due = [...deletedKeys(state)].filter(({ deletedAtMs }) => deletedAtMs <= dueMs)
    for (const { type, key } of due) this.#context.submit({ do: 'entomb', type, key })
  }

  #erase(key: string, storedBeforeMs: number): void {
    this.#fetching.get(key)?.abort()
    const prefix = blobPrefix(partsOfKey(key).tenant, key)
    this.#ports.blobs.removePrefix(prefix, storedBeforeMs).catch(this.#ports.crash)
  }
}

/** An address that is none of ours is bad data. A store that cannot be read is an accident: better to stop than to refuse. */
function nullIfNoAddress(error: unknown): null {
  if (error instanceof NoBlobAddress) return null
  throw error
}
