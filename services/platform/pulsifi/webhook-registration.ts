/** What must change at Pulsifi so that it calls back where the configuration says: pure. */
import { DEFAULT_TENANT } from '../../core/identity.ts'
import type { WebhookEvent, WebhookReply, WebhookRequest } from './pulsifi-api.ts'
import type { Callback } from './settings.ts'

export const WEBHOOK_EVENTS: readonly WebhookEvent[] = [
  'candidate_application_result_ready',
  'candidate_job_recommendation_result_ready',
]

/** Two tenants may share one account, so each has its own name there. */
const webhookName = (tenant: string): string => (tenant === DEFAULT_TENANT ? 'atsflow' : `atsflow-${tenant}`)

export const wantedWebhook = (tenant: string, { url, secret }: Callback): WebhookRequest => ({
  name: webhookName(tenant),
  url,
  events: WEBHOOK_EVENTS,
  ...(secret !== null && { secret }),
})

export type WebhookAction =
  | { readonly type: 'create' }
  | { readonly type: 'update'; readonly id: string; readonly because: readonly WebhookDifference[] }
  | { readonly type: 'activate'; readonly id: string }

/** `secret`: it may differ. Pulsifi never shows one, so a registration that should have one is written again. */
export type WebhookDifference = 'url' | 'events' | 'secret'

/** The registration that is ours by address or, failing that, by name. Those of others are left alone. */
export function ownWebhook(
  existing: readonly WebhookReply[],
  wanted: Pick<WebhookRequest, 'url' | 'name'>,
): WebhookReply | undefined {
  const alive = existing.filter(({ is_deleted }) => !is_deleted)
  return alive.find(({ url }) => url === wanted.url) ?? alive.find(({ name }) => name === wanted.name)
}

/** In the order in which they are to be done; none when nothing that can be seen is missing and there is no secret. */
export function planWebhook(
  existing: readonly WebhookReply[],
  wanted: WebhookRequest,
): readonly WebhookAction[] {
  const own = ownWebhook(existing, wanted)
  if (own === undefined) return [{ type: 'create' }]
  const because: WebhookDifference[] = []
  if (own.url !== wanted.url) because.push('url')
  if (!wanted.events.every(event => own.events.includes(event))) because.push('events')
  if (wanted.secret !== undefined) because.push('secret')
  const actions: WebhookAction[] = because.length === 0 ? [] : [{ type: 'update', id: own.id, because }]
  return own.status === 'inactive' ? [...actions, { type: 'activate', id: own.id }] : actions
}
