/** What the store of a partition keeps: the newest version of each key, and which of them are deleted. */
import type { EntityType } from '../core/identity.ts'
import { KEY_SEPARATOR } from '../core/identity.ts'
import type { State, StoreEntry } from '../platform/partitions/processor.ts'
import type { Version } from './version-of.ts'

const versionKey = (type: EntityType, key: string): string => [type, key].join(KEY_SEPARATOR)
const DELETED = `deleted${KEY_SEPARATOR}`

/** A version as it lies in the store: without names, and with bytes for what is written in hexadecimal digits. */
type Stored = readonly [
  content: Uint8Array,
  bodySha256: Uint8Array,
  receivedAtMs: number,
  clockMs: number | null,
  deletedAtMs: number | null,
  isDeleted: boolean,
  isUndated: boolean,
  said: number,
  topicId: string,
  offset: number,
  superseded: readonly (readonly [bodySha256: Uint8Array, receivedAtMs: number])[],
]

const hexBytes = (digits: string): Uint8Array => Buffer.from(digits, 'hex')
const hexDigits = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')

const stored = (version: Version): Stored => [
  hexBytes(version.content),
  hexBytes(version.bodySha256),
  version.receivedAtMs,
  version.clockMs,
  version.deletedAtMs,
  version.deleted,
  version.isUndated,
  version.said,
  version.topicId,
  version.offset,
  version.superseded.map(([body, atMs]) => [hexBytes(body), atMs]),
]

export function knownVersion(state: State, type: EntityType, key: string): Version | undefined {
  // `versionEntries` alone writes these entries.
  const known = state.get(versionKey(type, key)) as Stored | undefined
  if (known === undefined) return undefined
  const [content, bodySha256, receivedAtMs, clockMs, deletedAtMs, deleted, isUndated, ...rest] = known
  const [said, topicId, offset, superseded] = rest
  const digits = { content: hexDigits(content), bodySha256: hexDigits(bodySha256) }
  return {
    ...digits,
    receivedAtMs,
    clockMs,
    deletedAtMs,
    deleted,
    isUndated,
    said,
    topicId,
    offset,
    superseded: superseded.map(([body, atMs]) => [hexDigits(body), atMs]),
  }
}

/** @param version undefined: nothing is known of the key any more */
export const versionEntries = (
  type: EntityType,
  key: string,
  version: Version | undefined,
): readonly StoreEntry[] => [
  [versionKey(type, key), version && stored(version)],
  [`${DELETED}${versionKey(type, key)}`, version?.deletedAtMs ?? undefined],
]

export interface Deleted {
  readonly type: EntityType
  readonly key: string
  readonly deletedAtMs: number
}

/** Every key whose newest record says that it is deleted. */
export function* deletedKeys(state: State): Iterable<Deleted> {
  for (const [name, deletedAtMs] of state.scan(DELETED)) {
    const [, type, key = ''] = name.split(KEY_SEPARATOR)
    yield { type: type === 'job' ? 'job' : 'candidate', key, deletedAtMs: Number(deletedAtMs) }
  }
}
