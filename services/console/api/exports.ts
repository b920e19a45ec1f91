/** Tables as files: written by DuckDB into its own directory, sent, removed. */
import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { DuckDBConnection } from '@duckdb/node-api'
import { harmlessColumn } from '../../platform/duckdb/spreadsheet-cell.ts'
import type { Audited } from '../figures/endpoint.ts'
import type { Database } from '../store/database.ts'
import { IS_KNOWN } from '../store/tables.ts'

const KEYS = 'id, candidate_id'

const LOOK: Audited = { kind: 'LOOK', subjects: [] }

/** Named columns only: what a consumer may rely on. */
export const EXPORTS = {
  scores: {
    summary: 'Every score ever observed; is_current marks those that count',
    audited: LOOK,
    sql: 'SELECT * EXCLUDE (id) FROM score ORDER BY observed_at, application_key, score_type',
  },
  invitations: {
    summary: 'Every application with its newest decision and the times of its steps',
    audited: LOOK,
    sql: `SELECT * EXCLUDE (${KEYS}) FROM application WHERE ${IS_KNOWN} ORDER BY application_key`,
  },
  statuses: {
    summary: 'Every change of where an application stands: its history',
    audited: LOOK,
    sql: 'SELECT * FROM status ORDER BY ingested_at, application_key, number',
  },
  jobs: {
    summary: 'Every job with its state at Pulsifi',
    // About nobody.
    audited: null,
    sql: 'SELECT * EXCLUDE (id) FROM job ORDER BY job_key',
  },
} as const
export type ExportName = keyof typeof EXPORTS
export const isExport = (name: string): name is ExportName => Object.hasOwn(EXPORTS, name)

export const FORMATS = {
  csv: { type: 'text/csv; charset=utf-8', options: 'FORMAT csv, HEADER' },
  parquet: { type: 'application/vnd.apache.parquet', options: 'FORMAT parquet, COMPRESSION zstd' },
} as const
export type FormatName = keyof typeof FORMATS
export const isFormat = (name: string): name is FormatName => Object.hasOwn(FORMATS, name)

export interface ExportFile {
  readonly type: string
  readonly sizeBytes: number
  /** Removes the file once it is read or given up. */
  readonly body: Readable
}

export async function exportTable(
  database: Pick<Database, 'use'>,
  exportDirectory: string,
  name: ExportName,
  format: FormatName,
): Promise<ExportFile> {
  const path = join(exportDirectory, `${name}-${randomUUID()}.${format}`)
  const remove = () => rm(path, { force: true })
  try {
    await database.use(async connection =>
      copy(connection, format === 'csv' ? await harmless(connection, name) : EXPORTS[name].sql, path, format),
    )
    const { size } = await stat(path)
    const body = createReadStream(path)
    body.once('close', () => void remove())
    return { type: FORMATS[format].type, sizeBytes: size, body }
  } catch (error) {
    await remove()
    throw error
  }
}

const copy = (connection: DuckDBConnection, sql: string, path: string, format: FormatName) =>
  connection.run(`COPY (${sql}) TO '${path.replaceAll("'", "''")}' (${FORMATS[format].options})`)

/** The same rows, and nothing in them that a spreadsheet would run. */
async function harmless(connection: DuckDBConnection, name: ExportName): Promise<string> {
  const { sql } = EXPORTS[name]
  const columns = await connection.runAndReadAll(`SELECT column_name, column_type FROM (DESCRIBE ${sql})`)
  const shown = columns
    .getRows()
    .map(([column, type]) => [`"${String(column)}"`, type] as const)
    .map(([column, type]) => (type === 'VARCHAR' ? `${harmlessColumn(column)} AS ${column}` : column))
  return `SELECT ${shown.join(', ')} FROM (${sql})`
}
