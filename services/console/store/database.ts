/** The embedded DuckDB: one connection that writes, one for each question, no way out of its own directory. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api'
import { type Plain, plainRow } from '../../platform/duckdb/plain-value.ts'
import { ConfigError } from '../../platform/process/config.ts'
import { CREATE_STAGING, CREATE_TABLES, SHAPE } from './tables.ts'
import { limitToTenants } from './tenant-views.ts'

export type Parameters = Readonly<Record<string, DuckDBValue>>

export interface Database {
  readonly writer: DuckDBConnection
  /** Where exports are written before they are sent. */
  readonly exportDirectory: string
  /** Rows by column, times as ISO 8601 in UTC. Every question sees one moment. */
  readonly read: (sql: string, parameters?: Parameters) => Promise<Record<string, Plain>[]>
  /** A connection of one's own, closed afterwards. */
  readonly use: <T>(run: (connection: DuckDBConnection) => Promise<T>) => Promise<T>
  /** The same for whoever may see these tenants alone: rows of others are not there. */
  readonly limitedTo: (tenants: readonly string[]) => Pick<Database, 'read' | 'use'>
  /** Nothing is left of what was read. */
  readonly clear: () => Promise<void>
  readonly close: () => void
}

export interface DatabaseOptions {
  /** A file, or `:memory:`. */
  readonly path: string
  readonly memoryMib: number
  /** A file that was made with another answer is made anew. */
  readonly keepsPersonalData: boolean
}

/** @throws ConfigError when another process uses the file. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const path = options.path === ':memory:' ? options.path : resolve(options.path)
  // What an earlier run left half sent goes.
  const exportDirectory = path === ':memory:' ? mkdtempSync(join(tmpdir(), 'console-')) : `${path}.exports`
  rmSync(exportDirectory, { recursive: true, force: true })
  mkdirSync(exportDirectory, { recursive: true, mode: 0o700 })
  const instance = await openInstance(path, options.memoryMib)
  const writer = await instance.connect()
  const shape = `${SHAPE}${options.keepsPersonalData ? ' with personal data' : ''}`
  await enclose(writer, exportDirectory)
  if ((await shapeOf(writer)) !== shape) await recreate(writer, shape)
  for (const statement of CREATE_STAGING) await writer.run(statement)

  return {
    writer,
    exportDirectory,
    ...questions(instance, async () => {}),
    limitedTo: tenants => questions(instance, connection => limitToTenants(connection, tenants)),
    clear: () => recreate(writer, shape),
    close() {
      writer.closeSync()
      instance.closeSync()
    },
  }
}

/** @param prepare done to the connection of each question before it is asked */
function questions(
  instance: DuckDBInstance,
  prepare: (connection: DuckDBConnection) => Promise<void>,
): Pick<Database, 'read' | 'use'> {
  async function use<T>(run: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await instance.connect()
    try {
      await prepare(connection)
      return await run(connection)
    } finally {
      connection.closeSync()
    }
  }
  return {
    use,
    read: (sql, parameters = {}) =>
      use(async connection => {
        const reader = await connection.runAndReadAll(sql, { ...parameters })
        return reader.getRowObjects().map(plainRow)
      }),
  }
}

async function openInstance(path: string, memoryMib: number): Promise<DuckDBInstance> {
  const settings = {
    memory_limit: `${memoryMib}MiB`,
    threads: '2',
    // Rarely: a checkpoint in the middle of an import costs more than the log it saves.
    checkpoint_threshold: '128MiB',
    preserve_insertion_order: 'false',
  }
  try {
    return await DuckDBInstance.create(path, settings)
  } catch (error) {
    const text = error instanceof Error ? error.message : ''
    if (/lock/i.test(text))
      throw new ConfigError(`${path} is open in another process: set CONSOLE_DB to another file`)
    // A cache of topics that cannot be read is made anew.
    rmSync(path, { force: true })
    rmSync(`${path}.wal`, { force: true })
    return DuckDBInstance.create(path, settings)
  }
}

/** From here on no statement can reach another file, the network, or a setting. */
async function enclose(connection: DuckDBConnection, exportDirectory: string): Promise<void> {
  await connection.run(`SET allowed_directories = ['${exportDirectory.replaceAll("'", "''")}/']`)
  await connection.run('SET enable_external_access = false')
  await connection.run('SET lock_configuration = true')
}

async function shapeOf(connection: DuckDBConnection): Promise<string | null> {
  const tables = await connection.runAndReadAll("SELECT 1 FROM duckdb_tables() WHERE table_name = 'meta'")
  if (tables.currentRowCount === 0) return null
  const shape = await connection.runAndReadAll("SELECT value FROM meta WHERE name = 'shape'")
  return String(shape.getRows()[0]?.[0] ?? '')
}

async function recreate(connection: DuckDBConnection, shape: string): Promise<void> {
  await connection.run('BEGIN')
  const made = await connection.runAndReadAll(
    `SELECT 'VIEW', view_name FROM duckdb_views() WHERE NOT temporary AND NOT internal
     UNION ALL SELECT 'TABLE', table_name FROM duckdb_tables() WHERE NOT temporary`,
  )
  for (const [kind, name] of made.getRows()) await connection.run(`DROP ${String(kind)} "${String(name)}"`)
  for (const statement of CREATE_TABLES) await connection.run(statement)
  await connection.run('INSERT INTO meta VALUES ($name, $value)', { name: 'shape', value: shape })
  await connection.run('COMMIT')
  await connection.run('CHECKPOINT')
}
