/**
 * What somebody sees who is limited to tenants: on a connection of their own each table is hidden behind a view of the
 * same name that holds the rows of these tenants alone. No query has to think of it, and none can forget it.
 */
import type { DuckDBConnection } from '@duckdb/node-api'

/** `<source>:<tenant>:<id>`, however it goes on. */
const ofKey = (key: string) => `split_part(${key}, ':', 2)`
const LETTER = "topic || '/' || kafka_partition || '/' || kafka_offset"

/** The condition of a table's rows, over the list of tenants. A table that is not here is empty for who is limited. */
const ROWS_OF: Readonly<Record<string, (tenants: string) => string>> = {
  ...Object.fromEntries(
    ['job', 'application', 'standing', 'score', 'status', 'status_day', 'history', 'dead_letter'].map(
      table => [table, tenants => `tenant_id IN ${tenants}`],
    ),
  ),
  ...Object.fromEntries(
    ['job_event', 'binding_event'].map(table => [table, tenants => `${ofKey('job_key')} IN ${tenants}`]),
  ),
  ...Object.fromEntries(
    ['candidate_event', 'person'].map(table => [table, tenants => `${ofKey('candidate_key')} IN ${tenants}`]),
  ),
  ...Object.fromEntries(
    ['invitation_event', 'result', 'result_event'].map(table => [
      table,
      tenants => `${ofKey('application_key')} IN ${tenants}`,
    ]),
  ),
  ...Object.fromEntries(
    ['decision', 'decision_event'].map(table => [
      table,
      tenants => `letter IN (SELECT ${LETTER} FROM dead_letter WHERE tenant_id IN ${tenants})`,
    ]),
  ),
}

export async function limitToTenants(
  connection: DuckDBConnection,
  tenants: readonly string[],
): Promise<void> {
  const list = `(${tenants.map(tenant => `'${tenant.replaceAll("'", "''")}'`).join(', ')})`
  const tables = await connection.runAndReadAll(
    'SELECT database_name, schema_name, table_name FROM duckdb_tables() WHERE NOT temporary AND NOT internal',
  )
  for (const [database, schema, table] of tables.getRows()) {
    const condition = ROWS_OF[String(table)]?.(list) ?? 'false'
    const place = [database, schema].map(name => `"${String(name)}"`).join('.')
    await connection.run(
      `CREATE TEMP VIEW "${String(table)}" AS SELECT rowid, * FROM ${place}."${String(table)}"
       WHERE ${condition.replace('FROM dead_letter', `FROM ${place}.dead_letter`)}`,
    )
  }
}
