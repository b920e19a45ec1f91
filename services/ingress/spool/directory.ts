/**
 * Who owns which folder of SPOOL_DIR. Instances may share it: each claims a folder of its own, and what an instance
 * that is gone has left is taken over by one that runs.
 */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

export interface SpoolDirectory {
  readonly path: string
  /** Shows to instances on other machines that this one lives. @throws when another one has taken the folder over. */
  readonly touch: () => void
  /** Folders whose instance is gone, each claimed for us until `give` is called. */
  readonly orphans: () => readonly Orphan[]
  readonly leave: () => void
}

export interface Orphan {
  readonly path: string
  /** Nothing is left in it. */
  readonly remove: () => void
}

const OWNER = 'owner'
const FOLDER = /^ingress-(\d+)$/

/** A process elsewhere cannot be asked whether it lives; one that has not shown itself for so long does not. */
export const OWNER_SILENT_MAX_MS = 60_000
export const OWNER_TOUCH_MS = 10_000

export function claimSpoolDirectory(root: string): SpoolDirectory {
  mkdirSync(root, { recursive: true, mode: 0o700 })
  const path = claimFirst(root, 0)
  const owner = join(path, OWNER)
  return {
    path,
    touch() {
      if (readOwner(owner) !== OURS) throw new Error(`${path} was taken over by another instance`)
      const now = Date.now() / 1000
      utimesSync(owner, now, now)
    },
    orphans: () =>
      readdirSync(root)
        .filter(name => FOLDER.test(name) && join(root, name) !== path)
        .map(name => join(root, name))
        .filter(tryClaim)
        .map(orphan => ({
          path: orphan,
          remove() {
            rmSync(orphan, { recursive: true, force: true })
            held.delete(orphan)
          },
        })),
    leave: () => release(path),
  }
}

function claimFirst(root: string, slot: number): string {
  const path = join(root, `ingress-${slot}`)
  mkdirSync(path, { recursive: true, mode: 0o700 })
  return tryClaim(path) ? path : claimFirst(root, slot + 1)
}

/** A machine's name and a process of it. */
const OURS = `${hostname()} ${process.pid}`

/** Folders of this process: its own number says nothing about them. */
const held = new Set<string>()

function tryClaim(path: string): boolean {
  const owner = join(path, OWNER)
  const seen = readOwner(owner)
  if (held.has(path) || !isGone(owner, seen)) return false
  try {
    if (seen !== null) removeOwner(owner, seen)
    // Exclusive: of two processes that find the folder at the same time, one gets it.
    writeFileSync(owner, OURS, { flag: 'wx', mode: 0o600 })
  } catch {
    return false
  }
  held.add(path)
  return true
}

/** @throws when another process has become the owner since we looked. */
function removeOwner(owner: string, seen: string): void {
  const aside = `${owner}.${process.pid}`
  renameSync(owner, aside)
  const isSame = readOwner(aside) === seen
  if (!isSame) renameSync(aside, owner)
  rmSync(aside, { force: true })
  if (!isSame) throw new Error('claimed by another process')
}

function release(path: string): void {
  held.delete(path)
  rmSync(join(path, OWNER), { force: true })
}

function isGone(owner: string, seen: string | null): boolean {
  if (seen === null) return true
  const silentMs = Date.now() - modifiedAtMs(owner)
  const [host, pid] = seen.split(' ')
  // A file without content is being written, or its writer was killed at that moment.
  if (pid === undefined || host !== hostname()) return silentMs > OWNER_SILENT_MAX_MS
  return !isAlive(Number(pid))
}

/** Signal 0 asks without sending anything. */
function isAlive(pid: number): boolean {
  // Our own number is that of an earlier process: the first one of a container always has the same.
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function readOwner(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

function modifiedAtMs(path: string): number {
  try {
    return statSync(path).mtimeMs
  } catch {
    return 0
  }
}
