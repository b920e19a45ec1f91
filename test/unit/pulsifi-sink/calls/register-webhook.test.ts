import { afterEach, expect, it } from 'vitest'
import { createLogger } from '../../../../services/platform/process/logger.ts'
import type { Exchange } from '../../../../services/platform/pulsifi/http-failure.ts'
import type { WebhookRequest } from '../../../../services/platform/pulsifi/pulsifi-api.ts'
import type { PulsifiClient } from '../../../../services/platform/pulsifi/pulsifi-client.ts'
import { registerWebhooks } from '../../../../services/pulsifi-sink/calls/register-webhook.ts'
import type { Account } from '../../../../services/pulsifi-sink/turns/account.ts'
import { Turns } from '../../../../services/pulsifi-sink/turns/turns.ts'

const opened: Turns[] = []
afterEach(() => Promise.all(opened.splice(0).map(turns => turns.stop())))

const answered = (status: number, body: unknown): Exchange => ({
  ...{ type: 'answered', status, retryAfter: null, answeredAtMs: 0, text: JSON.stringify(body) },
  isComplete: true,
})

/** An account without webhooks that answers a creation with these statuses in turn. */
function account(statuses: number[]) {
  const created: WebhookRequest[] = []
  const turns = new Turns({
    ...{ ratePerSecond: 1_000, concurrencyMax: 1, pollsPerHour: 1, looksPerHour: 1, share: () => 1 },
    probe: async () => ({ type: 'well' }),
  })
  opened.push(turns)
  const client: Partial<PulsifiClient> = {
    listWebhooks: async () => answered(200, { total_count: 0, result: [] }),
    createWebhook: async request => {
      created.push(request)
      return answered(statuses.shift() ?? 200, { id: 'w' })
    },
  }
  return { created, turns, account: { client: client as PulsifiClient, turns } satisfies Account }
}

const connections = {
  pulsifiAccounts: new Map(),
  find: (source: string, tenant: string) =>
    tenant === 'silent' ? undefined : { source, tenant, secrets: [`token-of-${tenant}`], settings: {} },
}
const ports = (
  accounts: ReadonlyMap<string, Account>,
  delay: () => Promise<unknown> = async () => undefined,
) => ({
  ...{ accounts, connections, delay, log: createLogger('test', 'silent') },
  config: { PUBLIC_URL: 'https://hooks.example.com' },
})
const forever = new AbortController().signal

it('registers the callback of every tenant that has one', async () => {
  const all = { default: account([]), acme: account([]), silent: account([]) }
  await registerWebhooks(
    ports(new Map(Object.entries(all).map(([tenant, { account }]) => [tenant, account]))),
    forever,
  )
  expect(all.default.created).toMatchObject([
    { name: 'atsflow', url: 'https://hooks.example.com/hooks/pulsifi/default/token-of-default' },
  ])
  expect(all.acme.created).toMatchObject([
    { name: 'atsflow-acme', url: 'https://hooks.example.com/hooks/pulsifi/acme/token-of-acme' },
  ])
  expect(all.silent.created).toEqual([])
})

it('tries again what may be tried again, and not what was refused', async () => {
  const [recovering, refusing] = [account([425, 425]), account([400])]
  await registerWebhooks(
    ports(
      new Map([
        ['default', recovering.account],
        ['acme', refusing.account],
      ]),
    ),
    forever,
  )
  expect([recovering.created.length, refusing.created.length]).toEqual([3, 1])
})

/** Twice as many turns may be out as there are places on the wire: then none is left for others, however late it gets. */
function takeAll(turns: Turns): void {
  for (let out = 0; out < 2; ) if (turns.tryTake()) out++
}

it('waits for its turn at the account, and gives it back', async () => {
  const { account: busy, turns, created } = account([])
  takeAll(turns)
  const registered = registerWebhooks(ports(new Map([['default', busy]])), forever)
  await new Promise(setImmediate)
  expect(created).toEqual([])
  turns.unused()
  await registered
  expect(created).toHaveLength(1)
  await expect.poll(() => turns.tryTake()).toBe(true)
})

it('makes no request any more when the partition goes to another instance', async () => {
  const { account: busy, turns, created } = account([])
  takeAll(turns)
  const lost = new AbortController()
  const registered = registerWebhooks(ports(new Map([['default', busy]])), lost.signal)
  lost.abort()
  await registered
  turns.unused()
  await new Promise(setImmediate)
  expect(created).toEqual([])
})
