/** One access token for all calls: fetched once however many wait for it, renewed before it ends. */
import { renewalAgeMs, tokenLifetimeMs } from '../process/token-age.ts'
import type { Exchange } from './http-failure.ts'
import { jsonOrUndefined, tokenReply } from './pulsifi-api.ts'

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
