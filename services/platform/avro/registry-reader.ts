/** The schema registry for whoever reads: what a value was written with, through the library that the field uses. */
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry'
import type { Schema } from 'avsc'
import type { SchemaSource } from './codec.ts'

export interface RegistryOptions {
  /** Base of the Confluent-compatible API; user and password may stand in it, and be others by the next request. */
  readonly url: string | (() => string)
  /** How often a request is repeated while the registry cannot be reached. 20 are about a minute and a half. */
  readonly retriesMax?: number
  readonly timeoutMs?: number
}

/** For whoever writes nothing: no schema of its own has an id. */
export function createRegistryReader(options: RegistryOptions): SchemaSource {
  const { registry } = connectRegistry(options)
  return { idOf: () => null, writerSchema: id => fetchWriterSchema(registry, id) }
}

export interface ConnectedRegistry {
  readonly registry: SchemaRegistry
  /** Where it is, and who asks, by now. */
  readonly endpoint: () => Endpoint
  readonly timeoutMs: number
}

export function connectRegistry({
  url,
  retriesMax = 20,
  timeoutMs = 10_000,
}: RegistryOptions): ConnectedRegistry {
  const endpoint = () => endpointOf(typeof url === 'string' ? url : url())
  return { registry: connect(endpoint, retriesMax, timeoutMs), endpoint, timeoutMs }
}

/** @returns null when the registry has none under the id */
export async function fetchWriterSchema(registry: SchemaRegistry, id: number): Promise<Schema | null> {
  try {
    // As JSON, so that the codec parses it with its own options and its own copy of avsc.
    return JSON.parse(JSON.stringify(await registry.getSchema(id)))
  } catch (error) {
    if (statusOf(error) === 404) return null
    throw error
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

/** What proves to the endpoint who asks; nothing where nobody has to. */
export function loginFor({ auth }: Endpoint): Record<string, string> {
  const credentials = auth && Buffer.from(`${auth.username}:${auth.password}`).toString('base64')
  return credentials ? { authorization: `Basic ${credentials}` } : {}
}

/** Of an answer, as the library tells it; null of any other error. */
export const statusOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'status' in error ? error.status : null
