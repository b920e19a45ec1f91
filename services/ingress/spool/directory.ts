/**
 * Who owns which folder of SPOOL_DIR. Instances may share it: each claims a folder of its own, and what an instance
 * that is gone has left is taken over by one that runs.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type ClaimedFolder, claimFirstFolder, claimFolder } from '../../platform/process/claimed-folder.ts'

export interface SpoolDirectory extends Omit<ClaimedFolder, 'remove'> {
  /** Folders whose instance is gone, each ours until it is left or removed. */
  readonly orphans: () => readonly ClaimedFolder[]
}

const NAME = 'ingress'
const FOLDER = /^ingress-\d+$/

/** @throws ConfigError when the folder cannot be locked. */
export function claimSpoolDirectory(root: string): SpoolDirectory {
  const own = claimFirstFolder(root, NAME)
  return {
    path: own.path,
    touch: own.touch,
    leave: own.leave,
    orphans: () =>
      readdirSync(root)
        .filter(name => FOLDER.test(name) && join(root, name) !== own.path)
        .map(name => claimFolder(join(root, name)))
        .filter(folder => folder !== null),
  }
}
