import { expect, it } from 'vitest'
import { type BearerToken, keptToken } from '../../../../services/platform/kafka/oauth-token.ts'

const LIFE_MS = 300_000

/** Tokens named in the order in which they were made; a fetch fails while `isAway`. */
function trial() {
  const state = { nowMs: 0, made: 0, isAway: false }
  const fetchToken = async (): Promise<BearerToken> => {
    if (state.isAway) throw new Error('away')
    state.made += 1
    return { value: `token-${state.made}`, endsAtMs: state.nowMs + LIFE_MS }
  }
  return { state, get: keptToken(fetchToken, () => state.nowMs) }
}

it('fetches one token for all who wait, and keeps it until shortly before its end', async () => {
  const { state, get } = trial()
  expect(await Promise.all([get(), get()])).toEqual(['token-1', 'token-1'])
  state.nowMs = LIFE_MS - 61_000
  expect(await get()).toBe('token-1')
  state.nowMs = LIFE_MS - 59_000
  expect(await get()).toBe('token-2')
})

it('uses a token to its end when no new one is to be had, and no longer', async () => {
  const { state, get } = trial()
  await get()
  state.isAway = true
  state.nowMs = LIFE_MS - 1
  expect(await get()).toBe('token-1')
  state.nowMs = LIFE_MS
  await expect(get()).rejects.toThrow('away')
  state.isAway = false
  expect(await get()).toBe('token-2')
})
