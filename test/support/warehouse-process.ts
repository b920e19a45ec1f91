/** `npm run start:warehouse` as a process, and the database that it writes to. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { inject } from 'vitest'
import { freePort } from '../../infra/local/ports.ts'
import {
  createPostgres,
  findPostgres,
  POSTGRES_DATABASE,
  POSTGRES_USER,
} from '../../infra/warehouse/postgres.ts'
import { waitUntil } from '../chaos/wait-until.ts'

// The columns are in UTC, and the driver would take them for local time.
pg.types.setTypeParser(pg.types.builtins.TIMESTAMP, text => new Date(`${text}Z`))
const START = fileURLToPath(new URL('../../infra/start-warehouse.ts', import.meta.url))

export interface Warehouse {
  readonly output: () => string
  readonly database: pg.Pool
  /** In order; throws when it does not end so. */
  readonly stop: () => Promise<void>
}

/** The database is one of its own unless `url` names another. @param settings take the place of what all tests share */
export async function startWarehouse(
  dataDir: string,
  url = '',
  settings: Readonly<Record<string, string | undefined>> = {},
): Promise<Warehouse> {
  const env = {
    ...process.env,
    KAFKA_BROKERS: inject('kafkaBrokers'),
    SCHEMA_REGISTRY_URL: inject('registryUrl'),
    LOCAL_DATA_DIR: dataDir,
    WAREHOUSE_URL: url,
    WAREHOUSE_POSTGRES_PORT: '0',
    WAREHOUSE_CONNECT_PORT: '0',
    ...settings,
  }
  const child = spawn(process.execPath, [START], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => (output += String(data)))
  const address = () => /^ready warehouse=(\S+)/m.exec(output)?.[1]
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null
  await waitUntil('the warehouse to be ready', 180_000, () => address() !== undefined || hasEnded())
  if (hasEnded()) throw new Error(`the warehouse ended: ${output}`)
  const database = url === '' ? new URL(address() ?? '') : new URL(url)
  // What it prints of an address has no user information.
  if (url === '') database.username = POSTGRES_USER
  database.password ||= JSON.parse(readFileSync(join(dataDir, 'secrets.json'), 'utf8')).WAREHOUSE_PASSWORD
  const pool = new pg.Pool({ connectionString: database.href })
  // An idle connection breaks when its server is ended.
  pool.on('error', () => {})
  return { output: () => output, database: pool, stop: () => stop(child, pool) }
}

async function stop(child: ChildProcess, database: pg.Pool): Promise<void> {
  await database.end()
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise(resolve => child.once('exit', resolve))
  child.kill('SIGTERM')
  const code = await ended
  if (code !== 0) throw new Error(`the warehouse ended with ${code}`)
}

/** As somebody else would run it. */
export async function otherPostgres(dataDir: string) {
  const folder = join(dataDir, 'other')
  const [port, password] = [await freePort(), 'other-password']
  const part = createPostgres({ programs: findPostgres(process.env) ?? '', dataDir: folder, port, password })
  await part.start()
  return { part, url: `postgresql://${POSTGRES_USER}:${password}@127.0.0.1:${port}/${POSTGRES_DATABASE}` }
}
