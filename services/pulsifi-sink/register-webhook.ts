/** At start, by the owner of partition 0, so that one instance does it: Pulsifi is told where to call us back. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from '../platform/logger.ts'
import type { Account } from './account.ts'
import type { SinkConfig } from './config.ts'
import { ensureWebhook, wantedWebhook } from './ensure-webhook.ts'

const ATTEMPT_EVERY_MS = 30_000
const ATTEMPTS_MAX = 120

export interface RegistrationPorts {
  readonly config: Pick<SinkConfig, 'PUBLIC_URL' | 'SOURCE_PULSIFI_SECRET' | 'PULSIFI_WEBHOOK_SECRET'>
  readonly account: Account | undefined
  readonly log: Logger
}

export async function registerWebhook({ config, account, log }: RegistrationPorts): Promise<void> {
  const { PUBLIC_URL: base, SOURCE_PULSIFI_SECRET: token, PULSIFI_WEBHOOK_SECRET: secret } = config
  if (account === undefined) return
  if (base === undefined || token === undefined) {
    log.info(
      { event: 'webhook_not_registered' },
      'PUBLIC_URL or SOURCE_PULSIFI_SECRET is not set: results are polled.',
    )
    return
  }
  const [pathToken] = token.split(',')
  const url = `${base.replace(/\/+$/, '')}/hooks/pulsifi/default/${pathToken?.trim()}`
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const result = await ensureWebhook(account.client, wantedWebhook(url, secret ?? null))
    if (result !== 'failed') {
      log.info({ event: 'webhook_ensured', result }, "Pulsifi's webhook points to us.")
      return
    }
    log.warn(
      { event: 'webhook_not_ensured', attempt },
      'Pulsifi did not take the webhook: results are polled meanwhile.',
    )
    await delay(ATTEMPT_EVERY_MS, undefined, { ref: false })
  }
}
