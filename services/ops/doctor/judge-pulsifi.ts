/** What is to be said of an account at Pulsifi, of its webhook and of our own address: pure. */
import { z } from 'zod'
import type { ListResult } from '../../platform/pulsifi/ensure-webhook.ts'
import type { WebhookReply, WebhookRequest } from '../../platform/pulsifi/pulsifi-api.ts'
import { ownWebhook, planWebhook } from '../../platform/pulsifi/webhook-registration.ts'
import { refusedSentence, type TenantAccount } from '../webhooks/pulsifi-desk.ts'
import { withoutToken } from '../webhooks/rows.ts'
import { type Finding, fail, ok, skip, warn } from './finding.ts'
import type { HttpProbe } from './http-probe.ts'

/** A list of webhooks needs a token, so that it proves the credentials too. */
export function judgeAccount(account: TenantAccount, listed: ListResult): readonly Finding[] {
  const { tenant, credentials, wanted } = account
  const [check, webhook] = [`pulsifi ${tenant}`, `webhook ${tenant}`]
  if (listed.type === 'failed') {
    const [says = '', todo = ''] = refusedSentence(account, listed.operation, listed.verdict).split(/: (.*)/s)
    return [fail(check, says, todo), skip(webhook, 'the account cannot be asked')]
  }
  const where = URL.parse(credentials.baseUrl)?.host ?? ''
  const what = credentials.isSandbox ? `${where}, the sandbox: nobody is invited in earnest` : where
  return [ok(check, `the credentials are good at ${what}`), judgeWebhook(tenant, listed.webhooks, wanted)]
}

function judgeWebhook(
  tenant: string,
  webhooks: readonly WebhookReply[],
  wanted: WebhookRequest | null,
): Finding {
  const check = `webhook ${tenant}`
  if (wanted === null) {
    const todo = 'set PUBLIC_URL and the path token of the callback, if Pulsifi can reach this installation'
    return warn(check, 'no callback is configured: results are polled, and come later', todo)
  }
  const { secret: _unseen, ...visible } = wanted
  const todo = `run "npm run ops -- webhooks ensure --tenant ${tenant}"`
  const [action] = planWebhook(webhooks, visible)
  const own = ownWebhook(webhooks, wanted)
  switch (action?.type) {
    case undefined:
      return ok(check, `${own?.name ?? 'it'} calls ${withoutToken(wanted.url)}`)
    case 'create':
      return fail(check, 'Pulsifi has no registration of ours: results are polled', todo)
    case 'activate':
      return fail(check, `${own?.name ?? 'it'} is switched off: results are polled`, todo)
    case 'update': {
      const isElsewhere = action.because.includes('url')
      const says = isElsewhere
        ? `points to ${withoutToken(own?.url ?? 'nowhere')}`
        : 'does not tell of every result'
      return fail(check, `${own?.name ?? 'it'} ${says}`, todo)
    }
  }
}

const Refusal = z.object({ error: z.object({ code: z.string() }) })

/** @param probe a callback without the right token, sent to our public address */
export function judgeCallback(tenant: string, origin: string, probe: HttpProbe): Finding {
  const check = `callback ${tenant}`
  if (probe.type === 'failed') {
    const todo = 'start ingress, or make PUBLIC_URL its address; Pulsifi must reach it from outside'
    return fail(check, `nothing answers at ${origin} (${probe.code})`, todo)
  }
  const code = refusalCode(probe.text)
  if (probe.status === 401 && code === 'UNAUTHORIZED')
    return ok(check, `ingress answers at ${origin}, and refuses a wrong token`)
  if (probe.status >= 500) {
    const todo = 'look at /readyz?verbose of ingress, and at the proxy before it'
    return fail(check, `${origin} answers ${probe.status}`, todo)
  }
  const todo = 'make PUBLIC_URL the address of ingress; a proxy must pass /hooks/ on'
  return fail(check, `what answers at ${origin} (${probe.status}) is not ingress`, todo)
}

function refusalCode(text: string): string | null {
  try {
    return Refusal.parse(JSON.parse(text)).error.code
  } catch {
    return null
  }
}
