/** Makes Pulsifi's registration of our callback equal to the configuration. */
import { classifyRepeatable, classifyReply } from '../platform/pulsifi/classify.ts'
import type { WebhookEvent, WebhookReply, WebhookRequest } from '../platform/pulsifi/pulsifi-api.ts'
import type { PulsifiClient } from '../platform/pulsifi/pulsifi-client.ts'

const NAME = 'atsflow'
const EVENTS: readonly WebhookEvent[] = [
  'candidate_application_result_ready',
  'candidate_job_recommendation_result_ready',
]

export type EnsureResult = 'unchanged' | 'created' | 'updated' | 'failed'

export const wantedWebhook = (url: string, secret: string | null): WebhookRequest => ({
  name: NAME,
  url,
  events: EVENTS,
  ...(secret !== null && { secret }),
})

export type WebhookPlan =
  | { readonly type: 'create' }
  /** Pulsifi never shows a secret, so a registration that should have one is written again. */
  | { readonly type: 'update'; readonly id: string; readonly activate: boolean }
  | { readonly type: 'nothing' }

/** What is missing between the registrations there are and the one there should be. Registrations of others are left alone. */
export function planWebhook(existing: readonly WebhookReply[], wanted: WebhookRequest): WebhookPlan {
  const ours = existing.filter(
    ({ is_deleted, name, url }) => !is_deleted && (url === wanted.url || name === wanted.name),
  )
  const [first] = ours.toSorted((a, b) => Number(b.url === wanted.url) - Number(a.url === wanted.url))
  if (first === undefined) return { type: 'create' }
  const activate = first.status === 'inactive'
  const isEqual =
    first.url === wanted.url &&
    wanted.events.every(event => first.events.includes(event)) &&
    wanted.secret === undefined
  return isEqual && !activate ? { type: 'nothing' } : { type: 'update', id: first.id, activate }
}

export async function ensureWebhook(client: PulsifiClient, wanted: WebhookRequest): Promise<EnsureResult> {
  const listed = classifyRepeatable('listWebhooks', await client.listWebhooks({ page_size: 100 }))
  if (listed.type !== 'done') return 'failed'
  const plan = planWebhook(listed.body.result, wanted)
  if (plan.type === 'nothing') return 'unchanged'
  if (plan.type === 'create') {
    return classifyReply('createWebhook', await client.createWebhook(wanted)).type === 'done'
      ? 'created'
      : 'failed'
  }
  const updated = classifyRepeatable('updateWebhook', await client.updateWebhook(plan.id, wanted))
  if (updated.type !== 'done') return 'failed'
  if (!plan.activate) return 'updated'
  const activated = classifyRepeatable('setWebhookStatus', await client.setWebhookStatus(plan.id, 'active'))
  return activated.type === 'done' ? 'updated' : 'failed'
}
