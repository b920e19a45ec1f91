/** Who may look: whoever proves to be somebody, or, where nobody can prove anything, this machine. */
import { timingSafeEqual } from 'node:crypto'
import { sha256Hex } from '../../core/identity.ts'
import { SESSION_MS, type Sessions, type Shown } from './sessions.ts'
import type { Throttle } from './throttle.ts'
import type { User } from './user.ts'
import type { Users } from './users.ts'

/** What is known of a request before anything of it is believed. */
export interface Visitor {
  /** Of the socket. */
  readonly remoteAddress: string
  /** Who asks, as far as trusted proxies say. */
  readonly address: string
  /** The browser came by TLS, be it to a proxy. */
  readonly isSecure: boolean
  readonly host: string
  readonly authorization: string
  readonly cookie: string
  /** A proxy on this machine speaks for somebody else. */
  readonly isForwarded: boolean
}

export type Proof =
  | { readonly type: 'user'; readonly user: User }
  /** Nothing was presented, or a session that is over. */
  | { readonly type: 'nobody' }
  /** Something wrong was presented. */
  | { readonly type: 'refused' }
  /** Too much that was wrong came from there: nothing is looked at until then. */
  | { readonly type: 'throttled'; readonly waitMs: number }

export interface Access {
  readonly prove: (visitor: Visitor) => Proof
  /** @param name empty: the secret is the token */
  readonly signIn: (visitor: Visitor, name: string, secret: string) => Promise<Proof>
  /**
   * For a way in by what somebody else says, who is asked no more often than somebody may try: takes one try of the
   * visitor's address, and is null when there was one.
   */
  readonly takeTry: (visitor: Visitor) => Exclude<Proof, { type: 'user' }> | null
  /** What comes of it. @param user null: they vouch for nobody who may come in */
  readonly proofOf: (visitor: Visitor, user: User | null) => Proof
  /** The `Set-Cookie` of a new session, which takes the place of the one that the browser has. */
  readonly sessionCookie: (visitor: Visitor, user: User, by?: ProvedElsewhere) => string
  /** What is taken along where the cookie of the session does not come: tells it from others, and opens nothing. */
  readonly markOf: (visitor: Visitor) => string
  /** Those of whoever visits; none for who came in without one. */
  readonly sessionsOf: (visitor: Visitor) => readonly Shown[]
  /** Ends some of them. False, and nothing is done, when it is too long ago that the visitor has proved themselves. */
  readonly endSessions: (visitor: Visitor, handles: readonly string[]) => boolean
  /** Ends the session; the `Set-Cookie` that has the browser forget it. */
  readonly signOut: (visitor: Visitor) => string
}

/** Somebody comes back from where they have proved themselves. */
export interface ProvedElsewhere {
  /** When they did; null where nobody says. */
  readonly provedMs: number | null
  /** Mark of the session that the browser had when it left; empty: none. */
  readonly former: string
}

export type SessionEvent = 'signed_in' | 'signed_out' | 'sessions_ended'

export interface AccessPorts {
  /** As it is by then. Both null: nobody can prove anything, and only this machine may look. */
  readonly token: string | null
  readonly users: Users | null
  readonly sessions: Sessions
  readonly throttle: Throttle
  /** Told of everything wrong that is presented. */
  readonly onRefused: (address: string) => void
  /** Told of everybody who comes in by a session, of who leaves it, and of who ends others of theirs. */
  readonly onSession: (what: SessionEvent, address: string, user: User) => void
}

const ALL = { role: 'operator', tenants: null } as const
const TOKEN_USER: User = { name: 'CONSOLE_TOKEN', ...ALL, by: 'token' }
const MACHINE_USER: User = { name: 'this machine', ...ALL, by: 'machine' }
/** Somebody who has not been looked at yet comes again. */
const BUSY_MS = 2_000
const NOBODY: Proof = { type: 'nobody' }

