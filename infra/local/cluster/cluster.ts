/**
 * A Kafka cluster on loopback: a controller and three brokers, every topic on all three, two of which must have a
 * record before it is acknowledged. What the promises are proved on; nobody needs it to develop.
 */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { ConfigError, type Environment } from '../../../services/platform/process/config.ts'
import { fetchArtifacts } from '../artifacts.ts'
import { clusterIdOf } from '../format-storage.ts'
import { findJava, JAVA_VERSION_MIN } from '../java.ts'
import { freePort } from '../ports.ts'
import { type ClusterAdmin, createClusterAdmin } from './admin.ts'
import { asClusterBroker, type ClusterBroker, createNode, type NodeOptions } from './broker.ts'
import { type Certificates, makeCertificates } from './certificates.ts'
import { brokerProperties, CONTROLLER_ID, controllerProperties } from './node-properties.ts'

export interface ClusterOptions {
  readonly env: Environment
  readonly dataDir: string
  /**
   * Passwords by user. With it, clients must log in (SCRAM-SHA-512 over TLS), and a user may do nothing but what an ACL
   * allows; without it everybody may do everything.
   */
  readonly users?: Readonly<Record<string, string>>
  readonly onEvent?: (line: string) => void
}

export interface Cluster {
  /** Bootstrap brokers, as KAFKA_BROKERS takes them. */
  readonly kafka: string
  /** The same brokers where nobody has to log in and everything is allowed: for administrators and for counting. */
  readonly internal: string
  readonly brokers: readonly ClusterBroker[]
  readonly admin: ClusterAdmin
  /** What a process needs in its environment to reach it, as this user where there are users. */
  readonly envOf: (user?: string) => Readonly<Record<string, string>>
  /** Starts what is down and resolves when every partition has all of its replicas in sync. */
  readonly untilWhole: () => Promise<void>
  readonly stop: () => Promise<void>
}

const BROKER_IDS = [1, 2, 3] as const
const WHOLE_WITHIN_MS = 120_000

/** @throws ConfigError when there is no Java, or the broker cannot be fetched. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { dataDir, users } = options
  const security = users === undefined ? null : await makeCertificates(join(dataDir, 'tls'))
  const { controller, brokers, internal } = await createNodes(options, security)
  const admin = createClusterAdmin(internal)
  const startAll = async (): Promise<void> => {
    const down = [controller, ...brokers].filter(({ pid }) => pid === null)
    await Promise.all(down.map(node => node.start()))
  }
  const stop = async (): Promise<void> => {
    // Together: the last ones would wait in vain for somebody to take their leaders.
    await Promise.all(brokers.map(({ stop: stopBroker }) => stopBroker()))
    await controller.stop()
  }
  const kafka = brokers.map(({ address }) => address).join(',')
  try {
    await startAll()
    await admin.untilWhole(WHOLE_WITHIN_MS)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    kafka,
    internal: internal.join(','),
    brokers,
    admin,
    envOf: user => ({ KAFKA_BROKERS: kafka, ...login(security, users ?? {}, user) }),
    async untilWhole() {
      await startAll()
      await admin.untilWhole(WHOLE_WITHIN_MS)
    },
    stop,
  }
}

async function createNodes(options: ClusterOptions, security: Certificates | null) {
  const { env, dataDir, users = {}, onEvent = () => {} } = options
  const java = await findJava(env)
  if (java === null) throw new ConfigError(`a cluster needs Java ${JAVA_VERSION_MIN} or later`)
  const artifacts = await fetchArtifacts({ env, onEvent })
  const controllerPort = await freePort()
  const clusterId = clusterIdOf(randomBytes(16))
  const node = (own: Pick<NodeOptions, 'name' | 'port' | 'properties' | 'users'>) =>
    createNode({ java, artifacts, dataDir, clusterId, ...own })
  const controller = node({
    name: 'controller',
    port: controllerPort,
    users,
    properties: logDir => controllerProperties({ id: CONTROLLER_ID, controllerPort, logDir, security }),
  })
  const internal: string[] = []
  const brokers: ClusterBroker[] = []
  for (const id of BROKER_IDS) {
    const [port, internalPort] = [await freePort(), await freePort()]
    const properties = (logDir: string) =>
      brokerProperties({ id, port, internalPort, controllerPort, logDir, security })
    internal.push(`127.0.0.1:${internalPort}`)
    brokers.push(asClusterBroker(id, node({ name: `broker-${id}`, port, properties }), port))
  }
  return { controller, brokers, internal }
}

function login(
  security: Certificates | null,
  users: Readonly<Record<string, string>>,
  user: string | undefined,
): Record<string, string> {
  if (security === null) return {}
  const password = users[user ?? '']
  if (user === undefined || password === undefined) throw new Error(`the cluster has no user "${user ?? ''}"`)
  return {
    KAFKA_SSL: 'true',
    KAFKA_SSL_CA_FILE: security.caFile,
    KAFKA_SASL_MECHANISM: 'scram-sha-512',
    KAFKA_SASL_USERNAME: user,
    KAFKA_SASL_PASSWORD: password,
  }
}
