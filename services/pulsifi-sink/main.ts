import { setTimeout as delay } from 'node:timers/promises'
import { ALARM_CODES, reasonInWords } from '../core/reasons.ts'
import { PULSIFI_INBOX } from '../core/topics.ts'
import { type Codec, createCodec } from '../platform/avro/codec.ts'
import { createRegistryClient } from '../platform/avro/registry.ts'
import { type Connections, keepConnections } from '../platform/connections/connections.ts'
import { discoverSources, type Sources } from '../platform/connections/discover-sources.ts'
import { createKafka, type KafkaClient } from '../platform/kafka/client.ts'
import { createPartitionOf } from '../platform/kafka/partition-of.ts'
import { registryUrlOf } from '../platform/kafka/settings.ts'
import { SESSION_TIMEOUT_MS } from '../platform/partitions/owner.ts'
import { startPartitionProcess } from '../platform/partitions/partition-process.ts'
import { topicsOf } from '../platform/partitions/processor.ts'
import { claimStateDirectory } from '../platform/partitions/state-directory.ts'
import type { Logger } from '../platform/process/logger.ts'
import type { Metrics } from '../platform/process/metrics.ts'
import { openHealth } from '../platform/process/opening.ts'
import { type Run, runProcess } from '../platform/process/run.ts'
import {
  type AccountCredentials,
  accountsByTenant,
  isInEarnest,
  refuseSandboxElsewhere,
  refuseWeakCallbacks,
  requireInviteSince,
} from '../platform/pulsifi/settings.ts'
import { checkTopics } from '../platform/topics/admin.ts'
import { requireDurability } from '../platform/topics/durability.ts'
import { readDurability, readTopicsFile } from '../platform/topics/file.ts'
import { type LimitOf, messageLimits } from '../platform/topics/message-limits.ts'
import { openTelemetry } from '../platform/tracing/telemetry.ts'
import { openAccounts } from './accounts.ts'
import { answerProducer, createAnswerOutbox } from './calls/answer-outbox.ts'
import { createRegistration } from './calls/register-webhook.ts'
import { SinkConfig } from './config.ts'
import type { LedgerNews } from './decide/effects.ts'
import { candidateFit, policyOf } from './policy-from-config.ts'
import { createSink } from './processor.ts'
import { STORIES } from './stories.ts'
import { createWholeTables } from './whole-tables.ts'

const waitFor = (ms: number, signal: AbortSignal) => delay(ms, undefined, { signal })
function tellOf(metrics: Metrics, log: Logger) {
  // A counter that is not there before it counts shows nobody that it has grown.
  for (const reason of ALARM_CODES) metrics.alarms.inc({ reason }, 0)
  return ({ applicationKey: application, outcome, alarms }: LedgerNews): void => {
    metrics.invitations.inc({ outcome })
    for (const reason of alarms) {
      metrics.alarms.inc({ reason })
      log.error({ event: 'ledger_alarm', application, reason }, reasonInWords(reason))
    }
  }
}
const clock = { nowMs: Date.now, delay: waitFor }

interface Cluster {
  readonly kafka: KafkaClient
  readonly topics: readonly string[]
  readonly sources: readonly string[]
}

/** Whether the topics are there, and kept well enough where people are invited in earnest; and what they take. */
async function checkCluster(
  { kafka, topics, sources }: Cluster,
  config: Pick<SinkConfig, 'PARTITIONS' | 'ALLOW_UNSAFE_TOPICS'>,
  credentials: ReadonlyMap<string, AccountCredentials>,
): Promise<LimitOf> {
  await checkTopics(kafka, topics, config.PARTITIONS)
  const isEarnest = [...credentials.values()].some(isInEarnest)
  if (isEarnest && !config.ALLOW_UNSAFE_TOPICS) await requireDurability(kafka, topics, readDurability())
  return messageLimits(kafka, readTopicsFile(sources), topics)
}

/** @throws ConfigError for accounts that would invite whom nobody means, or nobody at all */
function accountsOf(config: SinkConfig, connections: Connections) {
  const accounts = accountsByTenant(config, connections)
  requireInviteSince(config.INVITE_SINCE, accounts.values())
  refuseSandboxElsewhere(config.KAFKA_BROKERS, accounts.values())
  refuseWeakCallbacks(config, connections, accounts.values())
  return accounts
}

