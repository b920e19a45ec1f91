/** By whoever becomes the owner of partition 0, so that one instance does it: Pulsifi is told where to call us back. */
import type { Connections } from '../../platform/connections/connections.ts'
import type { Logger } from '../../platform/process/logger.ts'
import { ensureWebhook } from '../../platform/pulsifi/ensure-webhook.ts'
import type { WebhookRequest } from '../../platform/pulsifi/pulsifi-api.ts'
import { type CallbackConfig, callbackOf } from '../../platform/pulsifi/settings.ts'
import { wantedWebhook } from '../../platform/pulsifi/webhook-registration.ts'
import type { Account, Accounts } from '../turns/account.ts'
import { inTurn } from '../turns/in-turn.ts'

const ATTEMPT_EVERY_MS = 30_000
const ATTEMPTS_MAX = 120

export interface RegistrationPorts {
  readonly config: CallbackConfig
  readonly connections: Pick<Connections, 'find' | 'pulsifiAccounts'>
  readonly accounts: Accounts
  readonly log: Logger
  /** Rejects when the signal aborts first. */
  readonly delay: (ms: number, signal: AbortSignal) => Promise<unknown>
}

/**
 * For every tenant at the same time: one whose account does not answer holds up no other. Ends early, and quietly,
 * when the signal aborts: another instance does it then.
 */
export async function registerWebhooks(ports: RegistrationPorts, signal: AbortSignal): Promise<void> {
  const { accounts, config, connections, log } = ports
  await Promise.all(
    [...accounts].map(([tenant, account]) => {
      const callback = callbackOf(tenant, config, connections)
      if (callback !== null)
        return unlessAborted(
          signal,
          register(tenant, account, wantedWebhook(tenant, callback), ports, signal),
        )
      log.info(
        { event: 'webhook_not_registered', tenant },
        'PUBLIC_URL or the path token of the callback is not set: results are polled.',
      )
      return undefined
    }),
  )
}

async function register(
  tenant: string,
  { client, turns }: Account,
  wanted: WebhookRequest,
  { log, delay }: RegistrationPorts,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const result = await ensureWebhook(
      client,
      wanted,
      inTurn(turns, 'create', `webhook of ${tenant}`, signal),
    )
    if (result.type === 'ensured') {
      const actions = result.actions.map(({ type }) => type)
      log.info({ event: 'webhook_ensured', tenant, actions }, "Pulsifi's webhook points to us.")
      return
    }
    const { operation, verdict } = result
    log.warn(
      {
        event: 'webhook_not_ensured',
        tenant,
        attempt,
        operation,
        verdict: verdict.type,
        httpStatus: verdict.httpStatus,
      },
      'Pulsifi did not take the webhook: results are polled meanwhile.',
    )
    // The same request is refused again.
    if (verdict.type === 'blocked') return
    await delay(ATTEMPT_EVERY_MS, signal)
  }
}

async function unlessAborted(signal: AbortSignal, work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** Registers from the beginning whenever partitions are assigned: one instance does it, the owner of number 0. */
export function createRegistration(ports: Parameters<typeof registerWebhooks>[0]) {
  let registration = new AbortController()
  let numbers: readonly number[] = []
  const again = () => {
    registration.abort()
    registration = new AbortController()
    if (numbers.includes(0)) void registerWebhooks(ports, registration.signal)
  }
  return {
    stop: () => registration.abort(),
    assigned(assigned: readonly number[]): void {
      numbers = assigned
      again()
    },
    /** For accounts, addresses or secrets that have changed. */
    again,
  }
}
