/** The properties files of a cluster's nodes: one controller, and brokers that hold every record three times. */
import { type Properties, propertiesText } from '../properties-text.ts'
import type { Certificates } from './certificates.ts'

/** Away from the ids of brokers. */
export const CONTROLLER_ID = 100

interface Node {
  readonly id: number
  readonly controllerPort: number
  readonly logDir: string
  /** Null for a cluster that lets everybody in. */
  readonly security: Certificates | null
}

export interface BrokerNode extends Node {
  /** For clients. */
  readonly port: number
  /** For the other brokers, and for whoever administers a cluster that has users. */
  readonly internalPort: number
}

export const controllerProperties = (node: Node): string =>
  propertiesText({
    ...common(node),
    'process.roles': 'controller',
    listeners: `CONTROLLER://127.0.0.1:${node.controllerPort}`,
  })

export function brokerProperties(node: BrokerNode): string {
  const listeners = `CLIENT://127.0.0.1:${node.port},INTERNAL://127.0.0.1:${node.internalPort}`
  return propertiesText({
    ...common(node),
    'process.roles': 'broker',
    listeners,
    'advertised.listeners': listeners,
    'inter.broker.listener.name': 'INTERNAL',
    'offsets.topic.replication.factor': 3,
    'offsets.topic.num.partitions': INTERNAL_PARTITIONS,
    'transaction.state.log.replication.factor': 3,
    'transaction.state.log.min.isr': 2,
    'transaction.state.log.num.partitions': INTERNAL_PARTITIONS,
    'share.coordinator.state.topic.replication.factor': 3,
    'share.coordinator.state.topic.min.isr': 2,
    'group.initial.rebalance.delay.ms': 0,
    'replica.lag.time.max.ms': 10_000,
    'num.network.threads': 2,
    'num.io.threads': 3,
    'background.threads': 2,
    'log.cleaner.threads': 1,
    'log.cleaner.dedupe.buffer.size': 16_777_216,
    'num.recovery.threads.per.data.dir': 1,
    ...(node.security === null ? {} : clientSecurity(node.security)),
  })
}

/** Of the topics in which the cluster keeps groups and transactions. */
export const INTERNAL_PARTITIONS = 6

const common = ({ id, controllerPort, logDir, security }: Node): Properties => ({
  'node.id': id,
  'controller.quorum.voters': `${CONTROLLER_ID}@127.0.0.1:${controllerPort}`,
  'controller.listener.names': 'CONTROLLER',
  'listener.security.protocol.map': `CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT,CLIENT:${security === null ? 'PLAINTEXT' : 'SASL_SSL'}`,
  'log.dirs': logDir,
  // The controller's values count where a new topic names none.
  'default.replication.factor': 3,
  'min.insync.replicas': 2,
  // Whoever is not in sync has not got every acknowledged record.
  'unclean.leader.election.enable': false,
  // infra/topics.yaml is the truth: a mistyped name must not become a topic.
  'auto.create.topics.enable': false,
  // Leaders go home soon after a broker is back, so that a run of minutes sees what a week shows elsewhere.
  'auto.leader.rebalance.enable': true,
  'leader.imbalance.check.interval.seconds': 20,
  'broker.session.timeout.ms': 9_000,
  ...(security === null ? {} : AUTHORIZATION),
})

/** Nodes and administrators come without a name, from this machine alone. */
const AUTHORIZATION: Properties = {
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users': 'User:ANONYMOUS',
}

const clientSecurity = ({ keyFile, caFile }: Certificates): Properties => ({
  'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
  'listener.name.client.scram-sha-512.sasl.jaas.config':
    'org.apache.kafka.common.security.scram.ScramLoginModule required;',
  'listener.name.client.ssl.keystore.type': 'PEM',
  'listener.name.client.ssl.keystore.location': keyFile,
  'listener.name.client.ssl.truststore.type': 'PEM',
  'listener.name.client.ssl.truststore.location': caFile,
  // Short, so that a run of minutes has connections whose login expires.
  'listener.name.client.connections.max.reauth.ms': 60_000,
})
