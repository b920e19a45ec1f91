/** Whether a process could write to a folder: nothing is made or written. */
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

export interface DirectoryProbe {
  readonly path: string
  /** The folder, or the nearest one above it that is there: the process makes the rest. */
  readonly found: string
  readonly isDirectory: boolean
  readonly isWritable: boolean
  readonly freeBytes: number
}

export function probeDirectory(directory: string): DirectoryProbe {
  const path = resolve(directory)
  let found = path
  while (!existsSync(found)) found = dirname(found)
  const { bavail, bsize } = statfsSync(found)
  return {
    path,
    found,
    isDirectory: statSync(found).isDirectory(),
    isWritable: mayWrite(found),
    freeBytes: bavail * bsize,
  }
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}
