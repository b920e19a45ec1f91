/** One connection to the database of the warehouse, for as long as somebody needs it. */
import pg from 'pg'
import type { WarehouseTarget } from './config.ts'

const CONNECT_TIMEOUT_MS = 10_000

export async function withDatabase<T>(
  { url }: Pick<WarehouseTarget, 'url'>,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
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
    return await work(client)
  } finally {
    await client.end()
  }
}

/** A name with several addresses fails with an error for each, and no message of its own. */
export function saidBy(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(saidBy).join(', ')
  return error instanceof Error ? error.message : String(error)
}
