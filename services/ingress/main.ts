import { openBlobStore } from '../platform/blobs/settings.ts'
import { type Connections, keepConnections } from '../platform/connections/connections.ts'
import { discoverSources } from '../platform/connections/discover-sources.ts'
import { ipRanges } from '../platform/connections/ip-ranges.ts'
import { createKafka, principalOf } from '../platform/kafka/client.ts'
import { startHttpServer } from '../platform/process/http-server.ts'
import { type LogEvents, logEvents } from '../platform/process/log-events.ts'
import { openHealth } from '../platform/process/opening.ts'
import { runProcess } from '../platform/process/run.ts'
import { readTopics } from '../platform/topics/admin.ts'
import { openTelemetry } from '../platform/tracing/telemetry.ts'
import { createAdmission } from './admission.ts'
import { createIngressApp } from './app.ts'
import { callbackPolicies } from './callback-policy.ts'
import { openCanaries } from './canary/post.ts'
import { IngressConfig } from './config.ts'
import { openProducer, watchProducer } from './open-producer.ts'
import { createEventStore, STORE_WITHIN_MS } from './store.ts'
import { ingressTopics } from './topics.ts'
import { createTopicsCheck } from './topics-check.ts'
import { refuseWeakSecrets } from './weak-secrets.ts'
import { proofAnnouncer, refusalAnnouncer, signatureAnnouncer } from './webhook.ts'

/** A broker that does not answer at the start may be away for long; events are accepted meanwhile. */
const KAFKA_PATIENCE_MS = 3_000
/** Within the time that the server gives a request. */
const BODY_WAIT_MAX_MS = 25_000

await runProcess('ingress', IngressConfig, async run => {
  const { config, mustHold, env, files, log: logger, onClose, fail } = run
  const log = logEvents(logger)
  const { metrics, tracing } = await openTelemetry(run, 'ingress')
  const health = { host: config.HEALTH_HOST, port: config.HEALTH_PORT, portVariable: 'HEALTH_PORT' }
  const opening = await openHealth({ name: 'ingress', run, metrics, ...health })
  const sources = await discoverSources()
  const connections = keepConnections(files.keep, sources, env, read => refuseWeakSecrets(config, read, env))
  mustHold(read => refuseWeakSecrets(read, connections, env))
  const callbackPolicy = callbackPolicies(config, connections)
  warnOfMissingSecrets(connections, log)

  const kafka = createKafka(config, 'ingress', logger, files.keep)
  const names = ingressTopics(sources)
  const topics = createTopicsCheck({
    topics: names,
    partitions: config.PARTITIONS,
    principal: principalOf(kafka),
    read: asked => readTopics(kafka, asked),
    log,
  })
  await topics.atStart(KAFKA_PATIENCE_MS)
  // Nothing depends on it: whoever looks at the log learns what there is to mend.
  void opening.waitFor('Kafka', topics.reached)
  const producer = await openProducer({ kafka, config, topics: names, check: topics.run, metrics, log, fail })
  onClose('producer', () => producer.close())
  const blobs = await openBlobStore(config)
  await blobs.check()

  const app = createIngressApp({
    sources,
    connections,
    callbackPolicy,
    announceProof: proofAnnouncer(log),
    announceSignature: signatureAnnouncer(log),
    announceRefusal: refusalAnnouncer(log),
    trustedProxies: ipRanges(config.TRUSTED_PROXIES),
    store: createEventStore({ producer, blobs, log, withinMs: STORE_WITHIN_MS }),
    admission: createAdmission({
      requestsPerConnectionMax: config.INGRESS_REQUESTS_PER_CONNECTION_MAX,
      bytesMax: config.INGRESS_BODY_MIB_MAX * 1024 * 1024,
      waitMaxMs: BODY_WAIT_MAX_MS,
    }),
    metrics,
    log,
    canarySecret: () => config.CANARY_SECRET,
    nowMs: Date.now,
    ...(tracing && { trace: tracing.webhook }),
  })
  const { INGRESS_HOST: host, INGRESS_PORT: port } = config
  const server = await startHttpServer({ app, host, port, portVariable: 'INGRESS_PORT' })
  onClose('http server', server.close)
  opening.opened({ live: {}, ready: { ...watchProducer(producer, metrics), topics: topics.ready } })
  onClose('canaries', openCanaries(config, { sources, connections, metrics, log }).stop)
  log.ingressListening({ port: server.port, sources: [...sources.keys()] })
})

/** Names every connection that refuses everything, once. */
function warnOfMissingSecrets(
  connections: Pick<Connections, 'all'>,
  log: Pick<LogEvents, 'connectionWithoutSecret'>,
): void {
  for (const { source, tenant, secrets } of connections.all) {
    if (secrets.length === 0) log.connectionWithoutSecret({ source, tenant })
  }
}
