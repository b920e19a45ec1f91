/** One SELECT over a DuckDB file that nobody has open for writing. */
import { DuckDBInstance } from '@duckdb/node-api'
import { SELECT_SECONDS_MAX, type SelectAnswer, selectOnly } from './select-only.ts'

/** @throws SelectRefused · Error when the file cannot be opened, such as while its console runs */
export async function selectFromFile(
  path: string,
  sql: string,
  rowLimit: number,
  settings: Readonly<Record<string, string>> = {},
): Promise<SelectAnswer> {
  const instance = await DuckDBInstance.create(path, { ...settings, access_mode: 'READ_ONLY' })
  const connection = await instance.connect()
  try {
    await connection.run('SET enable_external_access = false')
    await connection.run('SET lock_configuration = true')
    return await selectOnly(connection, sql, rowLimit, SELECT_SECONDS_MAX * 1000)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
