/** Registrations at Pulsifi as they are shown: without the token that is a part of our address. Pure. */
import type { WebhookReply, WebhookRequest } from '../../platform/pulsifi/pulsifi-api.ts'
import { ownWebhook, planWebhook, type WebhookAction } from '../../platform/pulsifi/webhook-registration.ts'
import type { Column } from '../cli/table.ts'

export interface WebhookRow {
  readonly id: string
  readonly name: string | null
  readonly url: string | null
  readonly events: readonly string[]
  readonly status: string | null
  /** Whether it is the one that the configuration means; `differs` says that "ensure" would change it. */
  readonly ours: 'yes' | 'differs' | 'no'
}

/** The token of a callback is a secret. */
export const withoutToken = (url: string): string =>
  url.replace(/(\/hooks\/pulsifi\/[a-z0-9-]+\/)[^/?#]+/g, '$1…')

export function webhookRows(
  webhooks: readonly WebhookReply[],
  wanted: WebhookRequest | null,
): readonly WebhookRow[] {
  const own = wanted === null ? undefined : ownWebhook(webhooks, wanted)
  return webhooks
    .filter(({ is_deleted }) => !is_deleted)
    .map(webhook => ({
      id: webhook.id,
      name: webhook.name,
      url: webhook.url === null ? null : withoutToken(webhook.url),
      events: webhook.events,
      status: webhook.status,
      ours: wanted === null || webhook !== own ? 'no' : isAsWanted(webhook, wanted) ? 'yes' : 'differs',
    }))
}

/** As far as can be seen: a secret is never shown. */
function isAsWanted(webhook: WebhookReply, { secret: _unseen, ...visible }: WebhookRequest): boolean {
  return planWebhook([webhook], visible).length === 0
}

export const WEBHOOK_COLUMNS: readonly Column<WebhookRow>[] = [
  { title: 'id', value: ({ id }) => id },
  { title: 'name', value: ({ name }) => name },
  { title: 'status', value: ({ status }) => status },
  { title: 'ours', value: ({ ours }) => ours },
  { title: 'url', value: ({ url }) => url },
  { title: 'events', value: ({ events }) => events.join(', ') },
]

/** What an action does, for a person. */
export function actionWords(action: WebhookAction): string {
  switch (action.type) {
    case 'create':
      return 'create the registration'
    case 'update':
      return `update ${action.id}: ${action.because.join(', ')}`
    case 'activate':
      return `activate ${action.id}`
  }
}
