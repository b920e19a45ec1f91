import { hash, timingSafeEqual } from 'node:crypto'

/** How a credential was presented; stored with every event (`atsflow-auth`). */
export type AuthMethod = 'bearer' | 'basic' | 'hook-token' | 'path-token'

/** What a request shows; undefined where it shows nothing. */
export interface Presented {
  readonly authorization: string | undefined
  readonly hookToken: string | undefined
  readonly pathToken: string | undefined
}

/**
 * Which presented credential is one of the secrets, or null. Every credential is compared with every secret, over
 * digests of equal length, so that the time taken tells nothing.
 */
export function authenticate(presented: Presented, secrets: readonly string[]): AuthMethod | null {
  let proven: AuthMethod | null = null
  const wanted = digestsOf(secrets)
  for (const { method, credential } of credentialsOf(presented)) {
    const shown = digest(credential)
    for (const secret of wanted) if (timingSafeEqual(shown, secret)) proven ??= method
  }
  return proven
}

/** By the list of a connection, which stays the same. */
const digests = new WeakMap<readonly string[], readonly Buffer[]>()

function digestsOf(secrets: readonly string[]): readonly Buffer[] {
  const known = digests.get(secrets)
  if (known !== undefined) return known
  const made = secrets.map(digest)
  digests.set(secrets, made)
  return made
}

export const isSameSecret = (credential: string, secret: string): boolean =>
  timingSafeEqual(digest(credential), digest(secret))

interface Credential {
  readonly method: AuthMethod
  readonly credential: string
}

const digest = (text: string): Buffer => hash('sha256', text, 'buffer')

function credentialsOf(presented: Presented): readonly Credential[] {
  const shown: Credential[] = []
  const { authorization, hookToken, pathToken } = presented
  if (authorization !== undefined) {
    const [, scheme = '', value = ''] = /^(\S+) +(.*)$/.exec(authorization) ?? []
    if (scheme.toLowerCase() === 'bearer') shown.push({ method: 'bearer', credential: value })
    if (scheme.toLowerCase() === 'basic') shown.push({ method: 'basic', credential: passwordOf(value) })
  }
  if (hookToken !== undefined) shown.push({ method: 'hook-token', credential: hookToken })
  if (pathToken !== undefined) shown.push({ method: 'path-token', credential: pathToken })
  return shown
}

/** The user name does not matter; a password may contain colons (RFC 7617). */
function passwordOf(base64: string): string {
  const pair = Buffer.from(base64, 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  return colon < 0 ? '' : pair.slice(colon + 1)
}
