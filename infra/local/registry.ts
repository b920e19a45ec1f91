/** Apicurio, a schema registry with the Confluent interface, on loopback, its data in one H2 file. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { localRegistryUrl } from '../../services/platform/kafka/local-addresses.ts'
import type { Artifacts } from './artifacts.ts'
import type { Java } from './java.ts'
import { createJvmPart } from './jvm-part.ts'
import type { WatchedPart } from './part.ts'

export interface RegistryOptions {
  readonly java: Java
  readonly artifacts: Artifacts
  readonly dataDir: string
  readonly port: number
}

export function createRegistry({ java, artifacts, dataDir, port }: RegistryOptions): WatchedPart {
  const directory = join(dataDir, 'registry')
  return createJvmPart({
    name: 'the schema registry',
    java,
    archive: join(artifacts.directory, `registry-${java.version}.jsa`),
    marker: databaseUrl(directory),
    port,
    portVariable: 'LOCAL_REGISTRY_PORT',
    isReady: () => answers(localRegistryUrl(port)),
    logFile: join(dataDir, 'logs', 'registry.log'),
    pidFile: join(dataDir, 'run', 'registry.json'),
    async args() {
      mkdirSync(directory, { recursive: true })
      return ['-Xmx256m', ...registryOptions(directory, port), '-jar', artifacts.registryJar]
    },
  })
}

/**
 * By default H2 writes half a second late: a registry that was killed would have forgotten ids that records in the
 * broker already carry.
 */
const databaseUrl = (directory: string): string => `jdbc:h2:file:${join(directory, 'registry')};WRITE_DELAY=0`

export function registryOptions(directory: string, port: number): readonly string[] {
  const settings: Readonly<Record<string, string | number | boolean>> = {
    'quarkus.http.host': '127.0.0.1',
    'quarkus.http.port': port,
    'quarkus.http.access-log.enabled': false,
    'quarkus.log.category."io.apicurio".level': 'WARN',
    'quarkus.banner.enabled': false,
    'apicurio.datasource.url': databaseUrl(directory),
    'apicurio.datasource.jdbc.initial-size': 1,
    'apicurio.datasource.jdbc.min-size': 1,
    'apicurio.datasource.jdbc.max-size': 10,
    'vertx.cacheDirBase': join(directory, 'vertx'),
  }
  return Object.entries(settings).map(([name, value]) => `-D${name}=${value}`)
}

/** Whether a schema registry answers at this base. */
export async function answers(baseUrl: string): Promise<boolean> {
  try {
    const response = await fetch(`${baseUrl}/subjects`, { signal: AbortSignal.timeout(2_000) })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}
