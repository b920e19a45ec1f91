import { describe, expect, it } from 'vitest'
import { renewalAgeMs, tokenLifetimeMs } from '../../../../services/platform/process/token-age.ts'
import { createAccessTokens } from '../../../../services/platform/pulsifi/access-token.ts'
import type { Exchange } from '../../../../services/platform/pulsifi/http-failure.ts'

const NOW_MS = Date.parse('2024-09-02T10:30:00Z')

it.each([
  ['3600', 3_600_000],
  [3600, 3_600_000],
  [' 60 ', 60_000],
  [NOW_MS / 1000 + 600, 600_000],
  [String(NOW_MS / 1000 + 600), 600_000],
  [NOW_MS + 600_000, 600_000],
  [NOW_MS - 1, 300_000],
  ['string', 300_000],
  ['', 300_000],
  [0, 300_000],
  [-1, 300_000],
  [null, 300_000],
  [undefined, 300_000],
  ['Infinity', 300_000],
])('reads expires_in %j as a life of %i ms', (expiresIn, lifetimeMs) => {
  expect(tokenLifetimeMs(expiresIn, NOW_MS)).toBe(lifetimeMs)
})

it.each([
  [3_600_000, 2_880_000],
  [300_000, 240_000],
  [200_000, 140_000],
  [100_000, 50_000],
  [10_000, 5_000],
])('renews a token that lives %i ms at the age of %i ms', (lifetimeMs, ageMs) => {
  expect(renewalAgeMs(lifetimeMs)).toBe(ageMs)
})

/** Answers of the token endpoint, one a fetch, and a clock that the test turns. */
function tokensWith(...answers: (string | number)[]) {
  const clock = { nowMs: NOW_MS, fetches: 0 }
  const answer = (value: string | number): Exchange => ({
    type: 'answered',
    status: typeof value === 'number' ? value : 200,
    retryAfter: null,
    answeredAtMs: clock.nowMs,
    text: JSON.stringify({ access_token: value, expires_in: '1000', token_type: 'bearer' }),
    isComplete: true,
  })
  const fetchToken = async () => answer(answers[clock.fetches++] ?? 500)
  return { clock, tokens: createAccessTokens(fetchToken, () => clock.nowMs) }
}
const token = (value: string) => ({ type: 'token', value })

describe('a token', () => {
  it('is fetched once for all who wait', async () => {
    const { clock, tokens } = tokensWith('a', 'b')
    const got = await Promise.all(Array.from({ length: 20 }, tokens.get))
    expect(got).toEqual(Array(20).fill(token('a')))
    expect(clock.fetches).toBe(1)
  })

  it('is renewed at its age, not before', async () => {
    const { clock, tokens } = tokensWith('a', 'b')
    await tokens.get()
    clock.nowMs += 799_999
    expect(await tokens.get()).toEqual(token('a'))
    clock.nowMs += 1
    expect(await tokens.get()).toEqual(token('b'))
  })

  it('is dropped once, however many calls found it refused', async () => {
    const { clock, tokens } = tokensWith('a', 'b', 'c')
    await tokens.get()
    tokens.drop('a')
    expect(await tokens.get()).toEqual(token('b'))
    tokens.drop('a')
    expect(await tokens.get()).toEqual(token('b'))
    expect(clock.fetches).toBe(2)
  })

  it('serves until its end when no new one is to be had', async () => {
    const { clock, tokens } = tokensWith('a', 503, 503, 'b')
    await tokens.get()
    clock.nowMs += 999_999
    expect(await tokens.get()).toEqual(token('a'))
    clock.nowMs += 1
    expect(await tokens.get()).toMatchObject({ type: 'failed', exchange: { status: 503 } })
    expect(await tokens.get()).toEqual(token('b'))
  })
})

it('reads the answer wrapped, and takes no answer without a token for one', async () => {
  const exchange = (body: unknown): Exchange => ({
    type: 'answered',
    status: 200,
    retryAfter: null,
    answeredAtMs: NOW_MS,
    text: JSON.stringify(body),
    isComplete: true,
  })
  const first = (body: unknown) =>
    createAccessTokens(
      async () => exchange(body),
      () => NOW_MS,
    ).get()
  expect(await first({ data: { access_token: 'a' }, meta: null })).toEqual(token('a'))
  expect(await first({ access_token: '' })).toMatchObject({ type: 'failed' })
  expect(await first('x')).toMatchObject({ type: 'failed' })
})
