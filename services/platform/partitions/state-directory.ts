/**
 * Where an instance keeps its state cache. Instances may share STATE_DIR: each claims the first folder that nobody
 * holds, so that a restarted instance finds its warm state again.
 */
import { rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { claimFirstFolder, HOLDER_TOUCH_MS } from '../process/claimed-folder.ts'
import { STATE_FORMAT } from '../process/version.ts'

export interface StateDirectory {
  readonly path: string
  /** How long to wait before joining the group: 0 unless the last holder may still count as a member. */
  readonly rejoinWaitMs: number
  /** The coordinator has confirmed the membership just now. */
  readonly touch: () => void
  /** The group was left cleanly: whoever comes next need not wait. */
  readonly leave: () => void
}

const MEMBER = 'member'

/**
 * @param sessionTimeoutMs a member that did not leave keeps its partitions this long, and whoever joins at once makes
 *   every other member wait for it too
 * @throws ConfigError when the folder cannot be locked.
 */
export function claimStateDirectory(
  root: string,
  name: string,
  sessionTimeoutMs: number,
  nowMs: number,
): StateDirectory {
  const folder = claimFirstFolder(root, `${name}-${STATE_FORMAT}`)
  const member = join(folder.path, MEMBER)
  const lastSeenMs = modifiedAt(member)
  const remainingMs = lastSeenMs === null ? 0 : lastSeenMs + sessionTimeoutMs + 1_000 - nowMs
  // Whoever lost the folder ends: nobody catches what this throws.
  const holding = setInterval(folder.touch, HOLDER_TOUCH_MS).unref()
  return {
    path: folder.path,
    rejoinWaitMs: Math.max(0, Math.min(remainingMs, sessionTimeoutMs + 1_000)),
    touch: () => touch(member),
    leave: () => {
      clearInterval(holding)
      rmSync(member, { force: true })
      folder.leave()
    },
  }
}

function touch(path: string): void {
  const now = Date.now() / 1000
  try {
    utimesSync(path, now, now)
  } catch {
    writeFileSync(path, '')
  }
}

function modifiedAt(path: string): number | null {
  try {
    return statSync(path).mtimeMs
  } catch {
    return null
  }
}
