/** Jobs, applications, their history and scores as tables: a worker that reads the topics, and the database that is configured or started here. */
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { findLocalAddresses } from '../../services/platform/kafka/local-addresses.ts'
import { KafkaSettings } from '../../services/platform/kafka/settings.ts'
import { ConfigError, type Environment, loadConfig } from '../../services/platform/process/config.ts'
import { LocalSettings } from '../local/infrastructure.ts'
import { findJava, JAVA_VERSION_MIN } from '../local/java.ts'
import type { InfrastructurePart } from '../local/part.ts'
import { freePort, waitUntil } from '../local/ports.ts'
import { answers } from '../local/registry.ts'
import { localSecrets } from '../local-secrets.ts'
import { WarehouseSettings, type WarehouseTarget, warehouseTarget } from './config.ts'
import { askFor, CONNECTORS, restart } from './connectors.ts'
import { forgetAtTimes } from './forgetting.ts'
import { createPostgres, findPostgres, POSTGRES_DATABASE, POSTGRES_USER } from './postgres.ts'
import { forgetRemovedRows } from './removed-rows.ts'
import { createTables } from './tables.ts'
import { createWorker, fetchWorker } from './worker.ts'

const CONNECTORS_DEADLINE_MS = 120_000
const LOOK_EVERY_MS = 5_000
const HOUR_MS = 3_600_000

const WarehouseConfig = z.object({
  ...KafkaSettings,
  ...WarehouseSettings,
  LOCAL_DATA_DIR: LocalSettings.LOCAL_DATA_DIR,
})
type WarehouseConfig = z.output<typeof WarehouseConfig>

export interface Warehouse {
  /** The database, without its password. */
  readonly database: string
  /** Of the worker's own API. */
  readonly workerUrl: string
  /** Starts again what fails, and has removed rows go from disk, until the signal. */
  readonly watch: (signal: AbortSignal) => Promise<void>
  readonly stop: () => Promise<void>
}

/**
 * Resolves when all connectors run.
 * @throws ConfigError for what a person must mend.
 */
export async function startWarehouse(env: Environment, onEvent: (line: string) => void): Promise<Warehouse> {
  const config = loadConfig(WarehouseConfig, { ...env, ...(await findLocalAddresses(env)) })
  const { SCHEMA_REGISTRY_URL: registry } = config
  if (!env.SCHEMA_REGISTRY_URL && !(await answers(registry)))
    throw new ConfigError(
      `no schema registry at ${registry}: run "npm run start:infra", or set SCHEMA_REGISTRY_URL`,
    )
  const dataDir = resolve(config.LOCAL_DATA_DIR)
  const java = await findJava(env)
  if (java === null) throw new ConfigError(`the worker needs Java ${JAVA_VERSION_MIN} or later, and Maven`)
  const port = config.WAREHOUSE_CONNECT_PORT || (await freePort())
  const { postgres, target } = await database(config, dataDir, env)
  const directory = await fetchWorker({ env, onEvent })
  const workerUrl = `http://127.0.0.1:${port}`
  let worker: InfrastructurePart | null = null
  const stop = async () => {
    await worker?.stop()
    await postgres?.stop()
  }
  try {
    if (postgres !== null) onEvent('Starting PostgreSQL')
    await postgres?.start()
    const warehouseId = await createTables(target)
    onEvent('Starting the Kafka Connect worker')
    worker = createWorker({ java, directory, dataDir, port, kafka: config, target, warehouseId })
    await worker.start()
    await untilRunning(workerUrl)
    const watching = { workerUrl, worker, onEvent }
    const forgetting = {
      everyMs: config.WAREHOUSE_FORGET_HOURS * HOUR_MS,
      forget: () => forgetRemovedRows(target),
      onEvent,
    }
    return {
      database: target.shown,
      workerUrl,
      watch: signal =>
        together(signal, [
          ends => watchConnectors({ ...watching, signal: ends }),
          ends => forgetAtTimes({ ...forgetting, signal: ends }),
        ]),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Until the signal, or until one of them fails: then the others end, too. */
async function together(
  signal: AbortSignal,
  works: readonly ((ends: AbortSignal) => Promise<void>)[],
): Promise<void> {
  const end = new AbortController()
  const ends = AbortSignal.any([signal, end.signal])
  try {
    await Promise.all(works.map(work => work(ends)))
  } finally {
    end.abort()
  }
}

interface Database {
  readonly target: WarehouseTarget
  readonly postgres: InfrastructurePart | null
}

async function database(config: WarehouseConfig, dataDir: string, env: Environment): Promise<Database> {
  if (config.WAREHOUSE_URL !== undefined)
    return { target: warehouseTarget(config.WAREHOUSE_URL, env), postgres: null }
  const programs = findPostgres(env)
  if (programs === null) throw new ConfigError(NO_DATABASE)
  const secrets = localSecrets(join(dataDir, 'secrets.json'), ['WAREHOUSE_PASSWORD'], {})
  const password = secrets.WAREHOUSE_PASSWORD ?? ''
  const port = config.WAREHOUSE_POSTGRES_PORT || (await freePort())
  const login = `${POSTGRES_USER}:${encodeURIComponent(password)}`
  return {
    target: warehouseTarget(`postgresql://${login}@127.0.0.1:${port}/${POSTGRES_DATABASE}`),
    postgres: createPostgres({ programs, dataDir, port, password }),
  }
}

const NO_DATABASE = `no database to write to. There are two ways:
  1. set WAREHOUSE_URL to a PostgreSQL database: postgresql://user:password@host:port/database
  2. install PostgreSQL (Debian: apt-get install postgresql), and one is started here`

async function untilRunning(workerUrl: string): Promise<void> {
  let failure: string | null = null
  const areRunning = async () => {
    const verdicts = await Promise.all(CONNECTORS.map(connector => askFor(connector, workerUrl)))
    failure =
      verdicts.map(verdict => (verdict.state === 'failed' ? verdict.cause : null)).find(Boolean) ?? null
    return verdicts.every(({ state }) => state === 'running')
  }
  await waitUntil('the connectors', areRunning, {
    deadlineMs: CONNECTORS_DEADLINE_MS,
    hasFailed: () => failure,
  })
}

interface Watching {
  readonly workerUrl: string
  readonly worker: InfrastructurePart
  readonly onEvent: (line: string) => void
  readonly signal: AbortSignal
}

/** @throws Error when the worker itself has ended. */
async function watchConnectors({ workerUrl, worker, onEvent, signal }: Watching): Promise<void> {
  while (!signal.aborted) {
    await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => {})
    if (signal.aborted) return
    if (worker.pid === null) throw new Error('the Kafka Connect worker ended by itself: see its log')
    for (const connector of CONNECTORS) {
      const verdict = await askFor(connector, workerUrl)
      if (verdict.state !== 'failed') continue
      onEvent(`${connector.name} failed and is started again: ${verdict.cause}`)
      await restart(connector, workerUrl).catch(() => {})
    }
  }
}
