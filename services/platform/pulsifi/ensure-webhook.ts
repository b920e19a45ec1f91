/** Makes Pulsifi's registration of our callback equal to the configuration. */
import {
  type ApiVerdict,
  classifyRepeatable,
  classifyReply,
  type Operation,
  type RepeatableVerdict,
} from './classify.ts'
import type { WebhookReply, WebhookRequest } from './pulsifi-api.ts'
import type { PulsifiClient } from './pulsifi-client.ts'
import { planWebhook, type WebhookAction } from './webhook-registration.ts'

type AnyVerdict = ApiVerdict<unknown> | RepeatableVerdict<unknown>
export type Refused = Exclude<AnyVerdict, { readonly type: 'done' }>

/** Asks when it is its turn at the account. The answer is to try again when nothing may be asked now. */
export type InTurn = <Verdict extends AnyVerdict>(
  ask: () => Promise<Verdict>,
) => Promise<Verdict | Extract<Refused, { readonly type: 'retry' }>>

export type EnsureResult =
  | { readonly type: 'ensured'; readonly actions: readonly WebhookAction[] }
  | { readonly type: 'failed'; readonly operation: Operation; readonly verdict: Refused }

const PAGE_SIZE = 100
/** Two thousand registrations: an account that has more is not read to its end. */
const PAGES_MAX = 20

export type ListResult =
  | { readonly type: 'listed'; readonly webhooks: readonly WebhookReply[] }
  | { readonly type: 'failed'; readonly operation: 'listWebhooks'; readonly verdict: Refused }

/** Every registration of the account. */
export async function listAllWebhooks(client: PulsifiClient, inTurn: InTurn): Promise<ListResult> {
  const webhooks: WebhookReply[] = []
  for (let page = 1; page <= PAGES_MAX; page++) {
    const query = { page, page_size: PAGE_SIZE }
    const verdict = await inTurn(async () =>
      classifyRepeatable('listWebhooks', await client.listWebhooks(query)),
    )
    if (verdict.type !== 'done') return { type: 'failed', operation: 'listWebhooks', verdict }
    const { result, total_count } = verdict.body
    webhooks.push(...result)
    if (result.length === 0 || webhooks.length >= total_count) break
  }
  return { type: 'listed', webhooks }
}

/** @param isDry plans only */
export async function ensureWebhook(
  client: PulsifiClient,
  wanted: WebhookRequest,
  inTurn: InTurn,
  isDry = false,
): Promise<EnsureResult> {
  const listed = await listAllWebhooks(client, inTurn)
  if (listed.type === 'failed') return listed
  const actions = planWebhook(listed.webhooks, wanted)
  for (const action of isDry ? [] : actions) {
    const failure = await carryOut(action, client, wanted, inTurn)
    if (failure !== null) return failure
  }
  return { type: 'ensured', actions }
}

async function carryOut(
  action: WebhookAction,
  client: PulsifiClient,
  wanted: WebhookRequest,
  inTurn: InTurn,
): Promise<(EnsureResult & { type: 'failed' }) | null> {
  switch (action.type) {
    case 'create':
      return failureOf(
        'createWebhook',
        await inTurn(async () => classifyReply('createWebhook', await client.createWebhook(wanted))),
      )
    case 'update':
      return failureOf(
        'updateWebhook',
        await inTurn(async () =>
          classifyRepeatable('updateWebhook', await client.updateWebhook(action.id, wanted)),
        ),
      )
    case 'activate':
      return failureOf(
        'setWebhookStatus',
        await inTurn(async () =>
          classifyRepeatable('setWebhookStatus', await client.setWebhookStatus(action.id, 'active')),
        ),
      )
  }
}

const failureOf = (operation: Operation, verdict: AnyVerdict): (EnsureResult & { type: 'failed' }) | null =>
  verdict.type === 'done' ? null : { type: 'failed', operation, verdict }
