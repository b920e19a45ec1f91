import { expect, it } from 'vitest'
import { refusedSentence } from '../../../../services/ops/webhooks/pulsifi-desk.ts'
import type { Refused } from '../../../../services/platform/pulsifi/ensure-webhook.ts'

const account = {
  tenant: 'acme',
  credentials: {
    baseUrl: 'https://api.example.com',
    clientId: 'id',
    clientSecret: 'secret',
    isSandbox: false,
  },
}
const retry = (reason: string, httpStatus: number | null, retryAfterMs: number | null = null): Refused => ({
  ...{ type: 'retry', reason, httpStatus, retryAfterMs },
})

it.each([
  ['refused credentials', retry('TOKEN_HTTP_401', null), 'check PULSIFI_CLIENT_ID'],
  ['a refused token', retry('401', 401), 'refused the credentials'],
  ['a closed port', retry('ECONNREFUSED', null), 'api.example.com does not answer (ECONNREFUSED)'],
  ['a token endpoint that is down', retry('TOKEN_HTTP_503', null), 'try again later'],
  ['too many requests', retry('429', 429, 1_500), 'try again in 2 s'],
  ['a missing webhook', { type: 'gone', httpStatus: 404 }, 'webhooks list'],
  ['a lost answer', { type: 'ambiguous', reason: 'DEADLINE', httpStatus: null }, 'before trying again'],
  ['a refused field', { type: 'blocked', reasons: ['HTTP_400', 'FIELD:url'], httpStatus: 400 }, 'FIELD:url'],
] satisfies [string, Refused, string][])('says what to do about %s', (_what, verdict, words) => {
  const sentence = refusedSentence(account, 'createWebhook', verdict)
  expect(sentence).toContain(words)
  expect(sentence).toContain('tenant acme')
})
