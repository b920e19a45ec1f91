import { expect, it } from 'vitest'
import type { WebhookReply } from '../../../services/platform/pulsifi/pulsifi-api.ts'
import { planWebhook, wantedWebhook } from '../../../services/pulsifi-sink/ensure-webhook.ts'

const URL = 'https://hooks.example.com/hooks/pulsifi/default/token'
const wanted = wantedWebhook(URL, null)
const known = (change: Partial<WebhookReply> = {}): WebhookReply => ({
  ...{
    id: 'w-1',
    name: 'atsflow',
    url: URL,
    events: [...wanted.events],
    status: 'active',
    is_deleted: false,
  },
  ...change,
})

it.each([
  ['there is none', [], { type: 'create' }],
  ['it is deleted', [known({ is_deleted: true })], { type: 'create' }],
  ["it is somebody else's", [known({ name: 'other', url: 'https://example.com' })], { type: 'create' }],
  ['it is as wanted', [known()], { type: 'nothing' }],
  ['it hears of more than is wanted', [known({ events: [...wanted.events, 'other'] })], { type: 'nothing' }],
  [
    'it points elsewhere',
    [known({ url: 'https://example.com' })],
    { type: 'update', id: 'w-1', activate: false },
  ],
  ['it lacks an event', [known({ events: [] })], { type: 'update', id: 'w-1', activate: false }],
  ['it is inactive', [known({ status: 'inactive' })], { type: 'update', id: 'w-1', activate: true }],
  [
    'one has its name and another its address',
    [known({ url: 'https://example.com' }), known({ id: 'w-2', name: 'by hand' })],
    { type: 'nothing' },
  ],
])('plans for when %s', (_what, existing, plan) => {
  expect(planWebhook(existing, wanted)).toEqual(plan)
})

it('writes a secret again, because Pulsifi never shows whether it has it', () => {
  expect(planWebhook([known()], wantedWebhook(URL, 'secret'))).toMatchObject({ type: 'update' })
})
