/** A broker and a registry of our own, and processes on them that end with us. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Child } from '../../infra/local/child.ts'
import { startChild } from '../../infra/local/child.ts'
import { type Infrastructure, startInfrastructure } from '../../infra/local/infrastructure.ts'
import { freePort } from '../../infra/local/ports.ts'
import { applyTopicsFile } from '../../infra/local/topics.ts'
import { untilReady } from '../../infra/local/until-ready.ts'
import { NODE_FLAGS } from '../../infra/node-flags.ts'
import { removeAllTopics } from './bench-kafka.ts'

const READY_WITHIN_MS = 120_000
const STOP_WITHIN_MS = 15_000
export const SECRET = 'bench-secret-of-this-run'
/** The ports of ingress. */
export const INGRESS = { portVariable: 'INGRESS_PORT', healthPortVariable: 'HEALTH_PORT' }
export const CONSOLE = { portVariable: 'CONSOLE_PORT', healthPortVariable: 'CONSOLE_HEALTH_PORT' }

export interface World {
  readonly directory: string
  /** What every process is configured with. */
  readonly env: Readonly<Record<string, string>>
  /** Null in a container. */
  readonly brokerPid: number | null
  /** Starts a program of this repository; resolves when `readyPath` answers 2xx. */
  readonly start: (script: string, program: Program) => Promise<Started>
  readonly close: () => Promise<void>
}

export interface Program {
  readonly portVariable: string
  /** Where it answers `readyPath`, when not on that port. */
  readonly healthPortVariable?: string
  readonly env?: Readonly<Record<string, string>>
  readonly readyPath?: string
}

export interface Started {
  readonly pid: number
  readonly url: string
  /** From being started to being ready. */
  readonly startedMs: number
  readonly child: Child
  readonly stop: () => Promise<void>
}

export type OpenWorld = (partitions: number) => Promise<World>

/** One broker for worlds that follow one another: opened sooner than one for each, but the first has a cold one. */
export async function shareBroker(): Promise<{
  readonly open: OpenWorld
  readonly close: () => Promise<void>
}> {
  const directory = mkdtempSync(join(tmpdir(), 'atsflow-bench-'))
  const broker = await startInfrastructure(baseEnv(directory))
  return {
    open: partitions => openWorld(partitions, broker),
    async close() {
      await broker.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** Where tools and what they have fetched are, and which way a broker is started. */
const PLACES = ['PATH', 'HOME', 'JAVA_HOME', 'LOCAL_CACHE_DIR', 'INFRA']

const baseEnv = (directory: string) => ({
  ...Object.fromEntries(PLACES.map(name => [name, process.env[name] ?? ''])),
  LOCAL_KAFKA_PORT: '0',
  LOCAL_REGISTRY_PORT: '0',
  LOCAL_DATA_DIR: directory,
})

/** The topics stand when it resolves, and are empty. Without a broker it has its own. */
export async function openWorld(partitions: number, shared?: Infrastructure): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), 'atsflow-bench-'))
  const base = { ...baseEnv(directory), PARTITIONS: String(partitions) }
  const { kafka, registryUrl, broker, stop } = shared ?? (await startInfrastructure(base))
  const env = { ...base, KAFKA_BROKERS: kafka, SCHEMA_REGISTRY_URL: registryUrl, LOG_LEVEL: 'info' }
  if (shared !== undefined) await removeAllTopics({ env })
  await applyTopicsFile(env)
  const children: Child[] = []
  const world: World = {
    directory,
    brokerPid: broker?.pid ?? null,
    env: {
      ...env,
      SPOOL_DIR: join(directory, 'spool'),
      BLOB_DIR: join(directory, 'blobs'),
      STATE_DIR: join(directory, 'state'),
      SOURCE_CLEVERCONNECT_SECRET: SECRET,
    },
    async start(script, program) {
      const started = await startProgram(world, script, program, children.length)
      children.push(started.child)
      return started
    },
    async close() {
      for (const child of children.toReversed()) await child.stop(STOP_WITHIN_MS)
      if (shared === undefined) await stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
  return world
}

async function startProgram(
  world: World,
  script: string,
  program: Program,
  number: number,
): Promise<Started> {
  const port = await freePort()
  const healthPort = program.healthPortVariable === undefined ? port : await freePort()
  const url = `http://127.0.0.1:${port}`
  const name = `${script.replaceAll('/', '-')}-${number}`
  const logFile = join(world.directory, `${name}.log`)
  const beganMs = performance.now()
  const child = await startChild({
    name,
    command: process.execPath,
    args: [...NODE_FLAGS, fileURLToPath(new URL(`../../${script}`, import.meta.url))],
    env: {
      ...{ ...world.env, ...program.env, [program.portVariable]: String(port) },
      ...(program.healthPortVariable === undefined
        ? {}
        : { [program.healthPortVariable]: String(healthPort) }),
    },
    logFile,
    pidFile: join(world.directory, `${name}.pid`),
  })
  const isReady = () =>
    fetch(`http://127.0.0.1:${healthPort}${program.readyPath ?? '/readyz'}`).then(
      response => response.ok,
      () => false,
    )
  await untilReady(child, { name, logFile, isReady, deadlineMs: READY_WITHIN_MS })
  const startedMs = performance.now() - beganMs
  return { pid: child.pid, url, startedMs, child, stop: () => child.stop(STOP_WITHIN_MS) }
}
