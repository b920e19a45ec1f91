/** What the broker's answer to records says of their future. Pure. */
import { ConfigError } from '../../platform/process/config.ts'

export interface Refusal {
  /** `topic`: takes nothing until somebody gives it back its right or mends it. `record`: this one, as it is, never. */
  readonly of: 'topic' | 'record'
  /** Kafka's name of the error. */
  readonly cause: string
}

const OF_TOPIC: ReadonlySet<string> = new Set([
  'TOPIC_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'INVALID_TOPIC_EXCEPTION',
])
const OF_RECORD: ReadonlySet<string> = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
  'POLICY_VIOLATION',
])
/** Partitions or topics that are not as ours must be: found before anything is sent. */
const TOPIC_WRONG = 'TOPIC_WRONG'

/** Null when nobody refused: there is no broker, or none that could answer. */
export function refusalOf(error: unknown): Refusal | null {
  // The client wraps what it gave up on.
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    if (inner instanceof ConfigError) return { of: 'topic', cause: TOPIC_WRONG }
    const type: unknown = Reflect.get(inner, 'type')
    if (typeof type !== 'string') continue
    if (OF_TOPIC.has(type)) return { of: 'topic', cause: type }
    if (OF_RECORD.has(type)) return { of: 'record', cause: type }
  }
  return null
}
