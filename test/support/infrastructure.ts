/**
 * Vitest global setup: a broker and a registry with all topics, once for all projects of a run. KAFKA_BROKERS and
 * SCHEMA_REGISTRY_URL name existing ones. What cannot be had is an error: a suite never passes because its
 * infrastructure was missing.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    /** As KAFKA_BROKERS takes them. */
    kafkaBrokers: string
    /** As SCHEMA_REGISTRY_URL takes it. */
    registryUrl: string
  }
}

interface Shared {
  readonly kafka: string
  readonly registryUrl: string
  readonly stop: () => Promise<void>
}

/** Each project loads this module anew, so what they share cannot be a variable of the module. */
const shared = globalThis as { atsflowInfrastructure?: { users: number; started: Promise<Shared> } }

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  shared.atsflowInfrastructure ??= { users: 0, started: start() }
  const current = shared.atsflowInfrastructure
  current.users += 1
  const { kafka, registryUrl, stop } = await current.started
  project.provide('kafkaBrokers', kafka)
  project.provide('registryUrl', registryUrl)
  return async () => {
    current.users -= 1
    if (current.users === 0) await stop()
  }
}

/** What it needs is loaded here, once in a process: kafkajs is mended when it is loaded, and refuses to be mended twice. */
async function start(): Promise<Shared> {
  const { startInfrastructure } = await import('../../infra/local/infrastructure.ts')
  const { applyTopicsFile } = await import('../../infra/local/topics.ts')
  const dataDir = mkdtempSync(join(tmpdir(), 'atsflow-test-'))
  const env = { ...process.env, LOCAL_KAFKA_PORT: '0', LOCAL_REGISTRY_PORT: '0', LOCAL_DATA_DIR: dataDir }
  const remove = () => rmSync(dataDir, { recursive: true, force: true })
  try {
    const { kafka, registryUrl, stop } = await startInfrastructure(env, line => console.error(line))
    await applyTopicsFile({ ...env, KAFKA_BROKERS: kafka, SCHEMA_REGISTRY_URL: registryUrl })
    return { kafka, registryUrl, stop: () => stop().finally(remove) }
  } catch (error) {
    remove()
    throw error
  }
}
