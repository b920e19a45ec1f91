import { describe, expect, it } from 'vitest'
import type { Webhook } from '../../../infra/pulsifi-sandbox/state.ts'
import { webhookListQuery } from '../../../infra/pulsifi-sandbox/validate.ts'
import { pageOf } from '../../../infra/pulsifi-sandbox/webhook-list.ts'

const webhookOf = (name: string, day: number, change: Partial<Webhook> = {}): Webhook => ({
  id: `${name}${day}`,
  name,
  url: 'https://example.com/hook',
  events: ['candidate_application_result_ready'],
  secret: null,
  status: 'active',
  is_deleted: false,
  created_at: `2026-01-0${day}T00:00:00.000Z`,
  ...change,
})

const WEBHOOKS = [
  webhookOf('beta', 2),
  webhookOf('alpha', 3, { status: 'inactive' }),
  webhookOf('beta', 1),
  webhookOf('gone', 4, { is_deleted: true }),
]

const idsFor = (query: object) => {
  const page = pageOf(WEBHOOKS, webhookListQuery.parse(query))
  return { total: page.total_count, ids: page.result.map(webhook => webhook.id) }
}

describe('the list of webhooks', () => {
  it.each([
    [{}, 3, ['beta1', 'beta2', 'alpha3']],
    [{ sort_by: '-created_at' }, 3, ['alpha3', 'beta2', 'beta1']],
    [{ sort_by: 'name,-created_at' }, 3, ['alpha3', 'beta2', 'beta1']],
    [{ sort_by: '-name,+created_at' }, 3, ['beta1', 'beta2', 'alpha3']],
    [{ sort_by: ' name' }, 3, ['alpha3', 'beta2', 'beta1']],
    [{ status: 'inactive' }, 1, ['alpha3']],
    [{ q: 'BET' }, 2, ['beta1', 'beta2']],
    [{ page: '2', page_size: '2' }, 3, ['alpha3']],
    [{ page: '3', page_size: '2' }, 3, []],
  ])('for %j', (query, total, ids) => {
    expect(idsFor(query)).toEqual({ total, ids })
  })
})
