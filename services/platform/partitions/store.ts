/**
 * The state of one partition number on disk: a cache of topics, with the offset of each up to which it is true.
 * Deleting it changes nothing but start-up time.
 */
import { open, type RootDatabase } from 'lmdb'
import { KEY_SEPARATOR } from '../../core/identity.ts'
import { type LogId, relationOf } from './log-id.ts'
import type { State, StoreEntry } from './processor.ts'

/**
 * A store older than this may have missed tombstones, which compaction removes after `delete.retention.ms`
 * (24 h by default): half of that.
 */
const AGE_MS_MAX = 12 * 3600_000
/** Sorts behind every character that can follow a prefix. */
const LAST_CHARACTER = '\u{10ffff}'
const PAGE = 500
const TRUE_AT = `${KEY_SEPARATOR}at`
const CHECKPOINT = `${KEY_SEPARATOR}checkpoint `
const LOG = `${KEY_SEPARATOR}log `
const checkpointKey = (topic: string) => `${CHECKPOINT}${topic}`
const logKey = (topic: string) => `${LOG}${topic}`
const isOurs = (key: string) => key === TRUE_AT || key.startsWith(CHECKPOINT) || key.startsWith(LOG)

export interface Bounds {
  readonly low: number
  readonly end: number
}

/** One partition of a topic. */
export interface TableBounds extends Bounds {
  /** Unset where nobody can tell. */
  readonly log?: LogId
}

export type PartitionStore = ReturnType<typeof openPartitionStore>

export function openPartitionStore(path: string, nowMs: () => number) {
  const database = open<unknown, string>({ path, noMemInit: true })

  /** Whether every checkpoint can be the prefix of a topic within these bounds. */
  function isUsable(bounds: ReadonlyMap<string, TableBounds>): boolean {
    if (nowMs() - trueAtMs() > AGE_MS_MAX) return false
    return [...bounds].every(([topic, { low, end, log }]) => {
      const checkpoint = checkpointOf(topic)
      return checkpoint >= low && checkpoint <= end && relationTo(topic, log) === 'same'
    })
  }

  const trueAtMs = () => Number(database.get(TRUE_AT) ?? 0)
  const checkpointOf = (topic: string) => Number(database.get(checkpointKey(topic)) ?? Number.NaN)
  const relationTo = (topic: string, log: LogId = '') =>
    relationOf(String(database.get(logKey(topic)) ?? ''), log)

  function isLost(topic: string, { end, log }: TableBounds): boolean {
    const relation = relationTo(topic, log)
    return relation === 'made-anew' || (relation === 'same' && checkpointOf(topic) > end)
  }

  return {
    get: (key: string): unknown => database.get(key),

    /** Reads a page at a time: whoever walks through much may pause, and holds no transaction meanwhile. */
    *scan(prefix: string): Iterable<StoreEntry> {
      const end = `${prefix}${LAST_CHARACTER}`
      let range: { readonly start: string; readonly exclusiveStart?: boolean } = { start: prefix }
      for (;;) {
        const page = [...database.getRange({ ...range, end, limit: PAGE })]
        for (const { key, value } of page) if (!isOurs(key)) yield [key, value]
        const last = page.at(-1)
        if (last === undefined || page.length < PAGE) return
        range = { start: last.key, exclusiveStart: true }
      }
    },

    /**
     * Where to read each topic on from. Starts afresh when the store cannot be a prefix of all of them. Synchronous, so
     * that whoever may use the store before this call may use it after.
     */
    checkpoints(bounds: ReadonlyMap<string, TableBounds>): ReadonlyMap<string, number> {
      if (isUsable(bounds)) return new Map([...bounds.keys()].map(topic => [topic, checkpointOf(topic)]))
      database.clearSync()
      return begin(database, bounds, nowMs())
    },

    /** As `checkpoints`, for a topic that has lost what the store knows of it: everything is read again, and nothing forgotten. */
    rememberLost: (bounds: ReadonlyMap<string, TableBounds>): ReadonlyMap<string, number> =>
      begin(database, bounds, nowMs()),

    /** When the store was last level with its topics, ms UTC; 0 when it is new. */
    get knownAtMs(): number {
      return trueAtMs()
    },
    /** What it knows is not to be used any more. */
    giveUp: (): void => database.clearSync(),

    /**
     * Topics of which the store knows more than they do: the log has lost its end, or was made anew. Asked before
     * `checkpoints`, which would forget it. Another cluster has lost nothing: its store is not used.
     */
    losses: (bounds: ReadonlyMap<string, TableBounds>): readonly string[] =>
      [...bounds].filter(([topic, of]) => isLost(topic, of)).map(([topic]) => topic),

    /**
     * Entries and checkpoints become visible together.
     * @param isComplete whether the store is now level with its topics. Until then its age counts from when it last
     *   was: a restore that is interrupted again and again must not make an old store look young.
     */
    apply(
      entries: Iterable<StoreEntry>,
      checkpoints: Iterable<readonly [topic: string, offset: number]>,
      isComplete: boolean,
    ): void {
      database.transactionSync(() => {
        for (const [key, value] of entries) {
          if (value === undefined) database.removeSync(key)
          else database.putSync(key, value)
        }
        for (const [topic, offset] of checkpoints) database.putSync(checkpointKey(topic), offset)
        if (isComplete) database.putSync(TRUE_AT, nowMs())
      })
    },

    close: (): Promise<void> => database.close(),
  }
}

/** Every topic is to be read from its beginning. */
function begin(
  database: RootDatabase<unknown, string>,
  bounds: ReadonlyMap<string, TableBounds>,
  nowMs: number,
): ReadonlyMap<string, number> {
  const beginnings = new Map([...bounds].map(([topic, { low }]) => [topic, low]))
  database.transactionSync(() => {
    database.putSync(TRUE_AT, nowMs)
    // Also of a topic that has nothing to read: without its checkpoint the store could never be used again.
    for (const [topic, low] of beginnings) database.putSync(checkpointKey(topic), low)
    for (const [topic, { log = '' }] of bounds) database.putSync(logKey(topic), log)
  })
  return beginnings
}

/** The store as it will be once these entries are in it. */
export const readThrough = (
  entries: ReadonlyMap<string, unknown>,
  store: Pick<PartitionStore, 'get' | 'scan'>,
): State => ({
  get: key => (entries.has(key) ? entries.get(key) : store.get(key)),
  *scan(prefix) {
    // Those of now: whoever walks through them may pause, and they go into the store meanwhile.
    const pending = new Map([...entries].filter(([key]) => key.startsWith(prefix)))
    for (const entry of store.scan(prefix)) if (!pending.has(entry[0])) yield entry
    for (const [key, value] of pending) if (value !== undefined) yield [key, value]
  },
})
