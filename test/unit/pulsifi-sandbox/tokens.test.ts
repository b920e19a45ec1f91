import { describe, expect, it } from 'vitest'
import { createTokens } from '../../../infra/pulsifi-sandbox/tokens.ts'

const NOW_MS = Date.parse('2026-01-31T12:00:00Z')
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
const open = {
  clientId: undefined,
  clientSecret: undefined,
  tokenSeconds: 3600,
  expiresIn: 'string',
} as const
const closed = { ...open, clientId: 'acme', clientSecret: 'open:sesame' }

describe('tokens', () => {
  it.each([
    ['string', '3600'],
    ['number', 3600],
    ['epoch', 1_769_864_400],
  ] as const)('writes expires_in as %s', (expiresIn, expected) => {
    const reply = createTokens({ ...open, expiresIn }).issue(basic('any:thing'), NOW_MS)
    expect(reply).toMatchObject({ expires_in: expected, token_type: 'bearer' })
  })

  it('are good until they expire', () => {
    const tokens = createTokens(open)
    const authorization = `Bearer ${tokens.issue(basic('any:thing'), NOW_MS).access_token}`
    expect(() => tokens.check(authorization, NOW_MS + 3_599_999)).not.toThrow()
    expect(() => tokens.check(authorization, NOW_MS + 3_600_000)).toThrow('expired')
  })

  it.each(['', 'Bearer ', 'Bearer unknown', basic('acme:open:sesame')])('refuses %j', authorization => {
    expect(() => createTokens(open).check(authorization, NOW_MS)).toThrow(
      expect.objectContaining({ status: 401 }),
    )
  })

  it.each([
    [closed, 'acme:open:sesame', true],
    [closed, 'acme:open', false],
    [closed, 'other:open:sesame', false],
    [open, 'any:thing', true],
    [open, 'no colon', false],
    [open, ':thing', false],
    [open, 'any:', false],
  ])('given %j decides on %s: %s', (settings, credentials, isAccepted) => {
    const issue = () => createTokens(settings).issue(basic(credentials), NOW_MS)
    if (isAccepted) expect(issue).not.toThrow()
    else expect(issue).toThrow(expect.objectContaining({ status: 401 }))
  })
})
