/** `ops webhooks`: where Pulsifi calls back, for each tenant. */

import { type Command, InvalidArgumentError, Option } from 'commander'
import { PULSIFI_RAW } from '../../core/topics.ts'
import { classifyRepeatable, classifyReply } from '../../platform/pulsifi/classify.ts'
import { ensureWebhook, type InTurn, listAllWebhooks } from '../../platform/pulsifi/ensure-webhook.ts'
import type { WebhookEvent, WebhookRequest } from '../../platform/pulsifi/pulsifi-api.ts'
import type { PulsifiClient } from '../../platform/pulsifi/pulsifi-client.ts'
import { WEBHOOK_EVENTS } from '../../platform/pulsifi/webhook-registration.ts'
import type { Host } from '../cli/command-group.ts'
import { agreed, asking, type Consent } from '../cli/consent.ts'
import { OperatorError } from '../cli/exit.ts'
import type { Desk } from '../cli/session.ts'
import { addWebhookChange, changedWebhook, type WebhookChange } from './change.ts'
import { refuse, type TenantAccount, tenantAccount, withClient } from './pulsifi-desk.ts'
import { actionWords, WEBHOOK_COLUMNS, webhookRows } from './rows.ts'

interface Tenant {
  readonly tenant: string
}
/** A person gives one command now and then: nothing else of this process uses the account's rate. */
const atOnce: InTurn = ask => ask()

interface Work {
  readonly desk: Desk
  readonly account: TenantAccount
  readonly client: PulsifiClient
}

export function webhooks(program: Command, { runAlone, nowMs }: Host): void {
  const group = program.command('webhooks').description('where Pulsifi calls back: what is registered there')
  const act = ({ tenant }: Tenant, work: (work: Work) => Promise<void>) =>
    runAlone(async desk => {
      const account = await tenantAccount(desk.env, tenant)
      await withClient(account, nowMs, client => work({ desk, account, client }))
    })
  const add = (name: string, description: string) =>
    group
      .command(name)
      .description(description)
      .option('--tenant <name>', 'whose account at Pulsifi', 'default')
  add('list', 'every registration of the account, and which one is ours').action((options: Tenant) =>
    act(options, list),
  )
  add('ensure', 'make our registration equal to the configuration; safe to repeat, touches no other')
    .option('--dry-run', 'print what would be done')
    .action((options: Tenant & { dryRun?: true }) =>
      act(options, work => ensure(work, options.dryRun === true)),
    )
  addWebhookChange(add('create', 'register an address; without options, the configured one')).action(
    (options: Tenant & WebhookChange) => act(options, work => create(work, options)),
  )
  addWebhookChange(add('update', 'replace a registration; what no option names stays, but for a secret'))
    .argument('<id>', 'as "webhooks list" shows it', idArgument)
    .action((id: string, options: Tenant & WebhookChange) => act(options, work => update(work, id, options)))
  add('status', 'switch a registration on or off')
    .argument('<id>', 'as "webhooks list" shows it', idArgument)
    .addArgument(group.createArgument('<status>').choices(['active', 'inactive']))
    .action((id: string, status: 'active' | 'inactive', options: Tenant) =>
      act(options, work => setStatus(work, id, status)),
    )
  asking(add('delete', 'remove a registration; results are polled then'))
    .argument('<id>', 'as "webhooks list" shows it', idArgument)
    .action((id: string, options: Tenant & Consent) => act(options, work => remove(work, id, options)))
  add('test', 'have Pulsifi send a test event to every active registration')
    .addOption(
      new Option('--event <event>', 'which event').choices(WEBHOOK_EVENTS).default(WEBHOOK_EVENTS[0]),
    )
    .action((options: Tenant & { event: WebhookEvent }) => act(options, work => test(work, options.event)))
}

function idArgument(text: string): string {
  if (!/^[\w-]{1,255}$/.test(text)) throw new InvalidArgumentError('Write an id as "webhooks list" shows it.')
  return text
}

