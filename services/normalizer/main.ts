import { join } from 'node:path'
import { DAY_MS } from '../core/reading/dates.ts'
import { createCodec } from '../platform/avro/codec.ts'
import { createRegistryClient } from '../platform/avro/registry.ts'
import { openBlobStore } from '../platform/blobs/settings.ts'
import { keepConnections } from '../platform/connections/connections.ts'
import { discoverSources } from '../platform/connections/discover-sources.ts'
import { createKafka } from '../platform/kafka/client.ts'
import { createPartitionOf } from '../platform/kafka/partition-of.ts'
import { registryUrlOf } from '../platform/kafka/settings.ts'
import { SESSION_TIMEOUT_MS } from '../platform/partitions/owner.ts'
import { startPartitionProcess } from '../platform/partitions/partition-process.ts'
import { topicsOf } from '../platform/partitions/processor.ts'
import { claimStateDirectory } from '../platform/partitions/state-directory.ts'
import { generatedSecret } from '../platform/process/generated-secret.ts'
import { logEvents } from '../platform/process/log-events.ts'
import { openHealth } from '../platform/process/opening.ts'
import { runProcess } from '../platform/process/run.ts'
import { readVersion } from '../platform/process/version.ts'
import { checkTopics } from '../platform/topics/admin.ts'
import { readTopicsFile } from '../platform/topics/file.ts'
import { messageLimits } from '../platform/topics/message-limits.ts'
import { openTelemetry } from '../platform/tracing/telemetry.ts'
import { createCompanyNames } from './company-names.ts'
import { NormalizerConfig } from './config.ts'
import { openFileFetching } from './files/open-file-fetching.ts'
import { createNormalizer } from './processor.ts'
import { STORIES } from './stories.ts'
import { checkTombstoneDays } from './tombstone-days.ts'

await runProcess('normalizer', NormalizerConfig, async run => {
  const { config, env, log } = run
  const sources = await discoverSources()
  const connections = keepConnections(run.files.keep, sources, env)
  const { metrics, tracing } = await openTelemetry(run, 'normalizer')
  const opening = await openHealth({
    ...{ name: 'normalizer', run, metrics, host: config.HEALTH_HOST },
    ...{ port: config.NORMALIZER_PORT, portVariable: 'NORMALIZER_PORT' },
  })
  const registry = createRegistryClient({ url: () => registryUrlOf(config) })
  metrics.collectRegistry(registry.isReached)
  await opening.waitFor('the schema registry', registry.registerSubjects)
  const kafka = createKafka(config, 'normalizer', log, run.files.keep)
  const version = readVersion(env)
  const blobs = await openBlobStore(config)
  await blobs.check()
  const files = openFileFetching(config, { blobs, metrics, log: logEvents(log) })
  run.onClose('file fetching', files.close)
  const codec = createCodec(registry)
  const state = claimStateDirectory(config.STATE_DIR, 'normalizer', SESSION_TIMEOUT_MS, Date.now())
  const companies = createCompanyNames({
    ...{ kafka, codec, connections, metrics, log },
    ...{ directory: state.path, crash: run.fail },
  })
  const normalizer = createNormalizer({
    sources,
    settingsOf: connections.settingsOf,
    codec,
    companyName: companies.nameOf,
    partitionOf: createPartitionOf(config.PARTITIONS),
    ...{ blobs, files },
    hostsOf: files.hostsOf,
    personKeySecret:
      config.PERSON_KEY_SECRET ?? (await generatedSecret(join(config.LOCAL_DATA_DIR, 'person-key'))),
    tombstoneAfterMs: config.DELETE_TOMBSTONE_DAYS * DAY_MS,
    nowMs: Date.now,
    crash: run.fail,
    normalizerVersion: `${version.version}+${version.git_sha?.slice(0, 12) ?? 'unknown'}`,
  })
  checkTombstoneDays(config.DELETE_TOMBSTONE_DAYS, [...sources.keys()])
  const topics = topicsOf(normalizer)
  await opening.waitFor('Kafka', () => checkTopics(kafka, topics, config.PARTITIONS))
  run.onClose('companies', companies.stop)
  await companies.start()
  await startPartitionProcess({
    name: 'normalizer',
    run,
    kafka,
    metrics,
    ...{ processor: normalizer, tracing, stories: STORIES },
    limitOf: await messageLimits(kafka, readTopicsFile([...sources.keys()]), topics),
    state,
    opening,
    ready: { companies: companies.ready },
  })
})
