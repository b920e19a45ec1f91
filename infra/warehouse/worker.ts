/** A Kafka Connect worker in a Java process of ours, with our connectors in it. */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isListening } from '../../services/platform/kafka/local-addresses.ts'
import type { Java } from '../local/java.ts'
import { createJvmPart } from '../local/jvm-part.ts'
import { cacheDirectory, copyJars, type FetchOptions, fetchOnce } from '../local/maven.ts'
import type { InfrastructurePart } from '../local/part.ts'
import type { WarehouseTarget } from './config.ts'
import { CONNECTORS } from './connectors.ts'
import { type KafkaAccess, workerProperties, workerVariables } from './worker-properties.ts'

const POM = join(import.meta.dirname, 'pom.xml')
/** Rounded, for the progress line alone. */
const WORKER_MB = 69

/**
 * The folder with `jars/` of the worker, for all projects of this user.
 * @throws ConfigError when they are not there and Maven cannot fetch them.
 */
export async function fetchWorker(options: FetchOptions): Promise<string> {
  const version = createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 12)
  const directory = join(cacheDirectory(options.env), `connect-${version}`)
  await fetchOnce(join(directory, 'jars'), `the Kafka Connect worker (${WORKER_MB} MB)`, options, target =>
    copyJars(POM, target, options.env),
  )
  return directory
}

export interface WorkerOptions {
  readonly java: Java
  /** Of `fetchWorker`. */
  readonly directory: string
  readonly dataDir: string
  readonly port: number
  readonly kafka: KafkaAccess
  readonly target: WarehouseTarget
  /** Of `createTables`. */
  readonly warehouseId: string
}

export function createWorker(options: WorkerOptions): InfrastructurePart {
  const { java, directory, dataDir, port, kafka, target, warehouseId } = options
  const own = join(dataDir, 'warehouse')
  const properties = join(own, 'worker.properties')
  return createJvmPart({
    name: 'the Kafka Connect worker',
    java,
    archive: join(directory, `worker-${java.version}.jsa`),
    marker: properties,
    port,
    portVariable: 'WAREHOUSE_CONNECT_PORT',
    isReady: () => isListening(port),
    logFile: join(dataDir, 'logs', 'warehouse.log'),
    pidFile: join(dataDir, 'run', 'warehouse.json'),
    env: workerVariables(kafka, target, warehouseId),
    async args() {
      mkdirSync(own, { recursive: true })
      writeFileSync(properties, workerProperties(kafka, { port, offsetFile: join(own, 'offsets') }))
      // Java asks for no token where nobody has said so.
      const tokenUrl = kafka.KAFKA_OAUTH_TOKEN_URL
      const allowed =
        tokenUrl === undefined ? [] : [`-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=${tokenUrl}`]
      const options = [...allowed, '-Xmx256m', '-Dorg.apache.logging.log4j.level=WARN']
      const program = ['-cp', join(directory, 'jars', '*'), 'org.apache.kafka.connect.cli.ConnectStandalone']
      return [...options, ...program, properties, ...CONNECTORS.map(({ file }) => file)]
    },
  })
}
