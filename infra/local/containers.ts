/** The broker and the registry in containers, when a Docker daemon answers: same ports, same addresses as on the JVM. */
import { createHash } from 'node:crypto'
import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer, Wait } from 'testcontainers'
import { isListening, localRegistryUrl } from '../../services/platform/kafka/local-addresses.ts'
import { localVersions } from './artifacts.ts'
import type { WatchedPart } from './part.ts'
import { portFault, requireFreePort, waitUntil } from './ports.ts'
import { answers } from './registry.ts'

const DAEMON_TIMEOUT_MS = 3_000
const READY_DEADLINE_MS = 120_000
const STOP_DEADLINE_MS = 10_000
const CONTROLLER_PORT = 9093
const REGISTRY_CONTAINER_PORT = 8080
const DATA_DIRECTORY = '/var/lib/atsflow'

/** Whether a container engine answers quickly; an engine that hangs counts as none. */
export async function dockerAnswers(): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<boolean>(resolve => {
    timer = setTimeout(resolve, DAEMON_TIMEOUT_MS, false)
  })
  const asked = getContainerRuntimeClient().then(
    () => true,
    () => false,
  )
  const result = await Promise.race([asked, timeout])
  clearTimeout(timer)
  return result
}

export interface ContainerOptions {
  readonly port: number
  /** Names the volume: the same directory finds the same data again. */
  readonly dataDir: string
}

export function createBrokerContainer({ port, dataDir }: ContainerOptions): WatchedPart {
  const address = `PLAINTEXT://127.0.0.1:${port}`
  const container = new GenericContainer(`apache/kafka:${localVersions().kafka}`)
    .withUser('root')
    .withEnvironment({
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_NODE_ID: '1',
      KAFKA_CONTROLLER_QUORUM_VOTERS: `1@127.0.0.1:${CONTROLLER_PORT}`,
      KAFKA_LISTENERS: `PLAINTEXT://0.0.0.0:${port},CONTROLLER://127.0.0.1:${CONTROLLER_PORT}`,
      KAFKA_ADVERTISED_LISTENERS: address,
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_INTER_BROKER_LISTENER_NAME: 'PLAINTEXT',
      KAFKA_LOG_DIRS: `${DATA_DIRECTORY}/kafka`,
      CLUSTER_ID: clusterIdFor(dataDir),
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    })
    .withExposedPorts({ container: port, host: port })
    .withBindMounts([{ source: volumeFor(dataDir, 'kafka'), target: DATA_DIRECTORY }])
    .withWaitStrategy(Wait.forListeningPorts())
    .withStartupTimeout(READY_DEADLINE_MS)
  return containerPart('the Kafka broker', container, port, 'LOCAL_KAFKA_PORT', () => isListening(port))
}

export function createRegistryContainer({ port, dataDir }: ContainerOptions): WatchedPart {
  const container = new GenericContainer(`apicurio/apicurio-registry:${localVersions().apicurio}`)
    .withUser('root')
    .withEnvironment({
      QUARKUS_HTTP_PORT: String(REGISTRY_CONTAINER_PORT),
      APICURIO_DATASOURCE_URL: `jdbc:h2:file:${DATA_DIRECTORY}/registry;WRITE_DELAY=0`,
    })
    .withExposedPorts({ container: REGISTRY_CONTAINER_PORT, host: port })
    .withBindMounts([{ source: volumeFor(dataDir, 'registry'), target: DATA_DIRECTORY }])
    .withWaitStrategy(Wait.forListeningPorts())
    .withStartupTimeout(READY_DEADLINE_MS)
  const isReady = () => answers(localRegistryUrl(port))
  return containerPart('the schema registry', container, port, 'LOCAL_REGISTRY_PORT', isReady)
}

function containerPart(
  what: string,
  container: GenericContainer,
  port: number,
  portVariable: string,
  isReady: () => Promise<boolean>,
): WatchedPart {
  let running: StartedTestContainer | null = null
  const halt = async (timeout: number) => {
    const container = running
    running = null
    // The data are in a volume with a name, which stays; what goes are the container and the image's own volumes.
    await container?.stop({ remove: true, removeVolumes: true, timeout })
  }
  return {
    pid: null,
    async start() {
      await requireFreePort(port, portVariable)
      running = await container.start()
      try {
        await waitUntil(what, isReady, { deadlineMs: READY_DEADLINE_MS, hasFailed: () => null })
      } catch (error) {
        await halt(0)
        throw error
      }
    },
    stop: () => halt(STOP_DEADLINE_MS),
    kill: () => halt(0),
    portFault: () => portFault(port, portVariable),
    onDeath: () => {},
  }
}

const hashOf = (dataDir: string): Buffer => createHash('sha256').update(dataDir).digest()
/** A name that is not a path is a volume of the engine, which keeps the rights that the image expects. */
const volumeFor = (dataDir: string, part: string): string =>
  `atsflow-${hashOf(dataDir).toString('hex').slice(0, 12)}-${part}`
const clusterIdFor = (dataDir: string): string => hashOf(dataDir).subarray(0, 16).toString('base64url')
