/** The Helm chart: what a matrix of values renders is what four versions of Kubernetes take, and keeps our own rules. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { needsOfAll } from '../../infra/process-secrets.ts'
import { discoverSources } from '../../services/platform/connections/discover-sources.ts'
import { readTopicsFile } from '../../services/platform/topics/file.ts'
import { readAclsFile } from '../../services/platform/topics/rights.ts'
import {
  type Container,
  faultsByKubernetes,
  isWorkload,
  lintChart,
  type Manifest,
  ofKind,
  renderChart,
  type Workload,
} from '../support/chart.ts'
import { chartFaults, type Project } from '../support/chart-faults.ts'
import { EVERYTHING, MATRIX, MINIMAL } from '../support/chart-values.ts'
import { declaredVariables } from '../support/tidy-variables.ts'

const KUBERNETES = ['1.34', '1.35', '1.36', '1.37'] as const
const NEWEST = '1.37'
const PARTITIONS = 6

const cells = Object.keys(MATRIX).flatMap(name => KUBERNETES.map(version => [name, version] as const))

const folder = mkdtempSync(join(tmpdir(), 'chart-'))
afterAll(() => rmSync(folder, { recursive: true }))
let project: Project
beforeAll(async () => {
  const variables = new Set((await declaredVariables()).keys())
  project = { partitions: PARTITIONS, variables, needs: await needsOfAll() }
})

describe.each(cells)('with %s, on Kubernetes %s', (name, version) => {
  const { status, said, manifests } = renderChart(MATRIX[name] ?? {}, version)

  it('renders what Kubernetes takes strictly', () => {
    expect([status, said]).toEqual([0, ''])
    expect(manifests.length).toBeGreaterThan(10)
    expect(faultsByKubernetes(manifests, version, join(folder, 'all.yaml'))).toBe('')
  })

  it('keeps the rules of this project', () => {
    expect(chartFaults(manifests, project)).toEqual([])
  })
})

it('passes the linter', () => {
  expect(lintChart(EVERYTHING, join(folder, 'values.yaml'), NEWEST)).toContain('0 chart(s) failed')
})

it('is found wrong by Kubernetes when a field has another name', () => {
  const manifests = structuredClone(renderChart(MINIMAL, NEWEST).manifests)
  const [workload] = manifests.filter(isWorkload)
  Object.assign(workload?.spec.template.spec ?? {}, { terminationGracePeriod: 30 })
  expect(faultsByKubernetes(manifests, NEWEST, join(folder, 'broken.yaml'))).toContain(
    'terminationGracePeriod',
  )
})

describe('a value that cannot be', () => {
  it.each<[string, object, RegExp]>([
    [
      'more instances than partitions',
      { normalizer: { replicas: 7 } },
      /normalizer.replicas is above partitions/,
    ],
    [
      'a minimum above partitions',
      { autoscaling: { enabled: true, minReplicas: 9 } },
      /autoscaling.minReplicas is above/,
    ],
    ['no place for files', { blobs: { s3Bucket: '' } }, /set blobs.s3Bucket/],
    [
      'a console that nobody can sign in at',
      { console: { token: { secret: '' } } },
      /set console.token.secret/,
    ],
    ['brokers without a port', { kafka: { brokers: 'kafka' } }, /brokers/],
    ['a mistyped name', { normaliser: { replicas: 1 } }, /normaliser/],
    ['a secret as a value', { settings: { PULSIFI_CLIENT_SECRET: 'x' } }, /PULSIFI_CLIENT_SECRET|settings/],
    ['the newest image, whichever that is', { image: { tag: 'latest' } }, /tag/],
    ['a store without the name of its secret', { externalSecret: { enabled: true } }, /name it there/],
  ])('%s is refused, and named', (_, values, named) => {
    const merged = Object.entries(values).map(([key, value]) => [
      key,
      { ...Reflect.get(MINIMAL, key), ...value },
    ])
    const { status, said } = renderChart({ ...MINIMAL, ...Object.fromEntries(merged) }, NEWEST)
    expect(status).toBe(1)
    expect(said).toMatch(named)
  })
})

describe('Strimzi', () => {
  const { manifests } = renderChart(EVERYTHING, NEWEST)

  it('gets every topic as infra/topics.yaml has it, held as it asks', async () => {
    const topics = ofKind(manifests, 'KafkaTopic')
    const wanted = readTopicsFile([...(await discoverSources()).keys()])
    expect(topics.map(({ metadata }) => metadata.name).sort()).toEqual(wanted.map(({ name }) => name).sort())
    for (const { metadata, spec } of topics) {
      const config = wanted.find(({ name }) => name === metadata.name)?.config
      expect(spec).toMatchObject({
        partitions: PARTITIONS,
        replicas: 3,
        config: { ...config, 'min.insync.replicas': '2' },
      })
    }
  })

  it('gets a user for each that infra/acls.yaml names, and every right', () => {
    const users = ofKind(manifests, 'KafkaUser')
    const rights = readAclsFile()
    expect(users.map(({ metadata }) => metadata.name).sort()).toEqual(
      [...new Set(rights.map(({ user }) => user))].sort(),
    )
    const given = users.flatMap(({ spec }) => (spec.authorization as { acls: unknown[] }).acls)
    expect(given).toHaveLength(rights.length)
  })
})

describe('a rule is seen to be broken when', () => {
  const everything = [...renderChart(EVERYTHING, NEWEST).manifests]
  const workload = (all: readonly Manifest[], name: string): Workload => {
    const found = all.filter(isWorkload).find(({ metadata }) => metadata.name.endsWith(name))
    if (found === undefined) throw new Error(`no ${name}`)
    return found
  }
  const ingress = (all: readonly Manifest[]): Workload => workload(all, 'ingress')
  const container = (all: readonly Manifest[]): Container => ingress(all).spec.template.spec.containers[0]
  const pod = (all: readonly Manifest[]) => ingress(all).spec.template.spec
  const first = <K extends Manifest['kind']>(all: readonly Manifest[], kind: K) => {
    const [found] = ofKind(all, kind)
    if (found === undefined) throw new Error(`no ${kind}`)
    return found
  }

  it.each<[string, (all: Manifest[]) => unknown, string]>([
    [
      'it runs as root',
      all => (pod(all).securityContext.runAsNonRoot = false),
      'runs as nobody in particular',
    ],
    [
      'it may gain rights',
      all => (container(all).securityContext.allowPrivilegeEscalation = true),
      'runs as nobody in particular',
    ],
    [
      'it keeps capabilities',
      all => (container(all).securityContext.capabilities.drop = []),
      'runs as nobody in particular',
    ],
    [
      'its root can be written',
      all => (container(all).securityContext.readOnlyRootFilesystem = false),
      'writes to volumes alone',
    ],
    [
      'it has no /tmp',
      all => (container(all).volumeMounts = container(all).volumeMounts.filter(it => it.name !== 'tmp')),
      'writes to volumes alone',
    ],
    [
      'it mounts nothing',
      all => container(all).volumeMounts.push({ name: 'other', mountPath: '/other' }),
      'mounts what there is',
    ],
    [
      'it has a token',
      all => (pod(all).automountServiceAccountToken = true),
      'has no access to the API server',
    ],
    [
      'it is killed early',
      all => (pod(all).terminationGracePeriodSeconds = 15),
      'has longer to end than its own deadline',
    ],
    [
      'it has no time to start',
      all => delete container(all).startupProbe,
      'is probed where it answers, and has time to start',
    ],
    [
      'it is asked elsewhere',
      all => (container(all).ports = container(all).ports.filter(it => it.name !== 'health')),
      'is probed where it answers, and has time to start',
    ],
    ['zones do not count', all => pod(all).topologySpreadConstraints.pop(), 'is spread over nodes and zones'],
    [
      'others are spread',
      all => (pod(all).topologySpreadConstraints[0].labelSelector.matchLabels = { a: 'b' }),
      'is spread over nodes and zones',
    ],
    [
      'it selects all',
      all => delete ingress(all).spec.selector.matchLabels['app.kubernetes.io/component'],
      'selects its own pods',
    ],
    [
      'all may go at once',
      all => (first(all, 'PodDisruptionBudget').spec.maxUnavailable = 2),
      'loses one instance at a time',
    ],
    [
      'it may call anybody',
      all => (first(all, 'NetworkPolicy').spec.policyTypes = ['Ingress']),
      'is fenced by a network policy',
    ],
    [
      'it shows a secret',
      all => container(all).env.push({ name: 'PULSIFI_CLIENT_SECRET', value: 'x' }),
      'shows no secret',
    ],
    [
      'it is given a secret of others',
      all =>
        container(all).env.push({
          name: 'PULSIFI_CLIENT_SECRET',
          valueFrom: { secretKeyRef: { name: 'atsflow', key: 'PULSIFI_CLIENT_SECRET' } },
        }),
      'is given PULSIFI_CLIENT_SECRET, a secret of others',
    ],
    [
      'it is given all that is shared',
      all => (container(all).envFrom = [{ secretRef: { name: 'atsflow' } }]),
      'is given all of atsflow, a secret of others',
    ],
    [
      'it lacks a secret',
      all =>
        container(all).env.splice(
          container(all).env.findIndex(({ name }) => name === 'SPOOL_KEY'),
          1,
        ),
      'is not given SPOOL_KEY',
    ],
    [
      'it says a variable twice',
      all => container(all).env.push({ name: 'PARTITIONS', value: '3' }),
      'says each variable once',
    ],
    [
      'a variable is mistyped',
      all => container(all).env.push({ name: 'PARTITION', value: '3' }),
      'reads PARTITION',
    ],
    ['it is the newest', all => (container(all).image = 'atsflow:latest'), 'runs a version that has a name'],
    [
      'the spool goes',
      all =>
        (ingress(all).spec.persistentVolumeClaimRetentionPolicy = {
          whenDeleted: 'Delete',
          whenScaled: 'Delete',
        }),
      'keeps the spool, and no cache, when it goes',
    ],
    [
      'instances have no names',
      all =>
        all.splice(
          all.findIndex(({ kind }) => kind === 'Service'),
          1,
        ),
      'has the service that names its instances',
    ],
    [
      'there are too many',
      all => (workload(all, 'normalizer').spec.replicas = 7),
      'has as many instances as can own something',
    ],
    [
      'two decide how many there are',
      all => (workload(all, 'pulsifi-sink').spec.replicas = 2),
      'has as many instances as can own something',
    ],
    [
      'it is scaled too far',
      all => (first(all, 'ScaledObject').spec.maxReplicaCount = 7),
      'has as many instances as can own something',
    ],
    [
      "it is scaled by another's lag",
      all => (first(all, 'ScaledObject').spec.triggers[0].metadata.consumerGroup = 'console'),
      'is scaled by its own lag',
    ],
    [
      'a secret is made',
      all => all.push({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', labels: {} }, spec: {} }),
      'secrets are named, not made',
    ],
    [
      'a service leads nowhere',
      all => (first(all, 'Service').spec.ports[0].targetPort = 'web'),
      'leads to a port of one process',
    ],
    [
      'a process is not scraped',
      all => (first(all, 'ServiceMonitor').spec.endpoints[0].port = 'page'),
      'each process is scraped once, as job atsflow',
    ],
  ])('%s', (_, breakIt, rule) => {
    const all = structuredClone(everything)
    breakIt(all)
    expect(chartFaults(all, project).filter(fault => fault.includes(rule)).length).toBeGreaterThan(0)
  })
})
