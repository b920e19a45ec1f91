import { ConfigError, port, secret } from '../../services/platform/process/config.ts'

export const WarehouseSettings = {
  WAREHOUSE_URL: secret()
    .optional()
    .describe('postgresql://user:password@host:port/database; unset: a PostgreSQL of its own is started'),
  WAREHOUSE_POSTGRES_PORT: port(5433).describe('port of that PostgreSQL; 0 takes a free one'),
  WAREHOUSE_CONNECT_PORT: port(8083).describe("port of the worker's own API on loopback; 0 takes a free one"),
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

/** @throws ConfigError when the text is not the address of a PostgreSQL database. */
export function warehouseTarget(text: string): WarehouseTarget {
  const url = URL.canParse(text) ? new URL(text) : null
  const database = url?.pathname.slice(1) ?? ''
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol) || url.hostname === '' || database === '') {
    throw new ConfigError('WAREHOUSE_URL is not of the form postgresql://user:password@host:port/database')
  }
  const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)]
  if (user === '') throw new ConfigError('WAREHOUSE_URL names no user')
  const parameters = new URLSearchParams(url.search)
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
