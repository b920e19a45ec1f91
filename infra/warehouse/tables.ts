/** The tables, before the worker writes to them. */
import { readFileSync } from 'node:fs'
import pg from 'pg'
import { z } from 'zod'
import { ConfigError } from '../../services/platform/process/config.ts'
import type { WarehouseTarget } from './config.ts'

const TABLES = new URL('tables.sql', import.meta.url)
const Ids = z.tuple([z.object({ id: z.string() })])
const CONNECT_TIMEOUT_MS = 10_000

/**
 * Makes what is missing, and changes nothing that is there. Resolves to the id of this set of tables.
 * @throws ConfigError when the database does not answer or refuses.
 */
export async function createTables({ url, shown }: WarehouseTarget): Promise<string> {
  const address = new URL(url)
  // The modes of TLS mean the same as for the driver of the worker.
  address.searchParams.set('uselibpqcompat', 'true')
  const client = new pg.Client({
    connectionString: address.href,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  })
  // Without a listener a connection that breaks between two queries would end this process.
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query(readFileSync(TABLES, 'utf8'))
    const { rows } = await client.query('SELECT id FROM atsflow_warehouse')
    return Ids.parse(rows)[0].id
  } catch (error) {
    throw new ConfigError(`the tables cannot be made in ${shown}: ${said(error)}`)
  } finally {
    await client.end()
  }
}

/** A name with several addresses fails with an error for each, and no message of its own. */
function said(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(said).join(', ')
  return error instanceof Error ? error.message : String(error)
}
