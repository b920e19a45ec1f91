/** What must hold of every rendering of the chart, each under a name. */
import { type Needs, SECRET_NAME } from '../../infra/process-secrets.ts'
import { SHUTDOWN_DEADLINE_MS } from '../../services/platform/process/run.ts'
import {
  type Container,
  isWorkload,
  type Labels,
  type Manifest,
  ofKind,
  type Variable,
  type Workload,
} from './chart.ts'

const isWithin = (selector: Labels, labels: Labels): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value) && Object.keys(selector).length > 0

/** Names of secrets among variables. */
const SECRET = new RegExp(SECRET_NAME)
/** The Secret of which each process gets its own. */
const SHARED = 'atsflow'
/** What a process writes to. */
const WRITTEN = ['/data', '/tmp']
/** A process listens within seconds; this much is for a node that is busy. */
const START_SECONDS_MIN = 60

type Check = (workload: Workload, container: Container, all: readonly Manifest[]) => boolean

const podOf = ({ spec }: Workload) => spec.template.spec
const labelsOf = ({ spec }: Workload) => spec.template.metadata.labels

/** By name; false is a fault. */
const OF_WORKLOADS: Readonly<Record<string, Check>> = {
  'runs as nobody in particular': (workload, { securityContext }) =>
    podOf(workload).securityContext.runAsNonRoot &&
    podOf(workload).securityContext.seccompProfile?.type === 'RuntimeDefault' &&
    !securityContext.allowPrivilegeEscalation &&
    securityContext.capabilities.drop.includes('ALL'),
  'writes to volumes alone': (_, { securityContext, volumeMounts }) =>
    securityContext.readOnlyRootFilesystem &&
    WRITTEN.every(path =>
      volumeMounts.some(({ mountPath, readOnly }) => mountPath === path && readOnly !== true),
    ),
  'mounts what there is': ({ spec }, { volumeMounts }) => {
    const there = [...spec.template.spec.volumes, ...(spec.volumeClaimTemplates ?? []).map(it => it.metadata)]
    return volumeMounts.every(({ name }) => there.some(volume => volume.name === name))
  },
  'has no access to the API server': workload => !podOf(workload).automountServiceAccountToken,
  'has longer to end than its own deadline': (workload, { lifecycle }) => {
    const waits = lifecycle?.preStop.sleep.seconds ?? 0
    return podOf(workload).terminationGracePeriodSeconds >= SHUTDOWN_DEADLINE_MS / 1000 + waits + 5
  },
  'is probed where it answers, and has time to start': (_, container) => {
    const { startupProbe, livenessProbe, readinessProbe, ports } = container
    const probes = [startupProbe, livenessProbe, readinessProbe]
    const isAsked = probes.every(probe => ports.some(({ name }) => name === probe?.httpGet.port))
    const paths = probes.map(probe => probe?.httpGet.path).join()
    const startSeconds = (startupProbe?.periodSeconds ?? 0) * (startupProbe?.failureThreshold ?? 0)
    return isAsked && paths === '/livez,/livez,/readyz' && startSeconds >= START_SECONDS_MIN
  },
  'is spread over nodes and zones': workload => {
    const spread = podOf(workload).topologySpreadConstraints
    const keys = spread.map(({ topologyKey }) => topologyKey)
    return (
      keys.includes('kubernetes.io/hostname') &&
      keys.includes('topology.kubernetes.io/zone') &&
      spread.every(({ labelSelector }) => isWithin(labelSelector.matchLabels, labelsOf(workload)))
    )
  },
  'selects its own pods': (workload, _, all) =>
    all.filter(isWorkload).every(other => {
      const isSame = other === workload
      return isWithin(workload.spec.selector.matchLabels, labelsOf(other)) === isSame
    }),
  'loses one instance at a time': (workload, _, all) =>
    ofKind(all, 'PodDisruptionBudget').some(
      ({ spec }) => spec.maxUnavailable === 1 && isWithin(spec.selector.matchLabels, labelsOf(workload)),
    ),
  'is fenced by a network policy': (workload, _, all) =>
    ofKind(all, 'NetworkPolicy').some(
      ({ spec }) =>
        spec.policyTypes.includes('Ingress') &&
        spec.policyTypes.includes('Egress') &&
        isWithin(spec.podSelector.matchLabels, labelsOf(workload)),
    ),
  'shows no secret': (_, { env }) =>
    env.every(({ name, value }) => value === undefined || !SECRET.test(name)),
  'says each variable once': (_, { env }) => new Set(env.map(({ name }) => name)).size === env.length,
  'runs a version that has a name': (_, { image }) =>
    /(:[\w.-]+|@sha256:[0-9a-f]{64})$/.test(image) && !image.endsWith(':latest'),
  'keeps the spool, and no cache, when it goes': workload => {
    const kept = workload.spec.persistentVolumeClaimRetentionPolicy
    if (workload.kind === 'Deployment') return true
    const isSpool = (workload.spec.volumeClaimTemplates ?? []).some(
      ({ metadata }) => metadata.name === 'spool',
    )
    const wanted = isSpool ? 'Retain' : 'Delete'
    return kept?.whenDeleted === wanted && kept.whenScaled === wanted
  },
  'has the service that names its instances': ({ spec, kind }, _, all) =>
    kind === 'Deployment' ||
    ofKind(all, 'Service').some(({ metadata }) => metadata.name === spec.serviceName),
}

