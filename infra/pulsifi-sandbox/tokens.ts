/** OAuth2 client credentials, as the guideline's first chapter has them. */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { ApiError } from './api-error.ts'
import type { SandboxOptions } from './config.ts'

export type Tokens = {
  /** @throws ApiError 401 when the Basic credentials are missing, malformed or not the configured ones. */
  issue(authorization: string, nowMs: number): TokenReply
  /** @throws ApiError 401 when the Bearer token is missing, unknown or expired. */
  check(authorization: string, nowMs: number): void
}

type TokenReply = { access_token: string; scope: string; expires_in: string | number; token_type: 'bearer' }

type Settings = Pick<SandboxOptions, 'clientId' | 'clientSecret' | 'tokenSeconds' | 'expiresIn'>

/** Tokens live in memory: a restarted sandbox answers 401 to the old ones, and a client has to cope. */
export function createTokens(settings: Settings): Tokens {
  const expiryMsByToken = new Map<string, number>()
  return {
    issue(authorization, nowMs) {
      if (!isAccepted(settings, authorization)) {
        throw new ApiError(401, 'INVALID_CLIENT', 'client credentials are missing or wrong')
      }
      for (const [token, expiryMs] of expiryMsByToken) if (expiryMs <= nowMs) expiryMsByToken.delete(token)
      const token = randomBytes(24).toString('base64url')
      const expiryMs = nowMs + settings.tokenSeconds * 1000
      expiryMsByToken.set(token, expiryMs)
      return {
        access_token: token,
        scope: 'partner',
        expires_in: expiresIn(settings, expiryMs),
        token_type: 'bearer',
      }
    },
    check(authorization, nowMs) {
      const token = /^Bearer (\S+)$/i.exec(authorization)?.[1] ?? ''
      const expiryMs = expiryMsByToken.get(token)
      if (expiryMs === undefined)
        throw new ApiError(401, 'UNAUTHORIZED', 'the access token is missing or unknown')
      if (expiryMs <= nowMs) throw new ApiError(401, 'TOKEN_EXPIRED', 'the access token has expired')
    },
  }
}

/** v4.1.0 shows a string of seconds; earlier guides a number that is the moment of expiry. */
function expiresIn(settings: Settings, expiryMs: number): string | number {
  switch (settings.expiresIn) {
    case 'string':
      return String(settings.tokenSeconds)
    case 'number':
      return settings.tokenSeconds
    case 'epoch':
      return Math.floor(expiryMs / 1000)
  }
}

function isAccepted(settings: Settings, authorization: string): boolean {
  const encoded = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(authorization)?.[1] ?? ''
  const given = Buffer.from(encoded, 'base64')
  if (settings.clientId === undefined) return /^[^:]+:.+$/.test(given.toString('utf8'))
  const expected = Buffer.from(`${settings.clientId}:${settings.clientSecret ?? ''}`)
  return given.length === expected.length && timingSafeEqual(given, expected)
}
