/**
 * Where an instance keeps its state cache. Two instances may share STATE_DIR: each claims the first slot that no
 * living process holds, so that a restarted instance finds its warm state again.
 */
import { randomUUID } from 'node:crypto'
import {
  linkSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
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
  return own(path) || takeOver(path) ? path : claim(root, name, slot + 1)
}

/** Of several that start at the same time, one gets the slot; the name appears together with what it says. */
function own(path: string): boolean {
  const mine = join(path, `${OWNER}.${randomUUID()}`)
  writeFileSync(mine, String(process.pid))
  try {
    linkSync(mine, join(path, OWNER))
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    rmSync(mine)
  }
}

/** From a dead holder. Guarded, or the second of two that found it dead would throw out the first. */
function takeOver(path: string): boolean {
  const owner = join(path, OWNER)
  if (isAlive(Number(readOwner(owner)))) return false
  const guard = join(path, 'taking-over')
  try {
    mkdirSync(guard)
  } catch {
    return false
  }
  try {
    if (isAlive(Number(readOwner(owner)))) return false
    rmSync(owner, { force: true })
    return own(path)
  } finally {
    rmdirSync(guard)
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
  } catch (error) {
    // Of another user, but there.
    return codeOf(error) === 'EPERM'
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

const codeOf = (error: unknown): unknown => (error instanceof Error ? Reflect.get(error, 'code') : undefined)
