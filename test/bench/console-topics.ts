/** Fills the topics that the console reads, as if so many people had applied, been asked, and had scores or not. */
import type { RecordOf } from '../../schemas/subjects.ts'
import type { ApplicationState } from '../../schemas/types.ts'
import {
  CANONICAL_CANDIDATE,
  CANONICAL_JOB,
  PULSIFI_INVITATION,
  PULSIFI_SCORE,
  PULSIFI_STATUS,
} from '../../services/core/topics.ts'
import { candidate, invitation, job, score, status } from '../support/console-records.ts'
import type { Pipeline } from '../support/ops-records.ts'

export const PARTITIONS = 6
export const JOBS = 200
/** Applications whose records are sent together. */
const BATCH = 1_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** A prime: the day that people apply on has nothing to do with their source, job or end. */
const DAYS = 293
/** The last ones have ended by now. */
const START_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS - (DAYS + 10) * DAY_MS

export const SOURCES = ['jobylon', 'humansourcing', 'idibu', 'cleverconnect']
const REASONS = ['EMAIL_MISSING', 'NAME_MISSING', 'JOB_BLOCKED:DESCRIPTION_TOO_SHORT:120']
const SCORE_TYPES = ['role_fit', 'organizational_fit', 'hard_skill', 'reasoning_verbal', 'reasoning_numeric']

/** Each application has changed as often as any other. */
const BLOCKED: readonly ApplicationState[] = ['received', 'waiting', 'blocked', 'waiting', 'blocked']
const INVITED: readonly (readonly ApplicationState[])[] = [
  ['received', 'blocked', 'ambiguous', 'waiting', 'invited'],
  ['received', 'blocked', 'waiting', 'invited', 'opened'],
  ['received', 'waiting', 'invited', 'opened', 'started'],
  ['received', 'invited', 'opened', 'started', 'completed'],
  ['received', 'invited', 'opened', 'started', 'completed'],
  ['received', 'waiting', 'invited', 'opened', 'expired'],
]
export const CHANGES_EACH = BLOCKED.length

const isBlocked = (n: number) => n % 5 === 0
const pathOf = (n: number) => (isBlocked(n) ? BLOCKED : (INVITED[n % INVITED.length] ?? BLOCKED))
const endOf = (n: number) => pathOf(n).at(-1)
const placeOf = (n: number) => ({ source: SOURCES[n % SOURCES.length] ?? '', tenant: 'default' })
/** Of the same source. */
const jobOf = (n: number) =>
  `j${(n % SOURCES.length) + SOURCES.length * (Math.floor(n / 20) % (JOBS / SOURCES.length))}`
const appliedAt = (n: number) => START_MS + ((n * 104_729) % DAYS) * DAY_MS + (n % 86_400) * 1_000
/** When it came to a place of its path: some people need longer than others. */
const cameAt = (n: number, at: number) => appliedAt(n) + at * (1 + (n % 37)) * HOUR_MS

export const jobKeyOf = (n: number) => `${placeOf(n).source}:default:${jobOf(n)}`
export const applicationKeyOf = (n: number) => `${placeOf(n).source}:default:c${n}#${jobOf(n)}`

