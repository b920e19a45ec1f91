import { createLocalBlobStore } from '../platform/blob-store.ts'
import { loadConnections } from '../platform/connections.ts'
import { discoverSources } from '../platform/discover-sources.ts'
import { createHealthRouter } from '../platform/health.ts'
import { startHttpServer } from '../platform/http-server.ts'
import { createKafka } from '../platform/kafka.ts'
import { logEvents } from '../platform/log-events.ts'
import { createMetrics } from '../platform/metrics.ts'
import { createGroupCommitProducer, PRODUCER_DEFAULTS } from '../platform/producer.ts'
import { runProcess } from '../platform/run.ts'
import { checkTopics } from '../platform/topic-admin.ts'
import { readVersion } from '../platform/version.ts'
import { createAdmission } from './admission.ts'
import { createIngressApp } from './app.ts'
import { callbackPolicies } from './callback-policy.ts'
import { IngressConfig } from './config.ts'
import { failureObserver, proofAnnouncer, warnOfMissingSecrets, watchProducer } from './observe.ts'
import { createKafkaStore, STORE_WITHIN_MS } from './store.ts'
import { ingressTopics } from './topics.ts'

await runProcess('ingress', IngressConfig, async ({ config, env, log: logger, onClose }) => {
  const log = logEvents(logger)
  const metrics = createMetrics()
  const sources = await discoverSources()
  const connections = loadConnections(sources, env)
  const callbackPolicy = callbackPolicies(config, connections)
  warnOfMissingSecrets(connections, log)

  const kafka = createKafka(config, 'ingress', logger)
  await checkTopics(kafka, ingressTopics(sources), config.PARTITIONS)
  const producer = createGroupCommitProducer(kafka, {
    ...PRODUCER_DEFAULTS,
    onFailure: failureObserver(metrics, log),
  })
  onClose('producer', producer.close)
  const ready = watchProducer(producer, metrics)
  const blobs = createLocalBlobStore(config.BLOB_DIR)

  const app = createIngressApp({
    sources,
    connections,
    callbackPolicy,
    announceProof: proofAnnouncer(log),
    store: createKafkaStore({ producer, blobs, log, withinMs: STORE_WITHIN_MS }),
    admission: createAdmission({
      requestsPerConnectionMax: config.INGRESS_REQUESTS_PER_CONNECTION_MAX,
      bytesMax: config.INGRESS_BODY_MIB_MAX * 1024 * 1024,
    }),
    health: createHealthRouter({
      service: 'ingress',
      version: readVersion(env),
      registry: metrics.registry,
      live: {},
      ready,
    }),
    metrics,
    log,
    nowMs: Date.now,
  })
  const { INGRESS_HOST: host, INGRESS_PORT: port } = config
  const server = await startHttpServer({ app, host, port, portVariable: 'INGRESS_PORT' })
  onClose('http server', server.close)
  log.ingressListening({ port: server.port, sources: [...sources.keys()] })
})