/** Both as they are by then; a change that would invite whom nobody means does not count. */
function openConnections({ config, mustHold, env, files }: Run<SinkConfig>, sources: Sources) {
  const check = (changed: Connections) => void accountsOf(config, changed)
  const connections = keepConnections(files.keep, sources, env, check)
  mustHold(changed => void accountsOf(changed, connections))
  return { connections, credentials: () => accountsOf(config, connections) }
}

/** Takes answers from the beginning on; how large they may be is known once brokers have answered. */
function openOutbox({ log, onClose }: Run<SinkConfig>, kafka: KafkaClient, codec: Codec) {
  let limitOf: LimitOf = () => Number.POSITIVE_INFINITY
  const limit = () => limitOf(PULSIFI_INBOX)
  const outbox = createAnswerOutbox({ producer: answerProducer(kafka, log), codec, log, limit, ...clock })
  onClose('answer outbox', outbox.close)
  return {
    send: outbox.send,
    within: (limits: LimitOf): LimitOf => {
      limitOf = limits
      return limits
    },
  }
}

function openRegistry(config: SinkConfig, metrics: Metrics) {
  const registry = createRegistryClient({ url: () => registryUrlOf(config) })
  metrics.collectRegistry(registry.isReached)
  return registry
}

await runProcess('pulsifi-sink', SinkConfig, async run => {
  const { config, log } = run
  const sources = await discoverSources()
  const { connections, credentials } = openConnections(run, sources)
  const { metrics, tracing } = await openTelemetry(run, 'pulsifi-sink')
  const http = { host: config.HEALTH_HOST, port: config.PULSIFI_SINK_PORT, portVariable: 'PULSIFI_SINK_PORT' }
  const opening = await openHealth({ name: 'pulsifi-sink', run, metrics, ...http })
  const registry = openRegistry(config, metrics)
  await opening.waitFor('the schema registry', registry.registerSubjects)
  const codec = createCodec(registry)
  const kafka = createKafka(config, 'pulsifi-sink', log, run.files.keep)
  const state = claimStateDirectory(config.STATE_DIR, 'pulsifi-sink', SESSION_TIMEOUT_MS, Date.now())
  const outbox = openOutbox(run, kafka, codec)
  const accounts = openAccounts({ config, credentials, metrics, log, requests: tracing?.requests })
  run.onClose('accounts', accounts.close)
  const tables = createWholeTables({ kafka, codec, directory: state.path, metrics, log, crash: run.fail })
  const sink = createSink({
    sink: {
      codec,
      sources,
      settingsOf: connections.settingsOf,
      policy: policyOf(config),
      fitCandidate: candidateFit(config),
      ...tables.finders,
      partitionOf: createPartitionOf(config.PARTITIONS),
      partitions: config.PARTITIONS,
    },
    accounts: accounts.byTenant,
    ...tables.references,
    onJobsChanged: tables.onJobsChanged,
    sendToInbox: outbox.send,
    ...{ countInvitation: tellOf(metrics, log), countResult: trigger => metrics.results.inc({ trigger }) },
    callbackWindowMs: config.RESULT_CALLBACK_SECONDS,
    ...clock,
  })
  const cluster = { kafka, topics: topicsOf(sink), sources: [...sources.keys()] }
  const limitOf = outbox.within(
    await opening.waitFor('Kafka', () => checkCluster(cluster, config, credentials())),
  )
  run.onClose('tables', tables.stop)
  await tables.start()
  const registrationPorts = { config, connections, accounts: accounts.byTenant, log, delay: waitFor }
  const registration = createRegistration(registrationPorts)
  run.onClose('registration', registration.stop)
  run.files.onChange(accounts.refresh)
  run.files.onChange(registration.again)
  await startPartitionProcess({
    ...{ name: 'pulsifi-sink', run, kafka, metrics, tracing, processor: sink, stories: STORIES },
    ...{ state, opening, limitOf, setAside: tables.setAside },
    ready: { pulsifi: accounts.describe, tables: tables.ready },
    assigned: numbers => {
      accounts.setShare(numbers.length / config.PARTITIONS)
      registration.assigned(numbers)
    },
  })
})