/** Of the project, as the chart is held against it. */
export interface Project {
  /** Of every topic. */
  readonly partitions: number
  /** That processes read. */
  readonly variables: ReadonlySet<string>
  readonly needs: ReadonlyMap<string, Needs>
}

/** `workload: what does not hold`. */
export function chartFaults(all: readonly Manifest[], { partitions, variables, needs }: Project): string[] {
  const workloads = all.filter(isWorkload)
  const own = workloads.flatMap(workload => {
    const [container] = podOf(workload).containers
    const name = container.name
    const failed = Object.entries(OF_WORKLOADS).filter(([, holds]) => !holds(workload, container, all))
    const unknown = container.env.filter(variable => !variables.has(variable.name))
    return [
      ...failed.map(([rule]) => `${name}: ${rule}`),
      ...unknown.map(variable => `${name}: reads ${variable.name}`),
      ...strangers(container, needs.get(name)).map(it => `${name}: is given ${it}, a secret of others`),
      ...missing(container, needs.get(name)).map(it => `${name}: is not given ${it}`),
      ...tooMany(workload, all, partitions),
    ]
  })
  return [...own, ...secretFaults(all), ...serviceFaults(all, workloads), ...monitorFaults(all)]
}

const isFromSecret = ({ valueFrom }: Variable): boolean => valueFrom !== undefined
const OF_SOURCE = /^SOURCE_\w+_SECRET$/

/** Secrets that it has no use for; all of a Secret that names no variables is one. */
function strangers({ env, envFrom = [] }: Container, needs: Needs | undefined): readonly string[] {
  const own = (name: string) =>
    needs?.secrets.has(name) || (OF_SOURCE.test(name) && needs?.provesWebhooks === true)
  return [
    ...env.filter(variable => isFromSecret(variable) && !own(variable.name)).map(({ name }) => name),
    ...envFrom.flatMap(({ secretRef }) => (secretRef.name === SHARED ? [`all of ${SHARED}`] : [])),
  ]
}

/** Where the Secret that all share is named, what it reads must come from it or from elsewhere. */
function missing({ env }: Container, needs: Needs | undefined): readonly string[] {
  const given = new Set(env.map(({ name }) => name))
  const isShared = env.some(({ valueFrom }) => valueFrom?.secretKeyRef.name === SHARED)
  return isShared ? [...(needs?.secrets ?? [])].filter(name => !given.has(name)) : []
}

/** Whoever comes after the last partition owns nothing; and one decides how many there are. */
function tooMany(workload: Workload, all: readonly Manifest[], partitions: number): string[] {
  const owns = /normalizer|pulsifi-sink/.test(workload.metadata.name)
  const scaled = ofKind(all, 'ScaledObject').filter(
    ({ spec }) => spec.scaleTargetRef.name === workload.metadata.name,
  )
  const { replicas } = workload.spec
  const isRight =
    scaled.length === 0
      ? replicas !== undefined && (!owns || replicas <= partitions)
      : replicas === undefined && scaled.every(({ spec }) => spec.maxReplicaCount <= partitions)
  const groups = scaled.flatMap(({ spec }) => spec.triggers.map(({ metadata }) => metadata.consumerGroup))
  const isItsGroup = groups.every(group => workload.metadata.name.endsWith(group))
  return [
    ...(isRight ? [] : [`${workload.metadata.name}: has as many instances as can own something`]),
    ...(isItsGroup ? [] : [`${workload.metadata.name}: is scaled by its own lag`]),
  ]
}

const secretFaults = (all: readonly Manifest[]): string[] =>
  ofKind(all, 'Secret').map(({ metadata }) => `${metadata.name}: secrets are named, not made`)

function serviceFaults(all: readonly Manifest[], workloads: readonly Workload[]): string[] {
  return ofKind(all, 'Service').flatMap(({ metadata, spec }) => {
    const behind = workloads.filter(workload => isWithin(spec.selector, labelsOf(workload)))
    const ports = behind.flatMap(workload => podOf(workload).containers[0].ports.map(({ name }) => name))
    const leads = behind.length === 1 && spec.ports.every(({ targetPort }) => ports.includes(targetPort))
    return leads ? [] : [`${metadata.name}: leads to a port of one process`]
  })
}

/** Prometheus scrapes each process once, under the job that alerts speak of. */
function monitorFaults(all: readonly Manifest[]): string[] {
  return ofKind(all, 'ServiceMonitor').flatMap(({ metadata, spec }) => {
    const seen = ofKind(all, 'Service').filter(service =>
      isWithin(spec.selector.matchLabels, service.metadata.labels),
    )
    const processes = seen.flatMap(service =>
      service.spec.ports.flatMap(({ name }) =>
        spec.endpoints.some(({ port }) => port === name)
          ? service.spec.selector['app.kubernetes.io/component']
          : [],
      ),
    )
    const wanted = all.filter(isWorkload).map(workload => labelsOf(workload)['app.kubernetes.io/component'])
    const isJob = seen.every(service => service.metadata.labels[spec.jobLabel] === 'atsflow')
    return isJob && [...processes].sort().join() === [...wanted].sort().join()
      ? []
      : [`${metadata.name}: each process is scraped once, as job atsflow`]
  })
}
