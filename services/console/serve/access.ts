/** Who may look: this machine, and whoever presents the token. */
import { timingSafeEqual } from 'node:crypto'
import { sha256Hex } from '../../core/identity.ts'

/** What is known of a request before anything of it is believed. */
export interface Visitor {
  readonly remoteAddress: string | undefined
  readonly host: string
  readonly authorization: string
  readonly cookie: string
  /** A proxy on this machine speaks for somebody else. */
  readonly isForwarded: boolean
}

export const SESSION_COOKIE = 'atsflow_console'
const SESSION_SECONDS = 12 * 3600

export interface Access {
  readonly allows: (visitor: Visitor) => boolean
  readonly isToken: (given: string) => boolean
  /** The `Set-Cookie` of a visitor who gave the token. */
  readonly sessionCookie: (isSecure: boolean) => string
}

/** @param token null: only this machine may look */
export function createAccess(token: string | null): Access {
  // The cookie is not the token, so that a stolen one opens nothing else.
  const session = token === null ? null : sha256Hex(`console session ${token}`)
  return {
    allows: visitor =>
      isFromHere(visitor) ||
      (token !== null && isSame(bearerOf(visitor.authorization), token)) ||
      (session !== null && isSame(sessionOf(visitor.cookie), session)),
    isToken: given => token !== null && isSame(given, token),
    sessionCookie: isSecure =>
      `${SESSION_COOKIE}=${session ?? ''}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${SESSION_SECONDS}${isSecure ? '; Secure' : ''}`,
  }
}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])
const LOCAL_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/** A page elsewhere can make a browser on this machine ask under a foreign name: only our own names count. */
function isFromHere({ remoteAddress, host, isForwarded }: Visitor): boolean {
  const name = host.toLowerCase().replace(/:\d+$/, '')
  return !isForwarded && LOOPBACK.has(remoteAddress ?? '') && LOCAL_NAMES.has(name)
}

const bearerOf = (authorization: string): string => /^bearer (.+)$/i.exec(authorization)?.[1]?.trim() ?? ''

const sessionOf = (cookie: string): string =>
  cookie
    .split(';')
    .map(part => part.trim().split('='))
    .find(([name]) => name === SESSION_COOKIE)?.[1] ?? ''

/** Compares digests: equal lengths, equal time. */
const isSame = (given: string, expected: string): boolean =>
  timingSafeEqual(Buffer.from(sha256Hex(given)), Buffer.from(sha256Hex(expected)))