const MAKERS: { readonly [T in FilledTopic]: (n: number) => readonly Keyed<RecordOf[T]>[] } = {
  [CANONICAL_CANDIDATE](n) {
    const record = candidate(placeOf(n), `c${n}`, [jobOf(n)])
    const provenance = { ...record.provenance, received_at: appliedAt(n) }
    return [{ key: record.candidate_key, record: { ...record, provenance } }]
  },
  [PULSIFI_INVITATION](n) {
    const told = ledgerOf(n).map(known => invitation(placeOf(n), `c${n}`, jobOf(n), known))
    return told.map(record => ({ key: record.application_key, record }))
  },
  [PULSIFI_SCORE](n) {
    if (endOf(n) !== 'completed') return []
    const observed_at = cameAt(n, CHANGES_EACH - 1)
    return SCORE_TYPES.map((score_type, at) => {
      const record = score(placeOf(n), `c${n}`, jobOf(n), {
        ...{ score_type, kind: at < 2 ? 'FIT' : 'ADDITIONAL', observed_at },
        ...{ event_id: idOf(n, at), score_value: (n * 31 + at * 17) % 101 },
      })
      return { key: record.event_id, record }
    })
  },
  [PULSIFI_STATUS]: n =>
    pathOf(n).map((to, at) => {
      const when = { occurred_at: cameAt(n, at), ingested_at: cameAt(n, at) }
      const record = status(placeOf(n), `c${n}`, jobOf(n), {
        ...{ number: at + 1, from: pathOf(n)[at - 1] ?? null, to, ...when },
        ...{
          event_id: idOf(n, at),
          status_key: idOf(n, at),
          reason: to === 'blocked' ? 'EMAIL_MISSING' : null,
        },
      })
      return { key: record.status_key, record }
    }),
}
type FilledTopic =
  | typeof CANONICAL_CANDIDATE
  | typeof PULSIFI_INVITATION
  | typeof PULSIFI_SCORE
  | typeof PULSIFI_STATUS
interface Keyed<R> {
  readonly key: string
  readonly record: R
}
const FILLED = [CANONICAL_CANDIDATE, PULSIFI_INVITATION, PULSIFI_SCORE, PULSIFI_STATUS] as const

/** As long as the ids that stand there, and as little alike. */
function idOf(n: number, at: number): string {
  const hex = (value: number) => (Math.imul(value, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0')
  return `${hex(n)}-${hex(n ^ 0x5bd1e995).slice(4)}-5000-800${at}-${n.toString(16).padStart(12, '0')}`
}

/** Every step of those who came to the end, and of the others where they stand. */
function ledgerOf(n: number): readonly Parameters<typeof invitation>[3][] {
  if (isBlocked(n))
    return [{ outcome: 'BLOCKED', reasons: [REASONS[n % 3] ?? ''], occurred_at: cameAt(n, CHANGES_EACH - 1) }]
  const steps = pathOf(n).map((state, at) => ({
    ...{ outcome: 'INVITED' as const, status: state, occurred_at: cameAt(n, at) },
    ...{ ext_reference_id: `${placeOf(n).source}_c${n}`, pulsifi_candidate_id: `p-${n}` },
  }))
  return endOf(n) === 'completed' ? steps.slice(1) : steps.slice(-1)
}

/** Answers how many records there are then. */
export async function fillConsoleTopics(pipeline: Pipeline, applications: number): Promise<number> {
  for (let n = 0; n < JOBS; n++) {
    const place = placeOf(n)
    await pipeline.writeRecord(CANONICAL_JOB, `${place.source}:default:j${n}`, job(place, `j${n}`))
  }
  let written = JOBS
  for (const topic of FILLED) written += await fill(pipeline, topic, applications)
  return written
}

/** The next batch is encoded while the broker writes the one before. */
async function fill({ kafka, codec }: Pipeline, topic: FilledTopic, applications: number): Promise<number> {
  const producer = kafka.producer()
  await producer.connect()
  let written = 0
  let sending: Promise<unknown> = Promise.resolve()
  for (let first = 0; first < applications; first += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, applications - first) }, (_, at) => first + at)
    const messages = numbers.flatMap(n => messagesOf(codec, topic, n))
    written += messages.length
    await sending
    sending = producer.send({ topic, messages })
  }
  await sending
  await producer.disconnect()
  return written
}

const messagesOf = <T extends FilledTopic>(codec: Pipeline['codec'], topic: T, n: number) =>
  MAKERS[topic](n).map(({ key, record }) => ({
    key,
    value: codec.encode(topic, record),
    partition: n % PARTITIONS,
  }))

/** Everything there is of one application. */
export const recordsAbout = (codec: Pipeline['codec'], n: number) =>
  FILLED.map(topic => ({ topic, messages: messagesOf(codec, topic, n) }))
