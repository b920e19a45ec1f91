/** All that the store keeps of one key. */
import type { CanonicalRecord } from '../core/canonical.ts'
import type { EntityType } from '../core/identity.ts'
import type { StoreEntry } from '../platform/partitions/processor.ts'
import { type HostsOf, pendingEntries } from './files/wanted-files.ts'
import { heldEntries } from './held.ts'
import { versionEntries } from './known-versions.ts'
import type { Version } from './version-of.ts'

export interface Kept {
  readonly canonical: CanonicalRecord
  readonly version: Version
}

/**
 * What becomes of the entries of a key.
 * @param kept null when the key is forgotten
 * @param isKnown whether the store knows a version of the key. Where it knows none there is nothing to remove: most keys
 *   are new, and what is removed costs as much as what is written
 */
export function keptEntries(
  { type, key }: { readonly type: EntityType; readonly key: string },
  kept: Kept | null,
  isKnown: boolean,
  hostsOf: HostsOf,
): readonly StoreEntry[] {
  const canonical = kept?.canonical ?? null
  const candidate = canonical?.type === 'candidate' ? canonical.record : null
  const entries = [
    ...versionEntries(type, key, kept?.version),
    ...heldEntries(type, key, canonical),
    ...(type === 'candidate' ? pendingEntries(key, candidate, hostsOf) : []),
  ]
  return isKnown ? entries : entries.filter(([, value]) => value !== undefined)
}
