/** What the values of the chart may be; values.schema.json is made of it, and Helm refuses what it does not describe. */
import { z } from 'zod'
import { SECRET_NAME } from '../process-secrets.ts'

const text = z.string()
const named = z.string().min(1)
/** Of a Kubernetes resource. */
const name = z.string().regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/)
const optionalName = z.union([z.literal(''), name])
const amount = z.string().regex(/^\d+(Mi|Gi|Ti)$/)
const instances = z.int().min(1)
const labels = z.record(z.string(), z.string())
/** As Kubernetes takes them: their own schema checks them. */
const whatever = z.record(z.string(), z.unknown())
/** Variables, not secrets: what a pod's description shows, many can read. */
const settings = z
  .record(
    // Helm knows no pattern that looks ahead.
    z
      .string()
      .regex(/^[A-Z][A-Z0-9_]*$/)
      .meta({ not: { pattern: SECRET_NAME } }),
    z.union([z.string(), z.number(), z.boolean()]),
  )
  .describe('variables of .env.example; secrets belong into a Secret')
const secrets = z.array(name).describe('Secrets whose every key is a variable of this process alone')
const process = { replicas: instances, settings, secrets, resources: whatever }
const disk = z.strictObject({ size: amount, storageClass: text })
const monitor = z.strictObject({ enabled: z.boolean(), labels })
const url = z.url({ protocol: /^https?$/ })

export const Values = z.strictObject({
  image: z.strictObject({
    repository: named,
    tag: z
      .string()
      .regex(/^[\w.-]*$/)
      .meta({ not: { const: 'latest' } }),
    digest: z.union([z.literal(''), z.string().regex(/^sha256:[0-9a-f]{64}$/)]),
    pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']),
    pullSecrets: z.array(name),
  }),
  partitions: z.int().min(1).max(1_000),
  kafka: z.strictObject({
    brokers: z
      .string()
      .regex(/^[^,\s]+:\d+(,[^,\s]+:\d+)*$/)
      .describe('host:port, comma separated'),
    schemaRegistryUrl: url,
    saslMechanism: z.enum(['', 'plain', 'scram-sha-256', 'scram-sha-512']),
    userSecrets: z.strictObject({ ingress: name, normalizer: name, 'pulsifi-sink': name, console: name }),
    tls: z.strictObject({ enabled: z.boolean(), caSecret: optionalName, caKey: named }),
  }),
  blobs: z.strictObject({
    s3Bucket: text,
    s3Region: named,
    s3Endpoint: z.union([z.literal(''), url]),
    existingClaim: optionalName,
  }),
  settings,
  secret: optionalName.describe('the Secret of which each process is given what it reads'),
  connections: z.strictObject({ secret: optionalName, key: named }),
  externalSecret: z.strictObject({
    enabled: z.boolean(),
    storeKind: z.enum(['SecretStore', 'ClusterSecretStore']),
    storeName: optionalName,
    remoteKey: text,
    refreshInterval: z.string().regex(/^\d+[smh]$/),
  }),
  ingress: z.strictObject({
    ...process,
    spool: disk,
    expose: z.strictObject({
      enabled: z.boolean(),
      className: optionalName,
      host: text,
      tlsSecret: optionalName,
    }),
  }),
  normalizer: z.strictObject({ ...process, state: disk }),
  'pulsifi-sink': z.strictObject({ ...process, state: disk }),
  console: z.strictObject({
    ...process,
    enabled: z.boolean(),
    cacheSize: amount,
    token: z.strictObject({ secret: optionalName, key: named }),
    users: z.strictObject({ secret: optionalName, key: named }),
  }),
  autoscaling: z.strictObject({ enabled: z.boolean(), minReplicas: instances, lagThreshold: z.int().min(1) }),
  strimzi: z.strictObject({ enabled: z.boolean(), cluster: name, replicas: instances }),
  monitoring: z.strictObject({
    serviceMonitor: monitor,
    prometheusRule: monitor,
    dashboards: monitor,
    runbooks: named,
  }),
  networkPolicy: z.strictObject({
    enabled: z.boolean(),
    webhooksFrom: z.array(whatever),
    consoleFrom: z.array(whatever),
    metricsFrom: z.array(whatever),
    egressPorts: z.array(z.int().min(1).max(65_535)).min(1),
  }),
  topologySpread: z.strictObject({ whenUnsatisfiable: z.enum(['ScheduleAnyway', 'DoNotSchedule']) }),
  podAnnotations: labels,
  nodeSelector: labels,
  tolerations: z.array(whatever),
  priorityClassName: text,
})
