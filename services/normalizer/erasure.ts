/** What follows from a deletion, later: plain values. */
import type { EntityType } from '../core/identity.ts'

/** A deleted key whose marker has been there for long enough. */
export interface Internal {
  readonly type: EntityType
  readonly key: string
}
/** Files of a deleted entity. Done again at every start while the marker stands, so that no crash keeps them. */
export interface Effect {
  readonly eraseBlobsOf: string
}
