/** Tables as files: written by DuckDB into its own directory, sent, removed. */
import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { DuckDBConnection } from '@duckdb/node-api'
import { z } from 'zod'
import { harmlessColumn } from '../../platform/duckdb/spreadsheet-cell.ts'
import { typeOrMain } from '../figures/current-scores.ts'
import { type ApiContext, type Audited, checked } from '../figures/endpoint.ts'
import { ApplicationRow, applicationFilters, applicationRows } from '../listed/application-rows.ts'
import { JobRow, jobFilters, jobRows } from '../listed/job-rows.ts'
import { ScoreRow, scoreFilters, scoreRows } from '../listed/score-rows.ts'
import { StatusRow, statusFilters, statusRows } from '../listed/status-rows.ts'
import type { Parameters } from '../store/database.ts'

type Context = Pick<ApiContext, 'database' | 'mainScoreType'>
interface Rows {
  readonly sql: string
  readonly parameters: Parameters
}
export interface Export {
  readonly summary: string
  /** Null: it is about nobody. */
  readonly audited: Audited | null
  readonly query: z.ZodObject
  /** The columns, each with what it means: what a consumer may rely on. */
  readonly row: z.ZodObject
  /** @throws ApiError for a filter that does not fit */
  readonly rows: (query: unknown, context: Context) => Promise<Rows>
}

const LOOK: Audited = { kind: 'LOOK', subjects: [] }

function exported<F extends z.ZodRawShape>(
  about: Omit<Export, 'query' | 'rows'>,
  filters: F,
  rows: (query: z.output<z.ZodObject<F>>, context: Context) => Rows | Promise<Rows>,
): Export {
  const query = z.strictObject(filters)
  // Cast: strict or not, what is taken has the same type.
  const read = (given: unknown) => checked(query, given) as z.output<z.ZodObject<F>>
  return { ...about, query, rows: async (given, context) => rows(read(given), context) }
}

export const EXPORTS = {
  applications: exported(
    {
      summary: 'Every application with its newest decision and the times of its steps',
      audited: LOOK,
      row: ApplicationRow,
    },
    applicationFilters,
    applicationRows,
  ),
  scores: exported(
    {
      summary: 'Every score ever observed; is_current marks those that count',
      audited: LOOK,
      row: ScoreRow,
    },
    scoreFilters,
    scoreRows,
  ),
  statuses: exported(
    {
      summary: 'Every change of where an application stands: its history',
      audited: LOOK,
      row: StatusRow,
    },
    statusFilters,
    statusRows,
  ),
  jobs: exported(
    { summary: 'Every job with its state at Pulsifi and what is counted of it', audited: null, row: JobRow },
    jobFilters,
    async (query, context) => {
      const { sql, parameters } = jobRows(query, await typeOrMain(query.score_type, context))
      return { sql: `${sql} ORDER BY job_key`, parameters }
    },
  ),
} as const satisfies Readonly<Record<string, Export>>
export type ExportName = keyof typeof EXPORTS

/** What an export was called before. */
const FORMER: Readonly<Record<string, ExportName>> = { invitations: 'applications' }

export const exportNamed = (name: string): ExportName | null =>
  // Cast: it has just been asked for.
  Object.hasOwn(EXPORTS, name) ? (name as ExportName) : (FORMER[name] ?? null)

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

/** @param rows from the export of this name */
export async function exportTable(
  { database }: Pick<Context, 'database'>,
  exportDirectory: string,
  name: ExportName,
  format: FormatName,
  { sql, parameters }: Rows,
): Promise<ExportFile> {
  const path = join(exportDirectory, `${name}-${randomUUID()}.${format}`)
  const remove = () => rm(path, { force: true })
  try {
    await database.use(async connection => {
      const shown = await asShown(connection, name, format, { sql, parameters })
      const { options } = FORMATS[format]
      await connection.run(`COPY (${shown}) TO '${path.replaceAll("'", "''")}' (${options})`, {
        ...parameters,
      })
    })
    const { size } = await stat(path)
    const body = createReadStream(path)
    body.once('close', () => void remove())
    return { type: FORMATS[format].type, sizeBytes: size, body }
  } catch (error) {
    await remove()
    throw error
  }
}

/** Between the parts of a list: no program has to know how lists are written. */
export const LIST_SEPARATOR = '; '

/** The named columns, each as its format says it best: a time knows its zone, and nothing in a CSV is run by a spreadsheet. */
async function asShown(
  connection: DuckDBConnection,
  name: ExportName,
  format: FormatName,
  { sql, parameters }: Rows,
): Promise<string> {
  const described = await connection.runAndReadAll(`SELECT column_name, column_type FROM (DESCRIBE ${sql})`, {
    ...parameters,
  })
  const types = new Map(described.getRows().map(([column, type]) => [String(column), String(type)]))
  const columns = Object.keys(EXPORTS[name].row.shape).map(column => {
    const shown = inFormat(`"${column}"`, types.get(column), format)
    return `${shown} AS "${column}"`
  })
  return `SELECT ${columns.join(', ')} FROM (${sql})`
}

function inFormat(column: string, type: string | undefined, format: FormatName): string {
  const isCsv = format === 'csv'
  const text = type === 'VARCHAR[]' ? `array_to_string(${column}, '${LIST_SEPARATOR}')` : column
  switch (type) {
    case 'VARCHAR':
    case 'VARCHAR[]':
      return isCsv ? harmlessColumn(text) : text
    case 'TIMESTAMP':
      return isCsv ? `strftime(${column}, '%Y-%m-%dT%H:%M:%S.%gZ')` : `(${column} AT TIME ZONE 'UTC')`
    default:
      return column
  }
}
