/**
 * A row that was removed is only marked so by PostgreSQL. Its bytes stay in the table and its indexes, in the statistics of
 * the planner, which quote values, and in the write-ahead log. Here all of them are made to go, as far as the database lets us.
 */
import pg from 'pg'
import { z } from 'zod'
import type { WarehouseTarget } from './config.ts'
import { withDatabase } from './database.ts'

type Notice = Pick<pg.DatabaseError, 'severity' | 'detail'>

export interface Forgotten {
  /** Whether rows had been removed since the last time. */
  readonly wasNeeded: boolean
  /** What keeps their bytes for now: it is to be tried again. A sentence each. */
  readonly held: readonly string[]
  /** What only somebody with more rights can have forgotten. A sentence each. */
  readonly beyond: readonly string[]
}

/** Each with the column that a row cannot do without. */
const TABLES = [
  ['job', 'job_key'],
  ['application', 'application_key'],
  ['status', 'status_key'],
  ['score', 'event_id'],
] as const
/** Whoever reads a table is waited for, and whoever wants to read it next waits behind us: neither for long. */
const LOCK_WAIT = '5s'
/** 1 GB of log. A server that keeps more ahead has somebody who looks after it. */
const SEGMENTS_MAX = 64
const NO_RIGHT = '42501'
const LOCKED = '55P03'

const Counted = z.tuple([z.object({ removed: z.string(), forgotten: z.string().nullable() })])

/** @throws what the database says of anything but a missing right or a lock of somebody else */
export const forgetRemovedRows = (target: Pick<WarehouseTarget, 'url'>): Promise<Forgotten> =>
  withDatabase(target, async client => {
    // Asked for before: what is removed meanwhile counts next time.
    const { removed, forgotten } = await countRemoved(client)
    if (removed === forgotten) return { wasNeeded: false, held: [], beyond: [] }
    await client.query(`SET lock_timeout = '${LOCK_WAIT}'`)
    const held: string[] = []
    for (const [table, column] of TABLES) held.push(...(await rewrite(client, table, column)))
    const { refused, held: statistics } = await vacuum(client, 'pg_statistic')
    held.push(...statistics)
    if (held.length > 0) return { wasNeeded: true, held, beyond: [] }
    const beyond = [...(refused ? [OF_STATISTICS] : []), ...(await overwriteLog(client))]
    await client.query('UPDATE atsflow_warehouse SET forgotten_rows = $1, forgotten_at = now()', [removed])
    return { wasNeeded: true, held, beyond }
  })

/**
 * As often as the server remembers: it forgets at a crash, and then all is done once more than needed. A job that is deleted
 * at its source keeps a row without its texts: what the row was before is removed, too.
 */
async function countRemoved(client: pg.Client): Promise<z.output<typeof Counted>[0]> {
  const names = TABLES.map(([table]) => `'${table}'::regclass`).join(', ')
  const { rows } = await client.query(`
    SELECT (
        (SELECT coalesce(sum(n_tup_del), 0) FROM pg_stat_user_tables WHERE relid IN (${names}))
        + (SELECT count(*) FROM job WHERE lifecycle = 'DELETED')
      )::text AS removed,
      forgotten_rows::text AS forgotten FROM atsflow_warehouse`)
  return Counted.parse(rows)[0]
}

/** Table and indexes are written anew with what is there, and the planner looks at that. */
async function rewrite(client: pg.Client, table: string, column: string): Promise<readonly string[]> {
  return orHeld(table, async () => {
    await forgetStatisticsOfNothing(client, table, column)
    const { held } = await vacuum(client, table)
    await client.query(`ANALYZE ${table}`)
    return held
  })
}

/** `refused`: the database leaves a table out of whom it does not belong to, and only warns. */
async function vacuum(client: pg.Client, table: string) {
  let [kept, refused] = [0, false]
  const onNotice = ({ severity, detail }: Notice) => {
    if (severity === 'WARNING') refused = true
    // Told first of all, in whatever language: removed rows that somebody may still see.
    kept += Number(/^\d+/.exec(detail ?? '')?.[0] ?? 0)
  }
  client.on('notice', onNotice)
  try {
    const held = await orHeld(table, async () => {
      await client.query(`VACUUM (FULL, VERBOSE) ${table}`)
      return kept === 0 ? [] : [`an open transaction may still see ${kept} removed rows of ${table}`]
    })
    return { held, refused }
  } finally {
    client.off('notice', onNotice)
  }
}

const orHeld = (table: string, work: () => Promise<readonly string[]>): Promise<readonly string[]> =>
  work().catch((error: unknown) => {
    if (isCode(error, LOCKED)) return [`somebody reads ${table}, and keeps it from being written anew`]
    throw error
  })

/** Of an empty table the planner would go on knowing what it knew: it is shown a row that nobody else ever sees. */
async function forgetStatisticsOfNothing(client: pg.Client, table: string, column: string): Promise<void> {
  await client.query('BEGIN')
  try {
    const { rows } = await client.query(`SELECT FROM ${table} LIMIT 1`)
    if (rows.length === 0) {
      await client.query(`INSERT INTO ${table} (${column}) VALUES ('none')`)
      await client.query(`ANALYZE ${table}`)
      await client.query(`DELETE FROM ${table} WHERE ${column} = 'none'`)
    }
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}

/**
 * A file of the log that is done with is kept under the name of a later one, and what it said stays until then. So the log
 * goes on, file by file, over all that lie ahead: what it leaves of a file is filled with zeros.
 */
async function overwriteLog(client: pg.Client): Promise<readonly string[]> {
  try {
    const { rows } = await client.query('SELECT pg_walfile_name(pg_switch_wal()) AS last')
    await client.query('CHECKPOINT')
    const { older, ahead } = await segments(client, String(rows[0]?.last))
    if (older > 0)
      return [`${older} files of the write-ahead log: a replica, an archive or wal_keep_size keeps them`]
    if (ahead > SEGMENTS_MAX) return [`${ahead} files of the write-ahead log, until they are written over`]
    for (let file = 0; file <= ahead; file++) {
      await client.query(`SELECT pg_logical_emit_message(false, 'atsflow', 'file ${file} of the log')`)
      await client.query('SELECT pg_switch_wal()')
    }
    await client.query('CHECKPOINT')
    return []
  } catch (error) {
    if (isCode(error, NO_RIGHT)) return [OF_LOG]
    throw error
  }
}

const Segments = z.tuple([z.object({ older: z.coerce.number(), ahead: z.coerce.number() })])

async function segments(client: pg.Client, last: string): Promise<z.output<typeof Segments>[0]> {
  const { rows } = await client.query(
    `SELECT count(*) FILTER (WHERE name <= $1) AS older,
      count(*) FILTER (WHERE name > pg_walfile_name(pg_current_wal_lsn())) AS ahead
    FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$'`,
    [last],
  )
  return Segments.parse(rows)[0]
}

const OF_STATISTICS =
  'statistics of the planner, which quote values: the owner of the database gives VACUUM FULL pg_statistic'
const OF_LOG =
  'the write-ahead log: grant EXECUTE on pg_switch_wal() and the roles pg_checkpoint and pg_monitor, or wait until the server has written over it'

const isCode = (error: unknown, code: string): boolean =>
  error instanceof pg.DatabaseError && error.code === code
