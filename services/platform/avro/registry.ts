/**
 * Registers what this version writes, through the library that the field uses with kafkajs, and reads what others wrote
 * with. It happens at boot or when a schema id is seen for the first time; `codec.ts` encodes and decodes and never waits.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { COMPATIBILITY } from '@kafkajs/confluent-schema-registry'
import { AVRO_TOPICS, type AvroTopic, loadSchema, subjectOf } from '../../../schemas/subjects.ts'
import { UnreachableError } from '../process/config.ts'
import type { SchemaSource } from './codec.ts'
import {
  connectRegistry,
  type Endpoint,
  fetchWriterSchema,
  headersFor,
  type RegistryOptions,
  statusOf,
} from './registry-reader.ts'

export interface RegistryClient extends SchemaSource {
  /**
   * Registers the schema of every topic and learns its id; safe to repeat and to run in several processes at once.
   * Waits for a registry that is starting. Throws a sentence that says what to do when a subject refuses its schema.
   */
  readonly registerSubjects: () => Promise<void>
  /** Whether it answers now. Never rejects. */
  readonly isReached: () => Promise<boolean>
}

/** Whoever asks for metrics waits for it. */
const ANSWER_WITHIN_MS = 1_000

/** A conflict of two that register at the same time is over by then. */
const CONFLICT_WAIT_MS = 300

export const COMPATIBILITY_MODE = COMPATIBILITY.FULL_TRANSITIVE

export function createRegistryClient(options: RegistryOptions): RegistryClient {
  const { registry, endpoint, timeoutMs } = connectRegistry(options)
  const { host } = endpoint()
  const ids = new Map<AvroTopic, number>()

  async function register(topic: AvroTopic): Promise<number> {
    const subject = subjectOf(topic)
    const attempt = () => registry.register(loadSchema(topic), { subject, compatibility: COMPATIBILITY_MODE })
    try {
      return (await attempt()).id
    } catch (error) {
      if (!isModeRace(error) && statusOf(error) !== 409) throw refusal(subject, host, error)
      // Another process makes the same subject now, or its versions forbid the schema: then it is refused again.
      if (isModeRace(error)) await setMode(endpoint(), subject, timeoutMs).catch(() => undefined)
      else await delay(CONFLICT_WAIT_MS)
    }
    try {
      return (await attempt()).id
    } catch (error) {
      throw refusal(subject, host, error)
    }
  }

  return {
    async registerSubjects() {
      for (const topic of AVRO_TOPICS) ids.set(topic, await register(topic))
    },
    isReached: () =>
      fetch(`${endpoint().host}/subjects`, {
        headers: headersFor(endpoint()),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      })
        .then(async response => {
          await response.arrayBuffer()
          return response.ok
        })
        .catch(() => false),
    idOf: topic => ids.get(topic) ?? null,
    writerSchema: id => fetchWriterSchema(registry, id),
  }
}

/** The library sets the mode only on a subject that it sees for the first time. */
async function setMode(endpoint: Endpoint, subject: string, timeoutMs: number): Promise<void> {
  const response = await fetch(`${endpoint.host}/config/${subject}`, {
    method: 'PUT',
    headers: headersFor(endpoint),
    body: JSON.stringify({ compatibility: COMPATIBILITY_MODE }),
    signal: AbortSignal.timeout(timeoutMs),
  })
  if (!response.ok) throw new Error(`setting its compatibility was answered ${response.status}`)
}

function refusal(subject: string, host: string, error: unknown): Error {
  const said = error instanceof Error ? error.message : String(error)
  const remedy = remedyOf(subject, host, error)
  const sentence = `Subject ${subject} could not be registered. ${said}. ${remedy}`
  return isAbsence(error) ? new UnreachableError(sentence) : new Error(sentence, { cause: error })
}

function remedyOf(subject: string, host: string, error: unknown): string {
  if (isModeError(error))
    return `Set it with PUT ${host}/config/${subject} {"compatibility":"${COMPATIBILITY_MODE}"}.`
  if (statusOf(error) === 409) {
    return 'Its registered versions forbid this schema: undo the change, or give it a new topic (schemas/README.md).'
  }
  return `Check that SCHEMA_REGISTRY_URL (${host}) is the base of a Confluent-compatible API.`
}

/** No answer, or that of something that stands before a registry that is away. */
const isAbsence = (error: unknown): boolean => {
  const status = Number(statusOf(error))
  return error instanceof Error && error.name === 'ResponseError' && (!(status > 0) || status >= 500)
}

/** The library does not export its error classes. */
const isModeError = (error: unknown): error is Error =>
  error instanceof Error && error.name === 'ConfluentSchemaRegistryCompatibilityError'

/**
 * Two processes that boot together set the mode of a new subject at the same time. Apicurio answers NONE, not 404,
 * between the other's registration and its setting of the mode, and a conflict when both set it.
 */
const isModeRace = (error: unknown): boolean =>
  (isModeError(error) && error.message.includes('NONE')) ||
  (statusOf(error) === 409 &&
    error instanceof Error &&
    error.message.includes("'COMPATIBILITY' already exists"))
