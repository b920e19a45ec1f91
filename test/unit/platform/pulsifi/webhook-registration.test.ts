import { expect, it } from 'vitest'
import type { WebhookReply } from '../../../../services/platform/pulsifi/pulsifi-api.ts'
import { planWebhook, wantedWebhook } from '../../../../services/platform/pulsifi/webhook-registration.ts'

const url = 'https://hooks.example.com/hooks/pulsifi/default/token'
const wanted = wantedWebhook('default', { url, secret: null })
const known = (change: Partial<WebhookReply> = {}): WebhookReply => ({
  ...{ id: 'w-1', name: 'atsflow', url, events: [...wanted.events], status: 'active', is_deleted: false },
  ...change,
})
const update = (...because: string[]) => ({ type: 'update', id: 'w-1', because })

it.each([
  ['there is none', [], [{ type: 'create' }]],
  ['it is deleted', [known({ is_deleted: true })], [{ type: 'create' }]],
  ["it is somebody else's", [known({ name: 'other', url: 'https://example.com' })], [{ type: 'create' }]],
  ['it is as wanted', [known()], []],
  ['it hears of more than is wanted', [known({ events: [...wanted.events, 'other'] })], []],
  ['it points elsewhere', [known({ url: 'https://example.com' })], [update('url')]],
  ['it lacks an event', [known({ events: [] })], [update('events')]],
  ['it is inactive', [known({ status: 'inactive' })], [{ type: 'activate', id: 'w-1' }]],
  [
    'it points elsewhere and is inactive',
    [known({ url: 'https://example.com', status: 'inactive' })],
    [update('url'), { type: 'activate', id: 'w-1' }],
  ],
  [
    'one has its name and another its address',
    [known({ url: 'https://example.com' }), known({ id: 'w-2', name: 'by hand' })],
    [],
  ],
])('plans for when %s', (_what, existing, actions) => {
  expect(planWebhook(existing, wanted)).toEqual(actions)
})

it('writes a secret again, because Pulsifi never shows whether it has it', () => {
  expect(planWebhook([known()], wantedWebhook('default', { url, secret: 's' }))).toEqual([update('secret')])
})

it('keeps the registrations of two tenants of one account apart', () => {
  const acme = wantedWebhook('acme', { url: 'https://hooks.example.com/hooks/pulsifi/acme/t', secret: null })
  expect(planWebhook([known()], acme)).toEqual([{ type: 'create' }])
})
