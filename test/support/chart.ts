/** The Helm chart rendered, as the parts of Kubernetes' resources that tests look at. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAllDocuments } from 'yaml'

type Some<T> = [T, ...T[]]

export interface Variable {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: {
    readonly secretKeyRef: { readonly name: string; readonly key: string; readonly optional?: boolean }
  }
}

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string }
  readonly periodSeconds: number
  readonly failureThreshold: number
}

export interface Container {
  readonly name: string
  image: string
  readonly env: Variable[]
  envFrom?: { readonly secretRef: { readonly name: string } }[]
  ports: { readonly name: string; readonly containerPort: number }[]
  startupProbe?: Probe
  livenessProbe?: Probe
  readinessProbe?: Probe
  lifecycle?: { readonly preStop: { readonly sleep: { readonly seconds: number } } }
  securityContext: {
    allowPrivilegeEscalation: boolean
    readOnlyRootFilesystem: boolean
    readonly capabilities: { drop: string[] }
  }
  volumeMounts: { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[]
}

export type Labels = Record<string, string>

export interface Pod {
  readonly metadata: { readonly labels: Labels }
  readonly spec: {
    automountServiceAccountToken: boolean
    terminationGracePeriodSeconds: number
    securityContext: { runAsNonRoot: boolean; seccompProfile?: { readonly type: string } }
    topologySpreadConstraints: Some<{
      readonly topologyKey: string
      readonly labelSelector: { matchLabels: Labels }
    }>
    readonly containers: Some<Container>
    readonly volumes: { readonly name: string }[]
  }
}

interface Named {
  readonly apiVersion: string
  readonly metadata: { readonly name: string; labels: Labels }
}
interface Selected {
  selector: { matchLabels: Labels }
}
export interface Workload extends Named {
  readonly kind: 'StatefulSet' | 'Deployment'
  readonly spec: Selected & {
    replicas?: number
    readonly serviceName?: string
    persistentVolumeClaimRetentionPolicy?: { whenDeleted: string; whenScaled: string }
    readonly template: Pod
    readonly volumeClaimTemplates?: { readonly metadata: { readonly name: string } }[]
  }
}
export interface Service extends Named {
  readonly kind: 'Service'
  readonly spec: {
    selector: Labels
    readonly ports: Some<{ readonly name: string; readonly port: number; targetPort: string }>
  }
}
export interface PodDisruptionBudget extends Named {
  readonly kind: 'PodDisruptionBudget'
  readonly spec: Selected & { maxUnavailable: number }
}
export interface NetworkPolicy extends Named {
  readonly kind: 'NetworkPolicy'
  readonly spec: { podSelector: { matchLabels: Labels }; policyTypes: string[] }
}
export interface ServiceMonitor extends Named {
  readonly kind: 'ServiceMonitor'
  readonly spec: Selected & { readonly jobLabel: string; readonly endpoints: Some<{ port: string }> }
}
export interface ScaledObject extends Named {
  readonly kind: 'ScaledObject'
  readonly spec: {
    readonly scaleTargetRef: { name: string }
    maxReplicaCount: number
    readonly triggers: Some<{ readonly metadata: { consumerGroup: string } }>
  }
}
type OtherKind =
  | 'Secret'
  | 'ServiceAccount'
  | 'ConfigMap'
  | 'Ingress'
  | 'PrometheusRule'
  | 'ExternalSecret'
  | 'TriggerAuthentication'
  | 'KafkaTopic'
  | 'KafkaUser'
type Other = {
  [Kind in OtherKind]: Named & { readonly kind: Kind; readonly spec: Readonly<Record<string, unknown>> }
}[OtherKind]

export type Manifest =
  | Workload
  | Service
  | PodDisruptionBudget
  | NetworkPolicy
  | ServiceMonitor
  | ScaledObject
  | Other

export const isWorkload = (manifest: Manifest): manifest is Workload =>
  manifest.kind === 'StatefulSet' || manifest.kind === 'Deployment'
export const ofKind = <K extends Manifest['kind']>(manifests: readonly Manifest[], kind: K) =>
  manifests.filter((manifest): manifest is Extract<Manifest, { kind: K }> => manifest.kind === kind)

const CHART = fileURLToPath(new URL('../../infra/helm', import.meta.url))
/** Where `go install` puts it. */
const built = join(homedir(), 'go', 'bin', 'helm')
const HELM = existsSync(built) ? built : 'helm'

export interface Rendering {
  readonly status: number | null
  readonly said: string
  readonly manifests: readonly Manifest[]
}

/** Values go as JSON, which older and newer YAML read alike. @param kubernetes a version, such as 1.37 */
export function renderChart(values: object, kubernetes: string): Rendering {
  const version = ['--kube-version', `${kubernetes}.0`]
  const { status, stdout, stderr, error } = spawnSync(
    HELM,
    ['template', 'atsflow', CHART, ...version, '--values', '-'],
    { input: JSON.stringify(values), encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  )
  if (error !== undefined) throw error
  const manifests = status === 0 ? parseAllDocuments(stdout).flatMap(one => one.toJS() ?? []) : []
  return { status, said: stderr, manifests }
}

/** Of operators that a cluster may have: their schemas are not Kubernetes' own. */
const OPERATORS = /^(monitoring[.]coreos[.]com|external-secrets[.]io|keda[.]sh|kafka[.]strimzi[.]io)\//

export const isOfAnOperator = ({ apiVersion }: Manifest): boolean => OPERATORS.test(apiVersion)

/** What Kubernetes' own schemas find wrong, strictly. @param file is overwritten */
export function faultsByKubernetes(manifests: readonly Manifest[], kubernetes: string, file: string): string {
  const own = manifests.filter(manifest => !isOfAnOperator(manifest))
  writeFileSync(file, own.map(manifest => JSON.stringify(manifest)).join('\n---\n'))
  const { status, stdout, stderr, error } = spawnSync(
    'python3',
    ['-m', 'kubernetes_validate', '--strict', '--quiet', '-k', `${kubernetes}.0`, file],
    { encoding: 'utf8' },
  )
  if (error !== undefined) throw error
  return status === 0 ? '' : `${stdout}${stderr}`
}

export const lintChart = (values: object, file: string, kubernetes: string): string => {
  writeFileSync(file, JSON.stringify(values))
  return execFileSync(
    HELM,
    ['lint', CHART, '--strict', '--kube-version', `${kubernetes}.0`, '--values', file],
    {
      encoding: 'utf8',
    },
  )
}
