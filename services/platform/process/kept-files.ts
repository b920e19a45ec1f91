/**
 * What is made of files, and made anew when one of them changes: secrets, certificates, tenants. A faulty file changes
 * nothing: what was made of the last good one stays in force, and the fault is said until it is mended (decision 0051).
 */
import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { codeOf } from './log-events.ts'

/** What each file held, as a digest; null for one that cannot be read. */
type Contents = Map<string, string | null>

/** Of the making under way, which never waits. */
let reading: Contents | null = null

/** The text of a file that is configured. Whoever keeps what is made of it has it made anew when the file changes. */
export function readConfigured(path: string): string {
  try {
    const text = readFileSync(path, 'utf8')
    reading?.set(path, hash('sha256', text))
    return text
  } catch (error) {
    reading?.set(path, null)
    throw error
  }
}

/**
 * Makes something of files, at once, and answers with what it is by now.
 * @throws what `make` throws the first time
 */
export type Keep = <T>(what: string, make: () => T) => () => T

/** For whoever ends soon. */
export const keepOnce: Keep = (_what, make) => {
  const made = make()
  return () => made
}

export interface KeptFiles {
  readonly keep: Keep
  /** Told whenever something was made anew. */
  readonly onChange: (listener: () => void) => void
  /** Sentences by what could not be made anew. */
  readonly faults: () => ReadonlyMap<string, string>
  /** Looks at every file now. */
  readonly look: () => void
}

export interface KeptFilesPorts {
  readonly onFault: (what: string, fault: string) => void
  readonly onRead: (what: string) => void
}

export function createKeptFiles({ onFault, onRead }: KeptFilesPorts): KeptFiles {
  const looks: (() => boolean)[] = []
  const listeners: (() => void)[] = []
  const faults = new Map<string, string>()
  return {
    keep(what, make) {
      let { value, contents } = whileRecording(make)
      looks.push(() => {
        if (!haveChanged(contents)) return false
        const read: Contents = new Map()
        try {
          value = recordingIn(read, make)
          contents = read
        } catch (error) {
          // What was not reached this time is still looked at.
          contents = new Map([...contents, ...read])
          const fault = isForPeople(error) ? error.message : codeOf(error)
          if (faults.get(what) !== fault) onFault(what, fault)
          faults.set(what, fault)
          return false
        }
        faults.delete(what)
        onRead(what)
        return true
      })
      return () => value
    },
    onChange: listener => void listeners.push(listener),
    faults: () => faults,
    look() {
      const changes = looks.filter(look => look())
      if (changes.length > 0) for (const listener of listeners) listener()
    },
  }
}

function whileRecording<T>(make: () => T): { value: T; contents: Contents } {
  const contents: Contents = new Map()
  return { value: recordingIn(contents, make), contents }
}

function recordingIn<T>(contents: Contents, make: () => T): T {
  const before = reading
  reading = contents
  try {
    return make()
  } finally {
    reading = before
    // What is made within something else is made of its files, too.
    for (const [path, content] of contents) before?.set(path, content)
  }
}

const haveChanged = (contents: Contents): boolean => {
  const now: Contents = new Map()
  return [...contents].some(([path, content]) => {
    try {
      recordingIn(now, () => readConfigured(path))
    } catch {
      // Recorded as one that cannot be read.
    }
    return now.get(path) !== content
  })
}

/** A `ConfigError`, whose module reads files through this one. */
const isForPeople = (error: unknown): error is Error => error instanceof Error && error.name === 'ConfigError'
