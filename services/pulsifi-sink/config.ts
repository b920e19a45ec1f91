import { z } from 'zod'
import { ConfigError, flag, port, seconds, secondsLadder, secret } from '../platform/config.ts'
import { KafkaSettings } from '../platform/kafka-config.ts'

export const SinkConfig = z
  .object({
    PULSIFI_SINK_PORT: port(8092).describe('health and metrics'),
    HTTP_HOST: z.string().default('0.0.0.0').describe('address that the port listens on'),
    ...KafkaSettings,
    STATE_DIR: z
      .string()
      .default('.local/state')
      .describe('state cache; deleting it costs start-up time only'),
    CONNECTIONS_FILE: z.string().optional().describe('JSON: tenants with their sources and Pulsifi accounts'),
    PULSIFI_BASE_URL: z.url().optional().describe('of tenant default; unset: the sandbox on SANDBOX_PORT'),
    PULSIFI_CLIENT_ID: secret().optional().describe('credentials of that account'),
    PULSIFI_CLIENT_SECRET: secret().optional(),
    SANDBOX_PORT: port(8095),
    PUBLIC_URL: z
      .url()
      .optional()
      .describe("ingress's public address: Pulsifi's webhook is made to point there"),
    SOURCE_PULSIFI_SECRET: secret().optional().describe('path token of that webhook'),
    PULSIFI_WEBHOOK_SECRET: secret().optional().describe('secret that Pulsifi sends with it'),
    INVITE_SINCE: z.iso
      .date()
      .or(z.iso.datetime({ offset: true }))
      .optional()
      .describe('ISO date; nothing applied for before it is invited. Required with a real account'),
    INVITE_ON_CLOSED: flag().default(false).describe('invite for jobs that are closed'),
    INVITE_DEADLINE_DAYS: z.coerce
      .number()
      .int()
      .min(1)
      .max(89)
      .optional()
      .describe('unset: Pulsifi takes 3 months'),
    INVITE_ANONYMOUSLY: flag().default(false).describe('send neither names nor addresses'),
    ON_MISSING_IDENTITY: z.enum(['block', 'anonymous']).default('block'),
    PULSIFI_RATE_PER_SECOND: z.coerce
      .number()
      .positive()
      .default(5)
      .describe('of the account, over all instances'),
    PULSIFI_CONCURRENCY: z.coerce
      .number()
      .int()
      .positive()
      .default(5)
      .describe('requests on the wire, of an instance'),
    PULSIFI_AMBIGUOUS_JOB_RETRIES: z.coerce.number().int().min(0).default(1),
    PULSIFI_ALLOW_EMPTY_SKILLS: flag().default(false),
    PULSIFI_DESCRIPTION_MAX: z.coerce.number().int().min(300).optional(),
    PULSIFI_RESPONSIBILITY_FIELD: z
      .enum(['responsibility_achievement', 'responsibilities_achievements'])
      .default('responsibility_achievement'),
    RESULT_POLL_SECONDS: secondsLadder()
      .prefault('900,3600,21600')
      .describe('waits between looks; the last repeats'),
    RESULT_POLL_PER_HOUR: z.coerce
      .number()
      .positive()
      .default(2000)
      .describe('looks at open invitations by plan, of the account, over all instances'),
    JOB_WAIT_SECONDS: secondsLadder()
      .prefault('60,300,1800,3600')
      .describe('waits between attempts to create a job'),
    JOB_WAIT_MAX_DAYS: z.coerce.number().positive().default(14),
    CALL_GRACE_SECONDS: seconds()
      .prefault('15')
      .describe('after its timeout, until a call counts as unanswered'),
  })
  .describe('Creates jobs and invitations at Pulsifi, and publishes what becomes of them.')

export type SinkConfig = z.output<typeof SinkConfig>

export interface DefaultAccount {
  readonly baseUrl: string
  readonly clientId: string
  readonly clientSecret: string
  readonly isSandbox: boolean
}

/** @throws ConfigError for half an account, and for a real one that could invite years of old applicants. */
export function defaultAccount(config: SinkConfig): DefaultAccount {
  const {
    PULSIFI_BASE_URL: baseUrl,
    PULSIFI_CLIENT_ID: clientId,
    PULSIFI_CLIENT_SECRET: clientSecret,
  } = config
  if (baseUrl === undefined) {
    return {
      baseUrl: `http://127.0.0.1:${config.SANDBOX_PORT}`,
      clientId: clientId ?? 'sandbox',
      clientSecret: clientSecret ?? 'sandbox',
      isSandbox: true,
    }
  }
  if (clientId === undefined || clientSecret === undefined) {
    throw new ConfigError('PULSIFI_BASE_URL needs PULSIFI_CLIENT_ID and PULSIFI_CLIENT_SECRET')
  }
  requireInviteSince(config)
  return { baseUrl, clientId, clientSecret, isSandbox: false }
}

/** @throws ConfigError when it is not set: for any account that is not our own sandbox. */
export function requireInviteSince({ INVITE_SINCE }: Pick<SinkConfig, 'INVITE_SINCE'>): void {
  if (INVITE_SINCE === undefined) {
    throw new ConfigError(
      'INVITE_SINCE must be set with a real Pulsifi account: sources send whole histories, and nobody who applied before this ISO date is invited',
    )
  }
}
