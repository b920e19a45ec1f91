/**
 * The schema registry, through the library that the field uses with kafkajs. Everything here happens at boot or when
 * a schema id is seen for the first time; encoding and decoding are in `codec.ts` and never wait.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { COMPATIBILITY, SchemaRegistry } from '@kafkajs/confluent-schema-registry'
import type { Schema } from 'avsc'
import { AVRO_TOPICS, type AvroTopic, loadSchema, subjectOf } from '../../../schemas/subjects.ts'
import { UnreachableError } from '../process/config.ts'

export interface RegistryClient {
  /**
   * Registers the schema of every topic and learns its id; safe to repeat and to run in several processes at once.
   * Waits for a registry that is starting. Throws a sentence that says what to do when a subject refuses its schema.
   */
  readonly registerSubjects: () => Promise<void>
  /** Id under which this version of the topic's schema is registered; null before `registerSubjects`. */
  readonly idOf: (topic: AvroTopic) => number | null
  /** Schema that a value was written with; null when the registry has none under the id. */
  readonly writerSchema: (id: number) => Promise<Schema | null>
}

export interface RegistryOptions {
  /** Base of the Confluent-compatible API; user and password may stand in it, and be others by the next request. */
  readonly url: string | (() => string)
  /** How often a request is repeated while the registry cannot be reached. 20 are about a minute and a half. */
  readonly retriesMax?: number
  readonly timeoutMs?: number
}

/** A conflict of two that register at the same time is over by then. */
const CONFLICT_WAIT_MS = 300

export const COMPATIBILITY_MODE = COMPATIBILITY.FULL_TRANSITIVE

export function createRegistryClient(options: RegistryOptions): RegistryClient {
  const { url } = options
  const endpoint = () => endpointOf(typeof url === 'string' ? url : url())
  const { host } = endpoint()
  const timeoutMs = options.timeoutMs ?? 10_000
  const registry = connect(endpoint, options.retriesMax ?? 20, timeoutMs)
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
    idOf: topic => ids.get(topic) ?? null,
    async writerSchema(id) {
      try {
        // As JSON, so that the codec parses it with its own options and its own copy of avsc.
        return JSON.parse(JSON.stringify(await registry.getSchema(id)))
      } catch (error) {
        if (statusOf(error) === 404) return null
        throw error
      }
    },
  }
}

export interface Endpoint {
  readonly host: string
  readonly auth: { readonly username: string; readonly password: string } | null
}

/** Credentials leave the URL, because the library prints URLs in its errors. */
export function endpointOf(text: string): Endpoint {
  const url = new URL(text)
  const { username, password } = url
  url.username = ''
  url.password = ''
  return {
    host: url.href.replace(/\/+$/, ''),
    auth: username
      ? { username: decodeURIComponent(username), password: decodeURIComponent(password) }
      : null,
  }
}

const connect = (endpoint: () => Endpoint, retries: number, timeout: number): SchemaRegistry =>
  new SchemaRegistry({
    host: endpoint().host,
    clientId: 'atsflow',
    retry: {
      retries,
      initialRetryTimeInSecs: 0.2,
      maxRetryTimeInSecs: 5,
      // Only GET by default. Registering is idempotent, so all of our requests can be repeated.
      enableRetry: () => true,
      validateRetry: response => response.status() >= 500 || response.error()?.name === 'TimeoutError',
    },
    // Without a limit a registry that accepts a connection and stays silent would hold the process for ever.
    middlewares: [
      () => ({ request: request => request.enhance({ timeout, headers: loginFor(endpoint()) }) }),
    ],
  })

/** Of a request that the library does not make. */
export const headersFor = (endpoint: Endpoint): Record<string, string> => ({
  'content-type': 'application/vnd.schemaregistry.v1+json',
  ...loginFor(endpoint),
})

function loginFor({ auth }: Endpoint): Record<string, string> {
  const credentials = auth && Buffer.from(`${auth.username}:${auth.password}`).toString('base64')
  return credentials ? { authorization: `Basic ${credentials}` } : {}
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

const statusOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'status' in error ? error.status : null
