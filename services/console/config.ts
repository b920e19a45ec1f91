import { z } from 'zod'
import { BlobSettings } from '../platform/blobs/settings.ts'
import { ConsoleSettings } from '../platform/duckdb/settings.ts'
import { KafkaSettings } from '../platform/kafka/settings.ts'
import { ConfigError, flag, list, port } from '../platform/process/config.ts'

export const ConsoleConfig = z
  .object({
    ...ConsoleSettings,
    CONSOLE_HOST: z
      .string()
      .optional()
      .describe(
        'address that the port listens on; unset: 127.0.0.1, or every address once CONSOLE_TOKEN is set',
      ),
    CONSOLE_PERSONAL_DATA: flag().default(false).describe('keep names and e-mail addresses of candidates'),
    CONSOLE_MEMORY_MIB: z.coerce.number().int().min(128).default(1024).describe('what DuckDB may use'),
    CONSOLE_SCRAPE: list()
      .optional()
      .describe('name=url of the /metrics of other processes, comma separated; unset: those of this machine'),
    ...KafkaSettings,
    ...BlobSettings,
    INGRESS_PORT: port(8080),
    NORMALIZER_PORT: port(8091),
    PULSIFI_SINK_PORT: port(8092),
    PULSIFI_RATE_PER_SECOND: z.coerce.number().positive().default(5).describe('budget to show the use of'),
  })
  .describe('Shows what became of every application: a page, an HTTP API and a DuckDB made from the topics.')
export type ConsoleConfig = z.output<typeof ConsoleConfig>

const LOOPBACK = '127.0.0.1'
const LOOPBACK_NAMES: ReadonlySet<string> = new Set([LOOPBACK, '::1', 'localhost'])

/** @throws ConfigError for an address that others reach while no token is set. */
export function listenHost({ CONSOLE_HOST: host, CONSOLE_TOKEN: token }: ConsoleConfig): string {
  if (token !== undefined) return host ?? '0.0.0.0'
  if (host !== undefined && !LOOPBACK_NAMES.has(host))
    throw new ConfigError(`CONSOLE_HOST ${host} can be reached by others: set CONSOLE_TOKEN too`)
  return host ?? LOOPBACK
}

/** Where the numbers of another process are read. */
export interface ScrapeTarget {
  readonly name: string
  readonly url: string
}

/** @throws ConfigError for an entry that is not name=url. */
export function scrapeTargets(config: ConsoleConfig): readonly ScrapeTarget[] {
  const given = config.CONSOLE_SCRAPE
  if (given === undefined) {
    const local = (name: string, at: number) => ({ name, url: `http://${LOOPBACK}:${at}/metrics` })
    return [
      local('ingress', config.INGRESS_PORT),
      local('normalizer', config.NORMALIZER_PORT),
      local('pulsifi-sink', config.PULSIFI_SINK_PORT),
    ]
  }
  return given.map(entry => {
    const at = entry.indexOf('=')
    const url = entry.slice(at + 1)
    if (at < 1 || !URL.canParse(url))
      throw new ConfigError('CONSOLE_SCRAPE: expected name=url, comma separated')
    return { name: entry.slice(0, at), url }
  })
}
