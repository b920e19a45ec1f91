/** What follows from a record beside what is published: plain values. */
import type { EntityType } from '../core/identity.ts'
import type { FileResults } from './files/wanted-files.ts'

export type Internal =
  /** A deleted key whose marker has been there for long enough. */
  | { readonly do: 'entomb'; readonly type: EntityType; readonly key: string }
  /** What was kept until its company had a tenant. */
  | { readonly do: 'move'; readonly type: EntityType; readonly key: string }
  /** What became of files of a candidate. */
  | { readonly do: 'record-files'; readonly key: string; readonly results: FileResults }

export type Effect =
  /**
   * Files of a deleted entity, put before this time. Done again at every start while the marker stands, so that no crash
   * keeps them.
   */
  | { readonly do: 'erase-blobs'; readonly key: string; readonly storedBeforeMs: number }
  /** Files that nothing refers to. */
  | { readonly do: 'drop-blobs'; readonly uris: readonly string[] }
  /** Files that a candidate's record refers to. Begun again at every start while they are wanted. */
  | { readonly do: 'fetch-files'; readonly key: string }
