/** A single Kafka node in KRaft mode on loopback, for development and tests. */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isListening } from '../../services/platform/kafka/local-addresses.ts'
import type { Artifacts } from './artifacts.ts'
import { clusterIdOf, formatStorage } from './format-storage.ts'
import type { Java } from './java.ts'
import { createJvmPart } from './jvm-part.ts'
import type { WatchedPart } from './part.ts'
import { freePort } from './ports.ts'
import { type Properties, propertiesText } from './properties-text.ts'

export interface BrokerOptions {
  readonly java: Java
  readonly artifacts: Artifacts
  readonly dataDir: string
  readonly port: number
}

export function createBroker({ java, artifacts, dataDir, port }: BrokerOptions): WatchedPart {
  const directory = join(dataDir, 'kafka')
  const logDir = join(directory, 'log')
  const properties = join(directory, 'server.properties')
  const classpath = artifacts.brokerClasspath
  return createJvmPart({
    name: 'the Kafka broker',
    java,
    archive: join(artifacts.directory, `broker-${java.version}.jsa`),
    marker: properties,
    port,
    portVariable: 'LOCAL_KAFKA_PORT',
    isReady: () => isListening(port),
    logFile: join(dataDir, 'logs', 'kafka.log'),
    pidFile: join(dataDir, 'run', 'kafka.json'),
    async args() {
      mkdirSync(directory, { recursive: true })
      writeFileSync(properties, brokerProperties({ port, controllerPort: await freePort(), logDir }))
      if (!existsSync(join(logDir, 'meta.properties'))) {
        const clusterId = clusterIdOf(randomBytes(16))
        await formatStorage({ java, classpath, clusterId, properties })
      }
      return ['-Xmx512m', '-cp', classpath, 'kafka.Kafka', properties]
    },
  })
}

/** One node is broker and controller. The controller's port may change from start to start: nobody else uses it. */
export function brokerProperties(options: { port: number; controllerPort: number; logDir: string }): string {
  const { port, controllerPort, logDir } = options
  const address = `PLAINTEXT://127.0.0.1:${port}`
  const entries: Properties = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `${address},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': address,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': logDir,
    // infra/topics.yaml is the truth: a mistyped name must not become a topic.
    'auto.create.topics.enable': false,
    'default.replication.factor': 1,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 3,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 3,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    // Alone on a development machine nobody else is about to join.
    'group.initial.rebalance.delay.ms': 0,
    // After a kill the controller waits this long for the broker that was. Shorter, and a busy machine makes it take the
    // broker for dead in the middle of its start, which costs transactions their markers (decision 0029).
    'broker.session.timeout.ms': 9_000,
    'broker.heartbeat.interval.ms': 500,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'background.threads': 2,
    'log.cleaner.threads': 1,
    'log.cleaner.dedupe.buffer.size': 16_777_216,
    'num.recovery.threads.per.data.dir': 1,
  }
  return propertiesText(entries)
}
