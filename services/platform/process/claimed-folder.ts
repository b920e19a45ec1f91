/**
 * Folders with one user at a time, among all processes that see them: of this machine, in other containers of it, and of
 * other machines that share the volume.
 *
 * A lock of the operating system decides. It ends with its holder, however that ends, and lasts while its holder stands
 * still; a process number means nothing in another container, and a lease that must be renewed passes to somebody else
 * while its holder is merely slow. Node has no call for such a lock: SQLite, a part of Node, holds one for a transaction.
 *
 * Some volumes lock for each machine by itself. So a folder counts as held, too, until the other machine that was last
 * seen in it has been silent for a minute.
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ConfigError } from './config.ts'

export interface ClaimedFolder {
  readonly path: string
  /** Shows other machines that its holder lives. @throws when one of them has taken the folder over. */
  readonly touch: () => void
  /** Done once; after that it does nothing, as `remove`. */
  readonly leave: () => void
  /** Leaves nothing of it but the file of its lock. */
  readonly remove: () => void
}

/** How often to touch a folder that is in use. */
export const HOLDER_TOUCH_MS = 10_000
export const HOLDER_SILENT_MAX_MS = 60_000

const HOLDER = 'owner'
const SQLITE_BUSY = 5

/** @throws ConfigError when the volume knows no locks, or may not be written to. */
export function claimFirstFolder(root: string, name: string, slot = 0): ClaimedFolder {
  return claimFolder(join(root, `${name}-${slot}`)) ?? claimFirstFolder(root, name, slot + 1)
}

/**
 * Null when somebody else holds the folder. It is made when it is missing.
 * @throws ConfigError when the volume knows no locks, or may not be written to.
 */
export function claimFolder(path: string): ClaimedFolder | null {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const lock = tryLock(path)
  if (lock === null) return null
  const file = join(path, HOLDER)
  if (isHeldElsewhere(file)) {
    lock.close()
    return null
  }
  const us = `${hostname()} ${process.pid} ${MACHINE} ${randomUUID()}`
  writeFileSync(file, us, { mode: 0o600 })
  return {
    path,
    touch() {
      if (readHolder(file) !== us) throw new Error(`${path} was taken over by another machine`)
      const now = Date.now() / 1000
      utimesSync(file, now, now)
    },
    leave: () => release(lock, file),
    remove: () => release(lock, path),
  }
}

/** Once: what lies there later is somebody else's. */
function release(lock: DatabaseSync, path: string): void {
  if (!lock.isOpen) return
  rmSync(path, { recursive: true, force: true })
  lock.close()
}

/** Beside the folder and never removed: whoever opened a file that is then removed would lock nothing. */
function tryLock(path: string): DatabaseSync | null {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(resolve(`${path}.lock`), { timeout: 0 })
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database?.close()
    if (Reflect.get(Object(error), 'errcode') === SQLITE_BUSY) return null
    const said = error instanceof Error ? error.message : String(error)
    throw new ConfigError(`${path} cannot be locked (${said}): use a volume that has file locks`)
  }
}

/** By its running kernel, which containers share; where that has no number, by its name. */
const MACHINE = bootNumber() ?? hostname()

function bootNumber(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return null
  }
}

/** Asked of a folder that we have the lock of: whoever is on this machine does not hold it any more. */
function isHeldElsewhere(file: string): boolean {
  const holder = readHolder(file)
  if (holder === null) return false
  const [host, , machine] = holder.split(' ')
  // Of the same name, and started anew since.
  const isOurs = machine === MACHINE || (machine !== undefined && host === hostname())
  return !isOurs && Date.now() - modifiedAtMs(file) <= HOLDER_SILENT_MAX_MS
}

function readHolder(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

function modifiedAtMs(file: string): number {
  try {
    return statSync(file).mtimeMs
  } catch {
    return 0
  }
}
