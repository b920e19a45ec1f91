import { randomUUID } from 'node:crypto'
import type { Router } from '@koa/router'
import { notFound } from './api-error.ts'
import { operation, type Request } from './operation.ts'
import { webhookReply } from './replies.ts'
import type { Sandbox } from './sandbox.ts'
import type { Webhook } from './state.ts'
import {
  uuidPath,
  validated,
  webhookListQuery,
  webhookRequest,
  webhookStatusRequest,
  webhookTestRequest,
} from './validate.ts'
import { pageOf } from './webhook-list.ts'

const ALL = '/partner/v1.0/webhooks'
const ONE = `${ALL}/:webhook_id`

/** Guideline, "Webhook Endpoints". "Test" shows a PUT in its example; its text says POST. */
export function addWebhookRoutes(router: Router, sandbox: Sandbox): void {
  const { store, options } = sandbox
  const save = async (webhook: Webhook) => {
    await store.commit({ type: 'webhook', webhook })
    return webhookReply(webhook)
  }
  router.post(
    `${ALL}/test`,
    operation(sandbox, 'webhooks.test', request => testWebhooks(sandbox, request)),
  )
  router.post(
    ALL,
    operation(sandbox, 'webhooks.create', request => save(newWebhook(bodyOf(request, options.strict)))),
  )
  router.get(
    ALL,
    operation(sandbox, 'webhooks.list', ({ query }) => {
      const page = pageOf(store.state.webhooks.values(), validated(webhookListQuery, query, false))
      return { total_count: page.total_count, result: page.result.map(webhookReply) }
    }),
  )
  router.get(
    ONE,
    operation(sandbox, 'webhooks.get', request => webhookReply(webhookOf(sandbox, request))),
  )
  router.put(
    ONE,
    operation(sandbox, 'webhooks.update', request =>
      save({ ...webhookOf(sandbox, request), ...bodyOf(request, options.strict) }),
    ),
  )
  router.delete(
    ONE,
    operation(sandbox, 'webhooks.delete', request =>
      save({ ...webhookOf(sandbox, request), is_deleted: true }),
    ),
  )
  router.put(
    `${ONE}/status`,
    operation(sandbox, 'webhooks.status', request => {
      const webhook = webhookOf(sandbox, request)
      return save({ ...webhook, ...validated(webhookStatusRequest, request.body, options.strict) })
    }),
  )
}

/** An update without a secret removes it: the whole object is replaced. */
function bodyOf(request: Request, isStrict: boolean) {
  const body = validated(webhookRequest, request.body, isStrict)
  return { ...body, secret: body.secret ?? null }
}

const newWebhook = (body: ReturnType<typeof bodyOf>): Webhook => ({
  ...body,
  id: randomUUID(),
  status: 'active',
  is_deleted: false,
  created_at: new Date().toISOString(),
})

function webhookOf(sandbox: Sandbox, request: Request): Webhook {
  validated(uuidPath('webhook_id'), request.params, false)
  const webhook = sandbox.store.state.webhooks.get((request.params.webhook_id ?? '').toLowerCase())
  if (webhook === undefined || webhook.is_deleted) throw notFound('webhook')
  return webhook
}

/** The guideline documents no answer: an empty object promises nothing. */
async function testWebhooks(sandbox: Sandbox, request: Request) {
  const { event } = validated(webhookTestRequest, request.body, sandbox.options.strict)
  await sandbox.lifecycle.announce(event, null)
  return {}
}
