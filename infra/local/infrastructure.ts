/** A broker and a registry: the ones that are configured, else in containers, else as Java processes. */
import { resolve } from 'node:path'
import { z } from 'zod'
import { localRegistryUrl } from '../../services/platform/kafka/local-addresses.ts'
import { ConfigError, type Environment, loadConfig, port } from '../../services/platform/process/config.ts'
import { fetchArtifacts } from './artifacts.ts'
import { createBroker } from './broker.ts'
import { mayHaveDocker } from './docker-socket.ts'
import { findJava, JAVA_VERSION_MIN } from './java.ts'
import type { WatchedPart } from './part.ts'
import { freePort } from './ports.ts'
import { createRegistry } from './registry.ts'

export const LocalSettings = {
  KAFKA_BROKERS: z.string().optional().describe('an existing cluster; unset: a local broker is started'),
  SCHEMA_REGISTRY_URL: z.url().optional().describe('an existing registry; set both or neither'),
  LOCAL_KAFKA_PORT: port(9092).describe('port of the local broker; 0 takes a free one'),
  LOCAL_REGISTRY_PORT: port(8081).describe('port of the local registry; 0 takes a free one'),
  LOCAL_DATA_DIR: z.string().default('.local').describe('where local parts keep their data'),
  INFRA: z
    .enum(['docker', 'jvm'])
    .optional()
    .describe('forces the way; unset: Docker if it answers, else Java'),
}
const LocalConfig = z.object(LocalSettings)
type LocalConfig = z.output<typeof LocalConfig>

export type How = 'given' | 'docker' | 'jvm'

export interface Infrastructure {
  /** Bootstrap brokers, as KAFKA_BROKERS takes them. */
  readonly kafka: string
  /** As SCHEMA_REGISTRY_URL takes it. */
  readonly registryUrl: string
  readonly how: How
  /** Milliseconds from being asked to being ready, by part. */
  readonly timings: Readonly<Record<string, number>>
  /** Null when the infrastructure is not ours to end. */
  readonly broker: WatchedPart | null
  readonly registry: WatchedPart | null
  readonly stop: () => Promise<void>
}

export interface InfrastructureOptions {
  /** Ends what has been started, and the start with it. */
  readonly signal?: AbortSignal
  /** What is wrong with the ports of whatever is started after it. */
  readonly otherPortFaults?: () => Promise<readonly string[]>
}

/**
 * Resolves when both answer. Topics are not its concern.
 * @throws ConfigError when there is no way, a port is taken, or only one of the two is configured: nothing is started then.
 */
export async function startInfrastructure(
  env: Environment,
  onEvent: (line: string) => void = () => {},
  { signal, otherPortFaults = async () => [] }: InfrastructureOptions = {},
): Promise<Infrastructure> {
  const config = loadConfig(LocalConfig, env)
  const given = givenInfrastructure(config)
  if (given !== null) {
    refuseFaults(await otherPortFaults())
    onEvent(`Using the brokers at ${given.kafka}`)
    return given
  }
  const kafkaPort = config.LOCAL_KAFKA_PORT || (await freePort())
  const registryPort = config.LOCAL_REGISTRY_PORT || (await freePort())
  const { how, broker, registry } = await chooseParts(config, { env, kafkaPort, registryPort, onEvent })
  const own = [await broker.portFault(), await registry.portFault()].filter(fault => fault !== null)
  refuseFaults([...own, ...(await otherPortFaults())])
  signal?.throwIfAborted()
  const timings: Record<string, number> = {}
  const timed = async (name: string, start: () => Promise<void>) => {
    const startedMs = performance.now()
    await start()
    timings[name] = Math.round(performance.now() - startedMs)
  }
  const stop = async () => {
    await registry.stop()
    await broker.stop()
  }
  const interrupt = () => void stop()
  signal?.addEventListener('abort', interrupt)
  const started = await Promise.allSettled([timed('broker', broker.start), timed('registry', registry.start)])
  signal?.removeEventListener('abort', interrupt)
  const failed = started.find(result => result.status === 'rejected')
  if (failed !== undefined || signal?.aborted === true) {
    await stop()
    throw failed === undefined ? signal?.reason : failed.reason
  }
  const kafka = `127.0.0.1:${kafkaPort}`
  return { kafka, registryUrl: localRegistryUrl(registryPort), how, timings, broker, registry, stop }
}

function refuseFaults(faults: readonly string[]): void {
  if (faults.length > 0) throw new ConfigError(faults.join('\n'))
}

/** Null when nothing is configured. */
function givenInfrastructure(config: LocalConfig): Infrastructure | null {
  const { KAFKA_BROKERS: kafka, SCHEMA_REGISTRY_URL: registry } = config
  if (kafka === undefined && registry === undefined) return null
  if (kafka === undefined || registry === undefined) {
    throw new ConfigError(
      'KAFKA_BROKERS and SCHEMA_REGISTRY_URL belong together: set both to use what exists, or neither to start both here',
    )
  }
  const nothing = { timings: {}, broker: null, registry: null, stop: async () => {} }
  return { kafka, registryUrl: registry, how: 'given', ...nothing }
}

interface Wanted {
  readonly env: Environment
  readonly kafkaPort: number
  readonly registryPort: number
  readonly onEvent: (line: string) => void
}

interface Parts {
  readonly how: How
  readonly broker: WatchedPart
  readonly registry: WatchedPart
}

async function chooseParts(config: LocalConfig, wanted: Wanted): Promise<Parts> {
  const { env, kafkaPort, registryPort, onEvent } = wanted
  const dataDir = resolve(config.LOCAL_DATA_DIR)
  const containers = config.INFRA === 'jvm' ? null : await containersIfDockerAnswers(env)
  if (containers !== null) {
    onEvent('Starting the broker and the schema registry in containers')
    return {
      how: 'docker',
      broker: containers.createBrokerContainer({ port: kafkaPort, dataDir }),
      registry: containers.createRegistryContainer({ port: registryPort, dataDir }),
    }
  }
  if (config.INFRA === 'docker') throw new ConfigError(noWay('INFRA=docker, but no Docker daemon answers'))
  const java = await findJava(env)
  if (java === null)
    throw new ConfigError(noWay(`no Docker daemon answers, and there is no Java ${JAVA_VERSION_MIN}`))
  const artifacts = await fetchArtifacts({ env, onEvent }).catch(error => {
    throw error instanceof ConfigError ? new ConfigError(noWay(error.message)) : error
  })
  onEvent(`Starting the broker and the schema registry on Java ${java.version}`)
  return {
    how: 'jvm',
    broker: createBroker({ java, artifacts, dataDir, port: kafkaPort }),
    registry: createRegistry({ java, artifacts, dataDir, port: registryPort }),
  }
}

/** The container library is large: it is loaded only when there may be a daemon to talk to. */
async function containersIfDockerAnswers(env: Environment) {
  if (!mayHaveDocker(env)) return null
  const containers = await import('./containers.ts')
  return (await containers.dockerAnswers()) ? containers : null
}

const noWay = (why: string) =>
  `no Kafka broker and schema registry: ${why}. There are three ways:
  1. set KAFKA_BROKERS and SCHEMA_REGISTRY_URL to ones that exist
  2. start Docker
  3. install a JDK (${JAVA_VERSION_MIN} or later) and Maven`
