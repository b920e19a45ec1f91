/** One access token for all calls: fetched once however many wait for it, renewed before it ends. */
import type { Exchange } from './http-failure.ts'
import { jsonOrUndefined, tokenReply } from './pulsifi-api.ts'

/** Assumed when Pulsifi does not say how long a token lives. */
const LIFETIME_ASSUMED_MS = 300_000
/** Larger numbers in `expires_in` are moments, not lifetimes: earlier guides call it a unix timestamp. */
const EPOCH_SECONDS_MIN = 1e9
const EPOCH_MS_MIN = 1e12

/**
 * Life of a token in ms, from `expires_in`: seconds as a string, says the guideline. Also read: a number, and a
 * moment in epoch seconds or ms.
 */
export function tokenLifetimeMs(expiresIn: unknown, nowMs: number): number {
  const value = typeof expiresIn === 'string' && expiresIn.trim() !== '' ? Number(expiresIn) : expiresIn
  if (typeof value !== 'number' || !Number.isFinite(value)) return LIFETIME_ASSUMED_MS
  const lifetimeMs =
    value > EPOCH_MS_MIN ? value - nowMs : value > EPOCH_SECONDS_MIN ? value * 1000 - nowMs : value * 1000
  return lifetimeMs > 0 ? lifetimeMs : LIFETIME_ASSUMED_MS
}

/** Age in ms at which a token is renewed: a minute before its end, within the second half of its life. */
export const renewalAgeMs = (lifetimeMs: number): number =>
  Math.max(0.5 * lifetimeMs, Math.min(0.8 * lifetimeMs, lifetimeMs - 60_000))

export type TokenResult =
  | { readonly type: 'token'; readonly value: string }
  /** No token: the call that needs it is not made. */
  | { readonly type: 'failed'; readonly exchange: Exchange }

export interface AccessTokens {
  readonly get: () => Promise<TokenResult>
  /** Forgets the token that a call found refused, unless it has been replaced already. */
  readonly drop: (value: string) => void
}

interface Token {
  readonly value: string
  readonly renewAtMs: number
  readonly endsAtMs: number
}

export function createAccessTokens(fetchToken: () => Promise<Exchange>, now: () => number): AccessTokens {
  let current: Token | null = null
  let fetching: Promise<TokenResult> | null = null

  async function renew(): Promise<TokenResult> {
    const exchange = await fetchToken()
    const token = readToken(exchange, now())
    if (token !== null) current = token
    // A token in the second half of its life is still good when no new one is to be had.
    const usable = token ?? (current !== null && now() < current.endsAtMs ? current : null)
    return usable === null ? { type: 'failed', exchange } : { type: 'token', value: usable.value }
  }

  return {
    async get() {
      if (current !== null && now() < current.renewAtMs) return { type: 'token', value: current.value }
      fetching ??= renew().finally(() => {
        fetching = null
      })
      return fetching
    },
    drop(value) {
      if (current?.value === value) current = null
    },
  }
}

function readToken(exchange: Exchange, nowMs: number): Token | null {
  if (exchange.type === 'failed' || exchange.status < 200 || exchange.status > 299) return null
  const body = tokenReply.safeParse(jsonOrUndefined(exchange.text))
  if (!body.success) return null
  const lifetimeMs = tokenLifetimeMs(body.data.expires_in, nowMs)
  return {
    value: body.data.access_token,
    renewAtMs: nowMs + renewalAgeMs(lifetimeMs),
    endsAtMs: nowMs + lifetimeMs,
  }
}
