import { z } from 'zod'
import { KafkaSettings } from '../platform/kafka/settings.ts'
import { StateSettings } from '../platform/partitions/settings.ts'
import { flag, port, seconds, secondsLadder } from '../platform/process/config.ts'
import { HealthSettings } from '../platform/process/opening.ts'
import { RETRY_503 } from '../platform/pulsifi/classify.ts'
import { AccountSettings, CallbackSettings, InviteSince } from '../platform/pulsifi/settings.ts'
import { TracingSettings } from '../platform/tracing/settings.ts'
import { INVITE_ONCE_PER } from './ledger/claims.ts'

export const SinkConfig = z
  .object({
    PULSIFI_SINK_PORT: port(8092).describe('health and metrics'),
    ...HealthSettings,
    ...KafkaSettings,
    ...StateSettings,
    ALLOW_UNSAFE_TOPICS: flag()
      .default(false)
      .describe('invite in earnest on a cluster that may lose what it has acknowledged'),
    CONNECTIONS_FILE: z.string().optional().describe('JSON: tenants with their sources and Pulsifi accounts'),
    ...AccountSettings,
    ...CallbackSettings,
    INVITE_SINCE: InviteSince,
    INVITE_APPLIED_WITHIN_DAYS: z.coerce
      .number()
      .positive()
      .default(90)
      .describe('whoever applied longer ago is not invited'),
    INVITE_ONCE_PER: z
      .enum(INVITE_ONCE_PER)
      .default('person-and-job')
      .describe('however many applications of one person for one job there are'),
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
    PULSIFI_RETRY_503: z
      .enum(RETRY_503)
      .default('with-retry-after')
      .describe('which answers 503 to a call that creates count as not processed'),
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
    RESULT_CALLBACK_PER_HOUR: z.coerce
      .number()
      .positive()
      .optional()
      .describe(
        'looks that callbacks ask for, of the account, over all instances; unset: half of what its rate allows',
      ),
    RESULT_CALLBACK_SECONDS: seconds()
      .prefault('30')
      .describe('a candidate is looked at once in so long, however many callbacks name it'),
    JOB_WAIT_SECONDS: secondsLadder()
      .prefault('60,300,1800,3600')
      .describe('waits between attempts to create a job'),
    JOB_WAIT_MAX_DAYS: z.coerce.number().positive().default(14),
    CALL_GRACE_SECONDS: seconds()
      .prefault('15')
      .describe('after its timeout, until a call counts as unanswered'),
    ...TracingSettings,
  })
  .describe('Creates jobs and invitations at Pulsifi, and publishes what becomes of them.')

export type SinkConfig = z.output<typeof SinkConfig>
