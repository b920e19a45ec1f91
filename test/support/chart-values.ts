/** Values for the chart: the least that it takes, all there is, and what differs in between. */

export const MINIMAL = {
  kafka: { brokers: 'kafka:9092', schemaRegistryUrl: 'https://registry' },
  blobs: { s3Bucket: 'files' },
  console: { token: { secret: 'console' } },
}
/** Everything that can be set is. */
export const EVERYTHING = {
  image: { digest: `sha256:${'0'.repeat(64)}`, pullSecrets: ['registry'] },
  kafka: {
    ...{ brokers: 'a:9093,b:9093', schemaRegistryUrl: 'https://registry', saslMechanism: 'scram-sha-512' },
    tls: { enabled: true, caSecret: 'kafka-cluster-ca-cert' },
  },
  blobs: { s3Bucket: 'files', s3Endpoint: 'https://s3.example.com' },
  settings: { INVITE_SINCE: '2026-01-01', PULSIFI_RATE_PER_SECOND: 5, INVITE_ON_CLOSED: false },
  secret: 'atsflow',
  connections: { secret: 'connections' },
  externalSecret: { enabled: true, storeName: 'vault', remoteKey: 'atsflow' },
  ingress: {
    settings: { SPOOL_MAX_MIB: 2048 },
    spool: { storageClass: 'fast' },
    expose: { enabled: true, className: 'nginx', host: 'hooks.example.com', tlsSecret: 'hooks-tls' },
  },
  console: { replicas: 2, users: { secret: 'console-users' } },
  autoscaling: { enabled: true, minReplicas: 2 },
  strimzi: { enabled: true },
  monitoring: {
    serviceMonitor: { enabled: true, labels: { release: 'prometheus' } },
    prometheusRule: { enabled: true },
    dashboards: { enabled: true },
    runbooks: 'https://example.com/',
  },
  networkPolicy: {
    webhooksFrom: [{ namespaceSelector: { matchLabels: { name: 'proxy' } } }],
    metricsFrom: [{ namespaceSelector: { matchLabels: { name: 'monitoring' } } }],
  },
  topologySpread: { whenUnsatisfiable: 'DoNotSchedule' },
  tolerations: [{ key: 'spot', operator: 'Exists' }],
  nodeSelector: { pool: 'streams' },
  priorityClassName: 'high',
  podAnnotations: { note: 'yes' },
}
/** By name. */
export const MATRIX: Readonly<Record<string, object>> = {
  minimal: MINIMAL,
  everything: EVERYTHING,
  'a claim instead of a bucket': { ...MINIMAL, blobs: { existingClaim: 'files' } },
  'no console': { ...MINIMAL, console: { enabled: false } },
  'scaled without credentials': { ...MINIMAL, autoscaling: { enabled: true } },
}
