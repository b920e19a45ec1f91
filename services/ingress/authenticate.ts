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
  for (const { method, credential } of credentialsOf(presented)) {
    for (const secret of secrets) {
      if (isSameSecret(credential, secret)) proven ??= method
    }
  }
  return proven
}

export const isSameSecret = (credential: string, secret: string): boolean =>
  timingSafeEqual(digest(credential), digest(secret))

const digest = (text: string): Buffer => hash('sha256', text, 'buffer')

function* credentialsOf(presented: Presented): Generator<{ method: AuthMethod; credential: string }> {
  const { authorization, hookToken, pathToken } = presented
  if (authorization !== undefined) {
    const [, scheme = '', value = ''] = /^(\S+) +(.*)$/.exec(authorization) ?? []
    if (scheme.toLowerCase() === 'bearer') yield { method: 'bearer', credential: value }
    if (scheme.toLowerCase() === 'basic') yield { method: 'basic', credential: passwordOf(value) }
  }
  if (hookToken !== undefined) yield { method: 'hook-token', credential: hookToken }
  if (pathToken !== undefined) yield { method: 'path-token', credential: pathToken }
}

/** The user name does not matter; a password may contain colons (RFC 7617). */
function passwordOf(base64: string): string {
  const pair = Buffer.from(base64, 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  return colon < 0 ? '' : pair.slice(colon + 1)
}
