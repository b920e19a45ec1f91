/** Fills the topics that the console reads, as if so many people had been invited and had scores. */
import type { AvroTopic, RecordOf } from '../../schemas/subjects.ts'
import { CANONICAL_JOB, PULSIFI_INVITATION, PULSIFI_SCORE } from '../../services/core/topics.ts'
import { invitation, job, score } from '../support/console-records.ts'
import { connectPipeline, type Pipeline } from '../support/ops-records.ts'
import type { World } from './world.ts'

export const PARTITIONS = 6
const JOBS = 200
const BATCH = 5_000
const DAY_MS = 86_400_000
const START_MS = Date.UTC(2026, 0, 1)
export const SOURCES = ['jobylon', 'humansourcing', 'idibu', 'cleverconnect']
const STATUSES = ['invited', 'opened', 'started', 'completed', 'completed', 'expired']
const REASONS = ['EMAIL_MISSING', 'NAME_MISSING', 'JOB_BLOCKED:DESCRIPTION_TOO_SHORT:120']
const SCORE_TYPES = ['role_fit', 'organizational_fit', 'hard_skill', 'reasoning_verbal', 'reasoning_numeric']
export const SCORES_EACH = SCORE_TYPES.length

const placeOf = (n: number) => ({ source: SOURCES[n % SOURCES.length] ?? '', tenant: 'default' })
const jobOf = (n: number) => `j${(n * 7_919) % JOBS}`
const timeOf = (n: number) => START_MS + ((n * 104_729) % 300) * DAY_MS + (n % 86_400) * 1_000

export function invitationOf(n: number) {
  const isHeld = n % 5 === 0
  return invitation(placeOf(n), `c${n}`, jobOf(n), {
    ...(isHeld
      ? { outcome: 'BLOCKED', reasons: [REASONS[n % 3] ?? ''] }
      : { outcome: 'INVITED', status: STATUSES[n % STATUSES.length] ?? '' }),
    occurred_at: timeOf(n),
  })
}

function scoreOf(at: number) {
  const [n, type] = [Math.floor(at / SCORES_EACH), at % SCORES_EACH]
  return score(placeOf(n), `c${n}`, jobOf(n), {
    score_type: SCORE_TYPES[type] ?? '',
    kind: type < 2 ? 'FIT' : 'ADDITIONAL',
    score_value: (n * 31 + type * 17) % 101,
    observed_at: timeOf(n) + DAY_MS,
  })
}

/** Each invitation has `SCORES_EACH` scores. */
export async function fillConsoleTopics({ env }: World, invitations: number): Promise<void> {
  const pipeline = await connectPipeline(env)
  for (let n = 0; n < JOBS; n++) {
    const place = placeOf(n)
    await pipeline.writeRecord(CANONICAL_JOB, `${place.source}:default:j${n}`, job(place, `j${n}`))
  }
  await fill(pipeline, PULSIFI_INVITATION, invitations, invitationOf)
  await fill(pipeline, PULSIFI_SCORE, invitations * SCORES_EACH, scoreOf)
  await pipeline.close()
}

async function fill<T extends AvroTopic & ('pulsifi.invitation.v1' | 'pulsifi.score.v1')>(
  { kafka, codec }: Pipeline,
  topic: T,
  count: number,
  make: (n: number) => RecordOf[T],
): Promise<void> {
  const producer = kafka.producer()
  await producer.connect()
  for (let at = 0; at < count; at += BATCH) {
    const messages = Array.from({ length: Math.min(BATCH, count - at) }, (_, n) => {
      const record = make(at + n)
      const candidate = Math.floor((at + n) / (topic === PULSIFI_SCORE ? SCORES_EACH : 1))
      return {
        key: record.application_key,
        value: codec.encode(topic, record),
        partition: candidate % PARTITIONS,
      }
    })
    await producer.send({ topic, messages })
  }
  await producer.disconnect()
}
