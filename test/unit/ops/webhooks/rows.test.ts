import { expect, it } from 'vitest'
import { actionWords, webhookRows, withoutToken } from '../../../../services/ops/webhooks/rows.ts'
import type { WebhookReply } from '../../../../services/platform/pulsifi/pulsifi-api.ts'
import { wantedWebhook } from '../../../../services/platform/pulsifi/webhook-registration.ts'

const url = 'https://hooks.example.com/hooks/pulsifi/default/token'
const wanted = wantedWebhook('default', { url, secret: 'secret' })
const known = (change: Partial<WebhookReply> = {}): WebhookReply => ({
  ...{ id: 'w-1', name: 'atsflow', url, events: [...wanted.events], status: 'active', is_deleted: false },
  ...change,
})

it.each([
  ['the one that is as configured', known(), 'yes'],
  ['one of our name that points elsewhere', known({ url: 'https://example.com' }), 'differs'],
  ['ours, switched off', known({ status: 'inactive' }), 'differs'],
  ["somebody else's", known({ name: 'other', url: 'https://example.com' }), 'no'],
])('says whether %s is ours', (_what, webhook, ours) => {
  expect(webhookRows([webhook], wanted)).toMatchObject([{ ours }])
})

it('leaves out what is deleted', () => {
  expect(webhookRows([known({ is_deleted: true })], wanted)).toEqual([])
})

it('calls none ours without a configured callback', () => {
  expect(webhookRows([known()], null)).toMatchObject([{ ours: 'no' }])
})

it.each([
  [url, 'https://hooks.example.com/hooks/pulsifi/default/…'],
  ['https://example.com/other/path', 'https://example.com/other/path'],
])('shows no token: %s', (address, shown) => {
  expect(withoutToken(address)).toBe(shown)
})

it('says what an update is for', () => {
  expect(actionWords({ type: 'update', id: 'w-1', because: ['url', 'secret'] })).toBe(
    'update w-1: url, secret',
  )
})
