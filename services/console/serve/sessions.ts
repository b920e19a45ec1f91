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
const ID_BYTES = 32

export interface Sessions {
  /** The id of a new session. */
  readonly open: (user: User) => string
  /** Null for an id that was never given, and for a session that is over. */
  readonly userOf: (id: string) => User | null
  readonly close: (id: string) => void
  readonly closeAll: () => void
}

interface Session {
  readonly user: User
  readonly openedMs: number
  readonly usedMs: number
}

export function createSessions(nowMs: () => number): Sessions {
  // By digest: finding one takes as long for an id that is nearly right.
  const sessions = new Map<string, Session>()
  return {
    open(user) {
      const id = randomBytes(ID_BYTES).toString('base64url')
      const at = nowMs()
      for (const [known, session] of sessions) if (isOver(session, at)) sessions.delete(known)
      const [oldest] = sessions.keys()
      if (sessions.size >= SESSIONS_MAX && oldest !== undefined) sessions.delete(oldest)
      sessions.set(sha256Hex(id), { user, openedMs: at, usedMs: at })
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
    close: id => void sessions.delete(sha256Hex(id)),
    closeAll: () => sessions.clear(),
  }
}

const isOver = ({ openedMs, usedMs }: Session, at: number): boolean =>
  at >= openedMs + SESSION_MS || at >= usedMs + IDLE_MS
