/** Who may look: whoever proves to be somebody, or, where nobody can prove anything, this machine. */
import { timingSafeEqual } from 'node:crypto'
import { sha256Hex } from '../../core/identity.ts'
import { SESSION_MS, type Sessions } from './sessions.ts'
import type { Throttle } from './throttle.ts'
import type { User } from './user.ts'

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
  readonly signIn: (visitor: Visitor, secret: string) => Proof
  /** The `Set-Cookie` of a new session. */
  readonly sessionCookie: (visitor: Visitor, user: User) => string
  /** Ends the session; the `Set-Cookie` that has the browser forget it. */
  readonly signOut: (visitor: Visitor) => string
}

export interface AccessPorts {
  /** Null: nobody can prove anything, and only this machine may look. */
  readonly token: string | null
  readonly sessions: Sessions
  readonly throttle: Throttle
  /** Told of everything wrong that is presented. */
  readonly onRefused: (address: string) => void
}

/** Whoever has the token, or sits at this machine where there is none. */
const OPERATOR: User = { name: 'operator' }
const NOBODY: Proof = { type: 'nobody' }

export function createAccess({ token, sessions, throttle, onRefused }: AccessPorts): Access {
  /** Tries are counted for everything that a stranger could guess; a session's id is too long for that. */
  const tried = (address: string, find: () => User | null): Proof => {
    const waitMs = throttle.take(address)
    if (waitMs > 0) return { type: 'throttled', waitMs }
    const user = find()
    if (user === null) {
      onRefused(address)
      return { type: 'refused' }
    }
    throttle.giveBack(address)
    return { type: 'user', user }
  }
  const byToken = (given: string) => (token !== null && isSame(given, token) ? OPERATOR : null)
  return {
    prove(visitor) {
      if (token === null) return isFromHere(visitor) ? { type: 'user', user: OPERATOR } : NOBODY
      const session = sessions.userOf(sessionOf(visitor))
      if (session !== null) return { type: 'user', user: session }
      const { authorization, address } = visitor
      return authorization === '' ? NOBODY : tried(address, () => byToken(bearerOf(authorization)))
    },
    signIn: ({ address }, secret) => tried(address, () => byToken(secret)),
    sessionCookie: (visitor, user) => cookie(visitor, sessions.open(user), Math.floor(SESSION_MS / 1000)),
    signOut(visitor) {
      sessions.close(sessionOf(visitor))
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
