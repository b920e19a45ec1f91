/** Puts staged rows and the positions behind them into the database, in one transaction. */
import { DuckDBDataChunk, listValue } from '@duckdb/node-api'
import { asKept, duckTypes, type Row, toColumns } from './columns.ts'
import type { Database } from './database.ts'
import { MERGE_CANDIDATES, MERGE_INVITATIONS, MERGE_PERSONS } from './merge/applications.ts'
import { ERASE_STATUSES, MERGE_STATUSES } from './merge/history.ts'
import {
  ERASE_RESULTS,
  ERASE_SCORES,
  MERGE_BINDINGS,
  MERGE_DECISIONS,
  MERGE_JOBS,
  MERGE_RESULTS,
  MERGE_SCORES,
} from './merge/others.ts'
import { keptTable, STAGED, STAGED_TABLES, type StagedTable } from './staged.ts'
import { MERGE_STANDINGS } from './standing.ts'
import { stagingTable } from './tables.ts'
import { inTransaction } from './transaction.ts'

export interface Position {
  readonly topic: string
  readonly partition: number
  readonly next: number
}

export interface Batch {
  readonly rows: ReadonlyMap<StagedTable, readonly Row[]>
  readonly positions: readonly Position[]
}

const CHUNK_ROWS = 2048

const MERGES: Readonly<Partial<Record<StagedTable, readonly string[]>>> = {
  job: MERGE_JOBS,
  binding: MERGE_BINDINGS,
  candidate: MERGE_CANDIDATES,
  person: MERGE_PERSONS,
  invitation: MERGE_INVITATIONS,
  result: MERGE_RESULTS,
  score: MERGE_SCORES,
  status: MERGE_STATUSES,
  decision: MERGE_DECISIONS,
}

/** @throws after a rollback: nothing of the batch is kept then. */
export const writeBatch = (
  { writer }: Pick<Database, 'writer'>,
  batch: Batch,
  nowMs: number,
): Promise<void> =>
  inTransaction(writer, async () => {
    const filled = STAGED_TABLES.filter(table => (batch.rows.get(table)?.length ?? 0) > 0)
    for (const table of filled) await stage(writer, table, batch.rows.get(table) ?? [])
    for (const statement of [...filled.flatMap(mergesOf), ...MERGE_STANDINGS, ...erasures(batch)])
      await writer.run(statement)
    for (const table of filled) await writer.run(`TRUNCATE ${stagingTable(table)}`)
    if (batch.positions.length > 0) await keepPositions(writer, batch.positions, nowMs)
  })

/** In one statement: one for each of them would take a quarter of the commit. */
async function keepPositions(
  writer: Database['writer'],
  positions: readonly Position[],
  nowMs: number,
): Promise<void> {
  await writer.run(
    `INSERT OR REPLACE INTO position
     SELECT unnest($topics), unnest($partitions), unnest($nexts), make_timestamp_ms($now::BIGINT)`,
    {
      topics: listValue(positions.map(({ topic }) => topic)),
      partitions: listValue(positions.map(({ partition }) => partition)),
      nexts: listValue(positions.map(({ next }) => BigInt(next))),
      now: BigInt(nowMs),
    },
  )
}

function mergesOf(table: StagedTable): readonly string[] {
  const kept = keptTable(table)
  const staged = `SELECT ${asKept(STAGED[table])} FROM ${stagingTable(table)}`
  return [...(kept === null ? [] : [`INSERT INTO ${kept} BY NAME ${staged}`]), ...(MERGES[table] ?? [])]
}

async function stage(writer: Database['writer'], table: StagedTable, rows: readonly Row[]): Promise<void> {
  const columns = STAGED[table]
  const types = duckTypes(columns)
  const appender = await writer.createAppender(stagingTable(table), null, 'temp')
  for (let at = 0; at < rows.length; at += CHUNK_ROWS) {
    const part = rows.slice(at, at + CHUNK_ROWS)
    const chunk = DuckDBDataChunk.create(types, part.length)
    chunk.setColumns(toColumns(columns, part))
    appender.appendDataChunk(chunk)
  }
  appender.flushSync()
  appender.closeSync()
}

/** Scores may come before or after the tombstone that takes them: looked for whenever either comes. */
function erasures({ rows }: Batch): readonly string[] {
  const scores = rows.get('score') ?? []
  const results = rows.get('result') ?? []
  const hasTombstone = (list: readonly Row[]) => list.some(row => row.is_tombstone === true)
  return [
    ...(hasTombstone(scores) ? ERASE_SCORES : []),
    ...(hasTombstone(rows.get('status') ?? []) ? ERASE_STATUSES : []),
    ...(scores.length > 0 || hasTombstone(results) ? ERASE_RESULTS : []),
  ]
}
