/** The tables, before the worker writes to them. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { ConfigError } from '../../services/platform/process/config.ts'
import type { WarehouseTarget } from './config.ts'
import { saidBy, withDatabase } from './database.ts'

const TABLES = new URL('tables.sql', import.meta.url)
const Ids = z.tuple([z.object({ id: z.string() })])

/**
 * Makes what is missing, and changes nothing that is there. Resolves to the id of this set of tables.
 * @throws ConfigError when the database does not answer or refuses.
 */
export async function createTables(target: WarehouseTarget): Promise<string> {
  try {
    return await withDatabase(target, async client => {
      await client.query(readFileSync(TABLES, 'utf8'))
      const { rows } = await client.query('SELECT id FROM atsflow_warehouse')
      return Ids.parse(rows)[0].id
    })
  } catch (error) {
    throw new ConfigError(`the tables cannot be made in ${target.shown}: ${saidBy(error)}`)
  }
}
