import { z } from 'zod'
import { ConfigError, type Environment, port, secret } from '../../services/platform/process/config.ts'
import { mayBePlaintext } from '../../services/platform/process/config-rules.ts'

export const WarehouseSettings = {
  WAREHOUSE_URL: secret()
    .optional()
    .describe(
      'postgresql://user:password@host:port/database?sslmode=verify-full&sslrootcert=file; unset: a PostgreSQL of its own is started',
    ),
  WAREHOUSE_POSTGRES_PORT: port(5433).describe('port of that PostgreSQL; 0 takes a free one'),
  WAREHOUSE_CONNECT_PORT: port(8083).describe("port of the worker's own API on loopback; 0 takes a free one"),
  WAREHOUSE_FORGET_HOURS: z.coerce
    .number()
    .nonnegative()
    .max(24 * 20)
    .default(24)
    .describe(
      'how often removed rows are made to go from the disk of the database, too: each time tables with removed rows are written anew; 0: never',
    ),
}

/** A database, also as its driver for Java wants it. */
export interface WarehouseTarget {
  /** As it was configured. */
  readonly url: string
  readonly jdbcUrl: string
  readonly user: string
  readonly password: string
  /** Without the password, for a person. */
  readonly shown: string
}

/** Of `sslmode`, those that fall back to plain text at no one's word. */
const ENCRYPTED: ReadonlySet<string> = new Set(['require', 'verify-ca', 'verify-full'])

/** @throws ConfigError when the text is not the address of a PostgreSQL database, or one that is reached in the open. */
export function warehouseTarget(text: string, env: Environment = {}): WarehouseTarget {
  const url = URL.canParse(text) ? new URL(text) : null
  const database = url?.pathname.slice(1) ?? ''
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol) || url.hostname === '' || database === '') {
    throw new ConfigError('WAREHOUSE_URL is not of the form postgresql://user:password@host:port/database')
  }
  const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)]
  if (user === '') throw new ConfigError('WAREHOUSE_URL names no user')
  const parameters = new URLSearchParams(url.search)
  if (!ENCRYPTED.has(parameters.get('sslmode') ?? '') && !mayBePlaintext(url.hostname, env))
    throw new ConfigError(
      'WAREHOUSE_URL says nothing of TLS: add ?sslmode=verify-full&sslrootcert=<PEM of its authority>, or sslmode=require to trust any certificate; where the network to the database is your own, name its host in PLAINTEXT_HOSTS',
    )
  // What the server says of a refused row quotes the row, and would stand in the log.
  parameters.set('logServerErrorDetail', 'false')
  parameters.set('reWriteBatchedInserts', 'true')
  parameters.set('ApplicationName', 'atsflow')
  return {
    url: text,
    jdbcUrl: `jdbc:postgresql://${url.host}/${database}?${parameters}`,
    user,
    password,
    shown: `postgresql://${url.host}/${database}`,
  }
}
