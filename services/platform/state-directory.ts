/**
 * Where an instance keeps its state cache. Two instances may share STATE_DIR: each claims the first slot that no
 * living process holds, so that a restarted instance finds its warm state again.
 */
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface StateDirectory {
  readonly path: string
  /** How long to wait before joining the group: 0 unless the last holder may still count as a member. */
  readonly rejoinWaitMs: number
  /** The coordinator has confirmed the membership just now. */
  readonly touch: () => void
  /** The group was left cleanly: whoever comes next need not wait. */
  readonly leave: () => void
}

const OWNER = 'owner.pid'
const MEMBER = 'member'

/**
 * @param sessionTimeoutMs a member that did not leave keeps its partitions this long, and whoever joins at once makes
 *   every other member wait for it too
 */
export function claimStateDirectory(
  root: string,
  name: string,
  sessionTimeoutMs: number,
  nowMs: number,
): StateDirectory {
  const path = claim(root, name, 0)
  const member = join(path, MEMBER)
  const lastSeenMs = modifiedAt(member)
  const remainingMs = lastSeenMs === null ? 0 : lastSeenMs + sessionTimeoutMs + 1_000 - nowMs
  return {
    path,
    rejoinWaitMs: Math.max(0, Math.min(remainingMs, sessionTimeoutMs + 1_000)),
    touch: () => touch(member),
    leave: () => {
      rmSync(member, { force: true })
      rmSync(join(path, OWNER), { force: true })
    },
  }
}

function claim(root: string, name: string, slot: number): string {
  const path = join(root, `${name}-${slot}`)
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const owner = join(path, OWNER)
  try {
    // Exclusive: of two processes that start at the same time, one gets the slot.
    writeFileSync(owner, String(process.pid), { flag: 'wx' })
    return path
  } catch {
    if (isAlive(Number(readOwner(owner)))) return claim(root, name, slot + 1)
    rmSync(owner, { force: true })
    return claim(root, name, slot)
  }
}

function readOwner(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Signal 0 asks without sending anything. Our own pid is an earlier process of a container's first pid. */
function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
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