async function registered({ client, account }: Work) {
  const listed = await listAllWebhooks(client, atOnce)
  return listed.type === 'listed' ? listed.webhooks : refuse(account, listed.operation, listed.verdict)
}

async function list(work: Work): Promise<void> {
  const { desk, account } = work
  const rows = webhookRows(await registered(work), account.wanted)
  desk.out.list(rows, WEBHOOK_COLUMNS, 'the account has no webhooks: results are polled')
}

async function ensure({ desk, account, client }: Work, isDry: boolean): Promise<void> {
  const result = await ensureWebhook(client, configured(account), atOnce, isDry)
  if (result.type === 'failed') return refuse(account, result.operation, result.verdict)
  desk.out.list(
    result.actions.map(action => ({ ...action, does: actionWords(action) })),
    [{ title: isDry ? 'would be done' : 'done', value: ({ does }) => does }],
    'the registration is as the configuration has it',
  )
}

/** @throws OperatorError when the configuration names none */
export function configured({ tenant, wanted }: TenantAccount): WebhookRequest {
  if (wanted !== null) return wanted
  const token =
    tenant === 'default' ? 'SOURCE_PULSIFI_SECRET' : `the secret of pulsifi/${tenant} in CONNECTIONS_FILE`
  throw new OperatorError(`nothing is configured for tenant ${tenant}: set PUBLIC_URL and ${token}`)
}

async function create({ desk, account, client }: Work, options: WebhookChange): Promise<void> {
  const request = changedWebhook(account.wanted, options, account.wanted)
  const verdict = classifyReply('createWebhook', await client.createWebhook(request))
  if (verdict.type !== 'done') return refuse(account, 'createWebhook', verdict)
  show(desk, account, { ...verdict.body, ...request })
}

async function update(work: Work, id: string, options: WebhookChange): Promise<void> {
  const { desk, account, client } = work
  const known = classifyRepeatable('getWebhook', await client.getWebhook(id))
  if (known.type !== 'done') return refuse(account, 'getWebhook', known)
  const { name, url, events } = known.body
  const base = { name: name ?? '', url: url ?? '', events }
  const request = changedWebhook(base, options, account.wanted)
  const verdict = classifyRepeatable('updateWebhook', await client.updateWebhook(id, request))
  if (verdict.type !== 'done') return refuse(account, 'updateWebhook', verdict)
  show(desk, account, { ...known.body, ...request })
}

function show(
  { out }: Desk,
  { wanted }: TenantAccount,
  { secret: _unshown, ...webhook }: WebhookRequest & { readonly id: string; readonly status: string | null },
): void {
  const [row] = webhookRows([{ ...webhook, events: [...webhook.events], is_deleted: false }], wanted)
  out.facts({ ...row })
}

async function setStatus(
  { desk, account, client }: Work,
  id: string,
  status: 'active' | 'inactive',
): Promise<void> {
  const verdict = classifyRepeatable('setWebhookStatus', await client.setWebhookStatus(id, status))
  if (verdict.type !== 'done') return refuse(account, 'setWebhookStatus', verdict)
  desk.out.facts({ id, status })
}

async function remove({ desk, account, client }: Work, id: string, consent: Consent): Promise<void> {
  const what = `remove registration ${id} of tenant ${account.tenant} at Pulsifi`
  if (!(await agreed(desk, consent, what))) return
  const verdict = classifyRepeatable('deleteWebhook', await client.deleteWebhook(id))
  if (verdict.type !== 'done') return refuse(account, 'deleteWebhook', verdict)
  desk.out.facts({ id, status: 'deleted' })
}

async function test({ desk, account, client }: Work, event: WebhookEvent): Promise<void> {
  const verdict = classifyRepeatable('testWebhook', await client.testWebhook(event))
  if (verdict.type !== 'done') return refuse(account, 'testWebhook', verdict)
  desk.out.facts({ event, sent: true })
  desk.out.note(
    `"tail ${PULSIFI_RAW}" shows it when it arrives; it names nobody, so it ends as a dead letter`,
  )
}
