/** Who has signed in. A session is a random id that only this process knows: it ends here, whatever a browser keeps. */
import { randomBytes } from 'node:crypto'
import { sha256Hex } from '../../core/identity.ts'
import type { User } from './user.ts'

/** However busy: a day's work. */
export const SESSION_MS = 12 * 3_600_000
/** Without a request. A page that is being looked at asks every few seconds. */
export const IDLE_MS = 3_600_000
/** The oldest one ends when there are more. */
export const SESSIONS_MAX = 1_000
/** Who has proved themselves within it may end sessions of theirs: nobody who finds a browser left open. */
export const PROVED_MS = 300_000
const ID_BYTES = 32

/** A session as its owner is shown it. */
export interface Shown {
  /** Tells it from others, and opens nothing. */
  readonly handle: string
  readonly address: string
  readonly openedMs: number
  readonly usedMs: number
  readonly isThis: boolean
}

export interface Sessions {
  /** The id of a new session. @param provedMs when its owner has proved themselves; null where nobody says */
  readonly open: (user: User, address: string, provedMs?: number | null) => string
  /** Null for an id that was never given, and for a session that is over. */
  readonly userOf: (id: string) => User | null
  /** All of the same person, the oldest first; none for an id of no session. */
  readonly ofSame: (id: string) => readonly Shown[]
  /** Whether the owner of the session has proved themselves just now. */
  readonly isProved: (id: string) => boolean
  /** Ends those of the same person that have one of these handles. */
  readonly closeOfSame: (id: string, handles: readonly string[]) => void
  readonly close: (id: string) => void
  /** Tells the session from all others, and opens nothing; empty for an id of no session. */
  readonly markOf: (id: string) => string
  /** Ends the one that has this mark. */
  readonly closeMarked: (mark: string) => void
  readonly closeAll: () => void
}

interface Session {
  readonly user: User
  readonly address: string
  readonly openedMs: number
  readonly usedMs: number
  readonly provedMs: number | null
}

const HANDLE_CHARACTERS = 16
const handleOf = (key: string): string => key.slice(0, HANDLE_CHARACTERS)

export function createSessions(nowMs: () => number): Sessions {
  // By digest: finding one takes as long for an id that is nearly right.
  const sessions = new Map<string, Session>()
  const known = (id: string): Session | undefined => {
    const session = sessions.get(sha256Hex(id))
    return session === undefined || isOver(session, nowMs()) ? undefined : session
  }
  const ofSame = (id: string) => {
    const mine = known(id)
    return [...sessions].filter(
      ([, session]) => mine !== undefined && isSame(session.user, mine.user) && !isOver(session, nowMs()),
    )
  }
  return {
    open(user, address, provedMs = nowMs()) {
      const id = randomBytes(ID_BYTES).toString('base64url')
      const at = nowMs()
      for (const [key, session] of sessions) if (isOver(session, at)) sessions.delete(key)
      const [oldest] = sessions.keys()
      if (sessions.size >= SESSIONS_MAX && oldest !== undefined) sessions.delete(oldest)
      sessions.set(sha256Hex(id), { user, address, openedMs: at, usedMs: at, provedMs })
      return id
    },
    userOf(id) {
      const key = sha256Hex(id)
      const session = sessions.get(key)
      const at = nowMs()
      if (session === undefined || isOver(session, at)) {
        sessions.delete(key)
        return null
      }
      sessions.set(key, { ...session, usedMs: at })
      return session.user
    },
    ofSame: id =>
      ofSame(id)
        .toSorted(([, left], [, right]) => left.openedMs - right.openedMs)
        .map(([key, { address, openedMs, usedMs }]) => ({
          ...{ handle: handleOf(key), address, openedMs, usedMs },
          isThis: key === sha256Hex(id),
        })),
    isProved(id) {
      const provedMs = known(id)?.provedMs ?? null
      return provedMs !== null && nowMs() < provedMs + PROVED_MS
    },
    closeOfSame(id, handles) {
      for (const [key] of ofSame(id)) if (handles.includes(handleOf(key))) sessions.delete(key)
    },
    close: id => void sessions.delete(sha256Hex(id)),
    markOf: id => (known(id) === undefined ? '' : sha256Hex(id)),
    closeMarked: mark => void sessions.delete(mark),
    closeAll: () => sessions.clear(),
  }
}

/** Somebody may be called as the token is. */
const isSame = (one: User, other: User): boolean =>
  one.name === other.name && (one.by === 'token') === (other.by === 'token')

const isOver = ({ openedMs, usedMs }: Session, at: number): boolean =>
  at >= openedMs + SESSION_MS || at >= usedMs + IDLE_MS