export function createAccess(ports: AccessPorts): Access {
  const { users, sessions, throttle, onRefused, onSession } = ports
  /** Tries are counted for everything that a stranger could guess; a session's id is too long for that. */
  const mayTry = (address: string): Exclude<Proof, { type: 'user' }> | null => {
    const waitMs = throttle.take(address)
    return waitMs > 0 ? { type: 'throttled', waitMs } : null
  }
  const answer = (address: string, user: User | null): Proof => {
    if (user === null) {
      onRefused(address)
      return { type: 'refused' }
    }
    throttle.giveBack(address)
    return { type: 'user', user }
  }
  const byToken = (given: string) => (ports.token !== null && isSame(given, ports.token) ? TOKEN_USER : null)
  return {
    prove(visitor) {
      if (ports.token === null && users === null)
        return isFromHere(visitor) ? { type: 'user', user: MACHINE_USER } : NOBODY
      const session = sessions.userOf(sessionOf(visitor))
      if (session !== null) return { type: 'user', user: session }
      const { authorization, address } = visitor
      if (authorization === '') return NOBODY
      return mayTry(address) ?? answer(address, byToken(bearerOf(authorization)))
    },
    async signIn({ address }, name, secret) {
      const throttled = mayTry(address)
      if (throttled !== null) return throttled
      const user = name === '' ? byToken(secret) : ((await users?.bySecret(name, secret)) ?? null)
      if (user !== 'busy') return answer(address, user)
      throttle.giveBack(address)
      return { type: 'throttled', waitMs: BUSY_MS }
    },
    takeTry: ({ address }) => mayTry(address),
    proofOf: ({ address }, user) => answer(address, user),
    sessionCookie(visitor, user, by) {
      sessions.close(sessionOf(visitor))
      if (by !== undefined) sessions.closeMarked(by.former)
      onSession('signed_in', visitor.address, user)
      const id = sessions.open(user, visitor.address, by?.provedMs)
      return cookie(visitor, id, Math.floor(SESSION_MS / 1000))
    },
    markOf: visitor => sessions.markOf(sessionOf(visitor)),
    sessionsOf: visitor => sessions.ofSame(sessionOf(visitor)),
    endSessions(visitor, handles) {
      const id = sessionOf(visitor)
      const user = sessions.userOf(id)
      if (user === null || !sessions.isProved(id)) return false
      sessions.closeOfSame(id, handles)
      onSession('sessions_ended', visitor.address, user)
      return true
    },
    signOut(visitor) {
      const id = sessionOf(visitor)
      const user = sessions.userOf(id)
      if (user !== null) onSession('signed_out', visitor.address, user)
      sessions.close(id)
      return cookie(visitor, '', 0)
    },
  }
}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])
const LOCAL_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/** A page elsewhere can make a browser on this machine ask under a foreign name: only our own names count. */
function isFromHere({ remoteAddress, host, isForwarded }: Visitor): boolean {
  const name = host.toLowerCase().replace(/:\d+$/, '')
  return !isForwarded && LOOPBACK.has(remoteAddress) && LOCAL_NAMES.has(name)
}

const bearerOf = (authorization: string): string => /^bearer (.+)$/i.exec(authorization)?.[1]?.trim() ?? ''

/** Behind TLS a name that no page elsewhere on the domain, and none without TLS, can set. */
const cookieName = ({ isSecure }: Visitor): string => `${isSecure ? '__Host-' : ''}atsflow_console`

const cookie = (visitor: Visitor, value: string, seconds: number): string =>
  `${cookieName(visitor)}=${value}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${seconds}${visitor.isSecure ? '; Secure' : ''}`

const sessionOf = (visitor: Visitor): string =>
  visitor.cookie
    .split(';')
    .map(part => part.trim().split('='))
    .find(([name]) => name === cookieName(visitor))?.[1] ?? ''

/** Compares digests: equal lengths, equal time. */
const isSame = (given: string, expected: string): boolean =>
  timingSafeEqual(Buffer.from(sha256Hex(given)), Buffer.from(sha256Hex(expected)))
