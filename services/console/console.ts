/** The parts of the console, put together. */

import { AUDIT, rawTopic } from '../core/topics.ts'
import { type Codec, createCodec } from '../platform/avro/codec.ts'
import { createRegistryClient } from '../platform/avro/registry.ts'
import { openBlobStore } from '../platform/blobs/settings.ts'
import { loadConnections } from '../platform/connections/connections.ts'
import { discoverSources, type Sources } from '../platform/connections/discover-sources.ts'
import { databasePath } from '../platform/duckdb/settings.ts'
import { createKafka, type KafkaClient } from '../platform/kafka/client.ts'
import { registryUrlOf } from '../platform/kafka/settings.ts'
import { startHttpServer } from '../platform/process/http-server.ts'
import { codeOf } from '../platform/process/log-events.ts'
import { createMetrics, type Metrics } from '../platform/process/metrics.ts'
import { type Opening, openHealth } from '../platform/process/opening.ts'
import type { Run } from '../platform/process/run.ts'
import { readVersion } from '../platform/process/version.ts'
import { rightTeller } from '../platform/readers/missing-right.ts'
import { checkTopics } from '../platform/topics/admin.ts'
import { type ConsolePorts, createConsoleApp } from './app.ts'
import { openAudit } from './audit/open-audit.ts'
import { type ConsoleConfig, listenHost, scrapeTargets } from './config.ts'
import type { ApiContext } from './figures/endpoint.ts'
import { openDeadLetters } from './figures/letters/dead-letters.ts'
import { openApplications } from './figures/open-applications.ts'
import { openAccess } from './open-access.ts'
import { createLetterReader, createReportReader } from './read-again.ts'
import { createLetterResolver } from './resolve-letters.ts'
import { type Database, openDatabase } from './store/database.ts'
import { startIngestion } from './store/ingestion.ts'
import { createSelect } from './store/select.ts'
import { FOLLOWED_TOPICS } from './store/topics.ts'
import { createOwnerTeller } from './tell-owner.ts'
import { createSnapshots } from './watch/look-at-kafka.ts'
import { createRateWatch } from './watch/scrape.ts'
import { watchPipeline } from './watch/watch.ts'

/** Returns when the page is served; the port is then known. */
export async function startConsole(run: Run<ConsoleConfig>): Promise<{ readonly port: number }> {
  const { config, env, log, onClose, fail: crash } = run
  const host = run.mustHold(listenHost)
  const targets = scrapeTargets(config)
  const keepsPersonalData = config.CONSOLE_PERSONAL_DATA
  const path = databasePath(config)
  const metrics = createMetrics()
  const opening = await openHealth({
    ...{ name: 'console', run, metrics, host: config.HEALTH_HOST, port: config.CONSOLE_HEALTH_PORT },
    portVariable: 'CONSOLE_HEALTH_PORT',
  })
  const { kafka, codec } = await reachTopics(run, opening)
  const memoryMib = config.CONSOLE_MEMORY_MIB
  const database = await openDatabase({ path, memoryMib, keepsPersonalData })
  onClose('database', database.close)
  const ingestion = await startIngestion({
    ...{ kafka, codec, database, keepsPersonalData, crash },
    ...{ denied: rightTeller(log), nowMs: Date.now },
  })
  onClose('ingestion', ingestion.stop)
  const sources = await discoverSources()
  const rawTopics = [...sources.keys()].map(rawTopic)
  const rate = createRateWatch()
  const { positions, atRest } = ingestion
  const snapshots = await createSnapshots({ kafka, rawTopics, targets, positions, rate, nowMs: Date.now })
  countOpen(metrics, database)
  const watch = watchPipeline({ snapshots, forget: ingestion.forget, metrics, log, positions })
  onClose('watch', () => watch.stop().then(snapshots.close))

  const ports: ConsolePorts = {
    context: {
      database,
      select: createSelect({ path, directory: database.exportDirectory, memoryMib, atRest }),
      snapshot: watch.newest,
      keepsPersonalData,
      ...(await openDesk(run, { kafka, codec, sources })),
      pulsifiBudget: config.PULSIFI_RATE_PER_SECOND,
    },
    database,
    dataMark: dataMark(ingestion.version),
    version: readVersion(env).version,
    onError: error =>
      log.error({ event: 'answer_failed', code: codeOf(error) }, 'A request could not be answered.'),
    ...(await openAccess(run)),
    audit: openAudit({ kafka, codec, onClose }),
  }
  const port = await serveConsole(run, host, ports)
  opening.opened({
    live: { progress: watch.isMoving },
    ready: { reading: () => readingOf(watch.newest()), rights: ingestion.rights },
  })
  log.info({ event: 'console_started', port, host, database: path }, 'console is listening')
  return { port }
}

async function serveConsole(
  { config, onClose }: Pick<Run<ConsoleConfig>, 'config' | 'onClose'>,
  host: string,
  ports: ConsolePorts,
): Promise<number> {
  const address = { host, port: config.CONSOLE_PORT, portVariable: 'CONSOLE_PORT' }
  const { port, close } = await startHttpServer({ app: createConsoleApp(ports), ...address })
  // After the database was opened: what is being answered ends before it is closed.
  onClose('http server', close)
  return port
}

/** What people look at and decide beyond the tables: on the topics themselves. */
async function openDesk(
  { config, env, onClose }: Run<ConsoleConfig>,
  {
    kafka,
    codec,
    sources,
  }: { readonly kafka: KafkaClient; readonly codec: Codec; readonly sources: Sources },
): Promise<Pick<ApiContext, 'resolveLetters' | 'tellOwner' | 'reportAt' | 'letterAt'>> {
  const blobs = await openBlobStore(config)
  return {
    resolveLetters: createLetterResolver({
      ...{ kafka, sources, blobs, nowMs: Date.now },
      settingsOf: (source, tenant) => loadConnections(sources, env).settingsOf(source, tenant),
    }),
    tellOwner: createOwnerTeller({ kafka, codec, onClose, nowMs: Date.now }),
    reportAt: createReportReader(kafka, codec),
    letterAt: createLetterReader(kafka, codec, blobs),
  }
}

/** Green while Kafka is away too: what is known is shown, and dated. */
const readingOf = (newest: { readonly behind: number; readonly atMs: number } | null) => ({
  ok: true,
  detail: newest === null ? 'unknown' : `${newest.behind} behind at ${new Date(newest.atMs).toISOString()}`,
})

/** What is open is known here alone: the sink would have to read its whole ledger to count it. */
function countOpen(metrics: Metrics, database: Database): void {
  metrics.collectDeadLetters(() => openDeadLetters(database))
  metrics.collectApplications(() => openApplications(database))
}

/** @throws ConfigError when topics are missing or the registry does not take our schemas. */
async function reachTopics(
  { config, log, files: { keep } }: Run<ConsoleConfig>,
  { waitFor }: Pick<Opening, 'waitFor'>,
) {
  const kafka = createKafka(config, 'console', log, keep)
  await waitFor('Kafka', () => checkTopics(kafka, [...FOLLOWED_TOPICS, AUDIT], config.PARTITIONS))
  const registry = createRegistryClient({ url: () => registryUrlOf(config) })
  await waitFor('the schema registry', registry.registerSubjects)
  return { kafka, codec: createCodec(registry) }
}

/** Unlike that of any other run of the console: a database can be made anew in between. */
function dataMark(version: () => number): () => string {
  const startedMs = Date.now().toString(36)
  return () => `${startedMs}.${version()}`
}
