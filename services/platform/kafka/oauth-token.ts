/** Tokens that prove a client to brokers (SASL OAUTHBEARER): fetched once however many connections wait, kept until shortly before their end. */
import { KafkaJSConnectionError } from '../kafkajs/kafkajs.ts'
import { renewalAgeMs, tokenLifetimeMs } from '../process/token-age.ts'

export interface BearerToken {
  readonly value: string
  /** Milliseconds since the epoch. */
  readonly endsAtMs: number
}

/**
 * A token that lives on for a while. When no new one is to be had, one in the second half of its life will do.
 * @throws what `fetchToken` throws when there is none that is good
 */
export function keptToken(
  fetchToken: () => Promise<BearerToken>,
  nowMs: () => number,
): () => Promise<string> {
  let current: (BearerToken & { readonly renewAtMs: number }) | null = null
  let fetching: Promise<string> | null = null
  async function renew(): Promise<string> {
    try {
      const token = await fetchToken()
      current = { ...token, renewAtMs: nowMs() + renewalAgeMs(token.endsAtMs - nowMs()) }
      return token.value
    } catch (error) {
      if (current !== null && nowMs() < current.endsAtMs) return current.value
      throw error
    }
  }
  return async () => {
    if (current !== null && nowMs() < current.renewAtMs) return current.value
    fetching ??= renew().finally(() => {
      fetching = null
    })
    return fetching
  }
}

/** Client credentials at an authorization server (RFC 6749, 4.4). */
export interface OauthClient {
  readonly tokenUrl: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scope: string | undefined
}

const ANSWER_WITHIN_MS = 10_000

/** @throws KafkaJSConnectionError, which is tried again as a broker is that does not answer */
export async function fetchOauthToken(client: OauthClient, nowMs: () => number): Promise<BearerToken> {
  const { tokenUrl, clientId, clientSecret, scope } = client
  // Both are encoded first, so that a colon in the id does not end it.
  const credentials = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`
  const response = await fetch(tokenUrl, {
    method: 'POST',
    headers: {
      accept: 'application/json',
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope && { scope }) }),
    redirect: 'error',
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  }).catch((error: unknown) => {
    throw refusal(`does not answer (${error instanceof Error ? error.name : 'failed'})`)
  })
  const body: unknown = await response.json().catch(() => null)
  const { access_token: value, expires_in: expiresIn } = Object(body)
  if (!response.ok || typeof value !== 'string' || value === '') throw refusal(`answered ${response.status}`)
  return { value, endsAtMs: nowMs() + tokenLifetimeMs(expiresIn, nowMs()) }
}

const refusal = (what: string): Error =>
  new KafkaJSConnectionError(
    `the token endpoint of KAFKA_OAUTH_TOKEN_URL ${what}: check it, KAFKA_OAUTH_CLIENT_ID, KAFKA_OAUTH_CLIENT_SECRET and KAFKA_OAUTH_SCOPE`,
  )
