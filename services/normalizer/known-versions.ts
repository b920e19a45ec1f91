/** What the store of a partition keeps: the newest version of each key, and which of them are deleted. */
import type { EntityType } from '../core/identity.ts'
import { KEY_SEPARATOR } from '../core/identity.ts'
import type { State, StoreEntry } from '../platform/partitions/processor.ts'
import type { Version } from './version-of.ts'

const versionKey = (type: EntityType, key: string): string => [type, key].join(KEY_SEPARATOR)
const DELETED = `deleted${KEY_SEPARATOR}`

// Casts: `versionEntries` alone writes these entries. A store that an older version left behind lacks the newer fields.
export function knownVersion(state: State, type: EntityType, key: string): Version | undefined {
  const known = state.get(versionKey(type, key)) as (Partial<Version> & typeof OLDEST) | undefined
  return known && { ...NEWER, ...known }
}

const OLDEST = { content: '', clockMs: null, receivedAtMs: 0, deleted: false, deletedAtMs: null } as Pick<
  Version,
  'content' | 'clockMs' | 'receivedAtMs' | 'deleted' | 'deletedAtMs'
>
const NEWER = { isUndated: false, bodySha256: '', superseded: {}, said: 0, topicId: '', offset: 0 }

/** @param version undefined: nothing is known of the key any more */
export const versionEntries = (
  type: EntityType,
  key: string,
  version: Version | undefined,
): readonly StoreEntry[] => [
  [versionKey(type, key), version],
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
