import { expect, it } from 'vitest'
import type { HttpProbe } from '../../../../services/ops/doctor/http-probe.ts'
import { judgeAccount, judgeCallback } from '../../../../services/ops/doctor/judge-pulsifi.ts'
import type { WebhookReply } from '../../../../services/platform/pulsifi/pulsifi-api.ts'
import { wantedWebhook } from '../../../../services/platform/pulsifi/webhook-registration.ts'

const url = 'https://hooks.example.com/hooks/pulsifi/acme/token'
const wanted = wantedWebhook('acme', { url, secret: 'secret' })
const account = {
  ...{ tenant: 'acme', wanted },
  credentials: { baseUrl: 'https://api.example.com', clientId: 'id', clientSecret: 's', isSandbox: false },
}
const known = (change: Partial<WebhookReply> = {}): WebhookReply => ({
  ...{ id: 'w', name: wanted.name, url, events: [...wanted.events], status: 'active', is_deleted: false },
  ...change,
})

it.each([
  ['ok when it is as configured', [known()], 'ok', 'hooks/pulsifi/acme/…'],
  ['fail when there is none', [], 'fail', 'no registration'],
  ['fail when it is switched off', [known({ status: 'inactive' })], 'fail', 'switched off'],
  [
    'fail when it points elsewhere',
    [known({ url: 'https://example.com' })],
    'fail',
    'points to https://example.com',
  ],
  ['fail when it lacks an event', [known({ events: [] })], 'fail', 'not tell of every result'],
])('the webhook is %s', (_law, webhooks, verdict, says) => {
  const findings = judgeAccount(account, { type: 'listed', webhooks })
  expect(findings).toMatchObject([
    { check: 'pulsifi acme', verdict: 'ok' },
    { check: 'webhook acme', verdict, says: expect.stringContaining(says) },
  ])
  expect(JSON.stringify(findings)).not.toContain('/token')
})

it('warns of an account whose results are only polled', () => {
  expect(judgeAccount({ ...account, wanted: null }, { type: 'listed', webhooks: [] })).toMatchObject([
    { verdict: 'ok' },
    { verdict: 'warn', todo: expect.stringContaining('PUBLIC_URL') },
  ])
})

it('says why the webhook of an account that refuses us was not looked at', () => {
  const verdict = { type: 'retry', reason: 'TOKEN_HTTP_401', httpStatus: null, retryAfterMs: null } as const
  expect(judgeAccount(account, { type: 'failed', operation: 'listWebhooks', verdict })).toMatchObject([
    { verdict: 'fail', todo: expect.stringContaining('PULSIFI_CLIENT_SECRET') },
    { check: 'webhook acme', verdict: 'skip' },
  ])
})

const answered = (status: number, body: unknown): HttpProbe => ({
  ...{ type: 'answered', status, dateMs: null, sentAtMs: 0, answeredAtMs: 0 },
  text: typeof body === 'string' ? body : JSON.stringify(body),
})
const refusal = (code: string) => ({ error: { code } })

it.each([
  ['ingress, when it refuses the wrong token', answered(401, refusal('UNAUTHORIZED')), 'ok', 'refuses'],
  ['not ingress, when somebody else refuses', answered(401, '<html>'), 'fail', 'not ingress'],
  ['not ingress, when anything is welcome', answered(200, 'ok'), 'fail', 'not ingress'],
  ['a proxy without ingress behind it', answered(502, ''), 'fail', 'answers 502'],
  ['nobody', { type: 'failed', code: 'ECONNREFUSED' }, 'fail', 'ECONNREFUSED'],
] satisfies [string, HttpProbe, string, string][])('what answers is %s', (_what, probe, verdict, says) => {
  const finding = judgeCallback('acme', 'https://hooks.example.com', probe)
  expect(finding).toMatchObject({ check: 'callback acme', verdict, says: expect.stringContaining(says) })
  expect(finding.todo === null).toBe(verdict === 'ok')
})
