import { z } from 'zod'
import { BlobSettings } from '../platform/blobs/settings.ts'
import { ProxySettings } from '../platform/connections/sender-address.ts'
import { ConsoleSettings } from '../platform/duckdb/settings.ts'
import { KafkaSettings } from '../platform/kafka/settings.ts'
import { ConfigError, flag, type NamedUrl, namedUrls, port, secret } from '../platform/process/config.ts'
import { isLoopback, isTrial, needs, overTls, ruled } from '../platform/process/config-rules.ts'
import { HealthSettings } from '../platform/process/opening.ts'
import { faultOf } from '../platform/secrets/guessable.ts'
import type { OidcSettings } from './serve/oidc.ts'

export const ConsoleConfig = z
  .object({
    ...ConsoleSettings,
    ...HealthSettings,
    CONSOLE_HEALTH_PORT: port(8094).describe('port of health and metrics, apart from the page'),
    CONSOLE_HOST: z
      .string()
      .optional()
      .describe(
        'address that the port listens on; unset: 127.0.0.1, or every address once CONSOLE_TOKEN or CONSOLE_USERS_FILE is set',
      ),
    CONSOLE_PERSONAL_DATA: flag().default(false).describe('keep names and e-mail addresses of candidates'),
    CONSOLE_MEMORY_MIB: z.coerce
      .number()
      .int()
      .min(128)
      .default(1024)
      .describe('what DuckDB may use, and again what one SELECT of somebody may, at least 256'),
    CONSOLE_SCRAPE: namedUrls()
      .optional()
      .describe('name=url of the /metrics of other processes, comma separated; unset: those of this machine'),
    CONSOLE_USERS_FILE: z
      .string()
      .optional()
      .describe('JSON: people who may look, with the hash of a secret, a role and tenants'),
    CONSOLE_OIDC_ISSUER: z
      .url()
      .optional()
      .describe('OpenID provider that people of CONSOLE_USERS_FILE may sign in at, by their subject there'),
    CONSOLE_OIDC_NAMES: ruled(z.enum(['subject', 'address']), needs('CONSOLE_OIDC_ISSUER'))
      .default('subject')
      .describe(
        'what it names people by; address: by an e-mail address that it has verified, too, which may be given to somebody else later',
      ),
    CONSOLE_OIDC_CLIENT_ID: z.string().optional().describe('the console there'),
    CONSOLE_OIDC_CLIENT_SECRET: secret().optional().describe('its secret'),
    PUBLIC_URL: ruled(z.url(), overTls)
      .optional()
      .describe('https: the cookie of a session is sent over TLS alone'),
    PULSIFI_BASE_URL: z
      .url()
      .optional()
      .describe('unset or on this machine: a sandbox, for which a short token will do'),
    ...ProxySettings,
    ...KafkaSettings,
    ...BlobSettings,
    HEALTH_PORT: port(8093),
    NORMALIZER_PORT: port(8091),
    PULSIFI_SINK_PORT: port(8092),
    CONNECTIONS_FILE: z.string().optional().describe('JSON: settings of sources, for what is sent back'),
    PULSIFI_RATE_PER_SECOND: z.coerce.number().positive().default(5).describe('budget to show the use of'),
  })
  .describe('Shows what became of every application: a page, an HTTP API and a DuckDB made from the topics.')
export type ConsoleConfig = z.output<typeof ConsoleConfig>

const LOOPBACK = '127.0.0.1'

/** @throws ConfigError for an address that others reach while nobody has to prove anything, or a token that can be guessed. */
export function listenHost(config: ConsoleConfig): string {
  const { CONSOLE_HOST: host, CONSOLE_TOKEN: token } = config
  if (token === undefined && config.CONSOLE_USERS_FILE === undefined) {
    if (host !== undefined && !isLoopback(host))
      throw new ConfigError(
        `CONSOLE_HOST ${host} can be reached by others: set CONSOLE_TOKEN or CONSOLE_USERS_FILE too`,
      )
    return host ?? LOOPBACK
  }
  const weakness = token === undefined ? null : faultOf(token)
  if (weakness !== null && !isTrial(host ?? '', [config.PULSIFI_BASE_URL]))
    throw new ConfigError(
      `CONSOLE_TOKEN ${weakness}. With CONSOLE_HOST ${LOOPBACK} and the sandbox of Pulsifi any will do`,
    )
  return host ?? '0.0.0.0'
}

/** Null without one. @throws ConfigError for half of one, for one without TLS, and where nothing says who may come in. */
export function oidcSettings(config: ConsoleConfig): OidcSettings | null {
  const { CONSOLE_OIDC_ISSUER: url, CONSOLE_OIDC_CLIENT_ID: clientId } = config
  const clientSecret = config.CONSOLE_OIDC_CLIENT_SECRET
  if (url === undefined && clientId === undefined && clientSecret === undefined) return null
  if (url === undefined || clientId === undefined || clientSecret === undefined)
    throw new ConfigError(
      'CONSOLE_OIDC_ISSUER, CONSOLE_OIDC_CLIENT_ID and CONSOLE_OIDC_CLIENT_SECRET: set all three, or none',
    )
  if (config.CONSOLE_USERS_FILE === undefined)
    throw new ConfigError(
      'CONSOLE_OIDC_ISSUER needs CONSOLE_USERS_FILE, which says who may come in, and as what',
    )
  const issuer = new URL(url)
  if (issuer.protocol !== 'https:' && !isLoopback(issuer.hostname))
    throw new ConfigError('CONSOLE_OIDC_ISSUER: expected https')
  return { issuer, clientId, clientSecret, takesAddresses: config.CONSOLE_OIDC_NAMES === 'address' }
}

/** Browsers come by TLS, as far as the configuration says. */
export const isPublicSecure = ({ PUBLIC_URL: url }: ConsoleConfig): boolean =>
  url !== undefined && new URL(url).protocol === 'https:'

/** Where the numbers of the other processes are read. */
export function scrapeTargets(config: ConsoleConfig): readonly NamedUrl[] {
  const local = (name: string, at: number) => ({ name, url: `http://${LOOPBACK}:${at}/metrics` })
  return (
    config.CONSOLE_SCRAPE ?? [
      local('ingress', config.HEALTH_PORT),
      local('normalizer', config.NORMALIZER_PORT),
      local('pulsifi-sink', config.PULSIFI_SINK_PORT),
    ]
  )
}
