/** A whole stack on this machine: infrastructure, topics, Pulsifi's sandbox when there is no account, all processes. */
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ConfigError, type Environment, list } from '../services/platform/process/config.ts'
import { refuseSandboxElsewhere } from '../services/platform/pulsifi/settings.ts'
import { type Infrastructure, startInfrastructure } from './local/infrastructure.ts'
import { freePort } from './local/ports.ts'
import { applyTopicsFile, sourceNames, topicsSummary } from './local/topics.ts'
import { localSecrets, type Secrets, sourceSecretVariables } from './local-secrets.ts'
import { environmentOf } from './process-secrets.ts'
import { portSettings, SANDBOX, type StackProcess, stackProcesses } from './stack-processes.ts'
import { createSupervisor, type PortSpec, type RunningProcess, type Supervisor } from './supervisor.ts'

export interface StackOptions {
  /** Everything the processes are configured with; what is unset gets a value fit for this machine. */
  readonly env: Environment
  /** Data, logs, secrets; instead of LOCAL_DATA_DIR. */
  readonly dataDir?: string
  /** Ports by the variable that sets them, such as `INGRESS_PORT` or `LOCAL_KAFKA_PORT`; 0 takes a free one. */
  readonly ports?: Readonly<Record<string, number>>
  /** One line for a person at every step and at every restart of a process. */
  readonly onEvent?: (line: string) => void
  /** Ends the start wherever it stands: what was started is stopped, in order. */
  readonly signal?: AbortSignal
}

export interface Stack {
  /** Base addresses by process name. */
  readonly urls: Readonly<Record<string, string>> & { readonly ingress: string }
  /** Where each answers `/readyz` and `/metrics`, by process name. */
  readonly healthUrls: Readonly<Record<string, string>>
  /** What was generated, by variable; what the caller has set is not repeated. */
  readonly secrets: Secrets
  /** What the processes are configured with, addresses of broker and registry included; each gets no secrets but its own. */
  readonly env: Environment
  readonly usesSandbox: boolean
  readonly infrastructure: Infrastructure
  /** Milliseconds to ready, by part and by process. */
  readonly timings: Readonly<Record<string, number>>
  /** As they are now: an id changes when a process is started again. */
  readonly processes: readonly RunningProcess[]
  readonly stop: () => Promise<void>
}

/**
 * Resolves when every process is ready; when one fails, all are stopped again.
 * @throws ConfigError for what a person must mend; with ports that are taken, before anything is started.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { onEvent = () => {}, signal } = options
  const dataDir = resolve(options.dataDir ?? (options.env.LOCAL_DATA_DIR || '.local'))
  const { KAFKA_BROKERS, PULSIFI_BASE_URL } = options.env
  if (KAFKA_BROKERS) refuseSandboxElsewhere(list().parse(KAFKA_BROKERS), [{ isSandbox: !PULSIFI_BASE_URL }])
  const base = { ...options.env, ...(await chosenPorts(options)), LOCAL_DATA_DIR: dataDir }
  const processes = [...(PULSIFI_BASE_URL ? [] : [SANDBOX]), ...stackProcesses()]
  const supervisor = createSupervisor({ dataDir, onEvent })
  const infrastructure = await startInfrastructure(base, onEvent, {
    ...(signal && { signal }),
    otherPortFaults: () => supervisor.portFaults(processes.map(entry => placeOf(entry, base))),
  })
  const interrupt = () => void supervisor.stop()
  signal?.addEventListener('abort', interrupt)
  const stop = async () => {
    signal?.removeEventListener('abort', interrupt)
    await supervisor.stop()
    await infrastructure.stop()
  }
  try {
    const { env, secrets, usesSandbox } = stackEnvironment(base, infrastructure, dataDir)
    const timings: Record<string, number> = { ...infrastructure.timings }
    await timed(timings, 'topics', async () => onEvent(topicsSummary(await applyTopicsFile(env))))
    for (const group of usesSandbox ? [[SANDBOX], stackProcesses()] : [stackProcesses()]) {
      signal?.throwIfAborted()
      await startAll(group, { env, supervisor, timings, onEvent })
    }
    const urls = Object.fromEntries(processes.map(entry => [entry.name, urlOf(entry, env)]))
    return {
      urls: { ...urls, ingress: ingressUrl(env) },
      healthUrls: Object.fromEntries(processes.map(entry => [entry.name, healthUrlOf(entry, env)])),
      secrets,
      env,
      usesSandbox,
      infrastructure,
      timings,
      get processes() {
        return supervisor.processes()
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

interface Starting {
  readonly env: Environment
  readonly supervisor: Supervisor
  readonly timings: Record<string, number>
  readonly onEvent: (line: string) => void
}

async function startAll(group: readonly StackProcess[], starting: Starting): Promise<void> {
  const { env, supervisor, timings, onEvent } = starting
  const started = await Promise.allSettled(
    group.map(entry =>
      timed(timings, entry.name, async () => {
        const own = await environmentOf(entry, env)
        await supervisor.start({ ...placeOf(entry, env), healthUrl: healthUrlOf(entry, env), env: own })
        onEvent(`${entry.name} is ready`)
      }),
    ),
  )
  const failed = started.find(result => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

/** @param env with every port chosen */
const placeOf = (entry: StackProcess, env: Environment): PortSpec => ({
  name: entry.name,
  main: fileURLToPath(entry.main),
  ports: portSettings(entry).map(({ variable }) => ({ variable, port: Number(env[variable]) })),
})

async function timed(timings: Record<string, number>, name: string, run: () => Promise<void>): Promise<void> {
  const startedMs = performance.now()
  await run()
  timings[name] = Math.round(performance.now() - startedMs)
}

/** Every port as a number that is fixed before anything starts, because others must be told. */
async function chosenPorts({ env, ports = {} }: StackOptions): Promise<Record<string, string>> {
  const chosen: Record<string, string> = {}
  const infrastructure = [
    { variable: 'LOCAL_KAFKA_PORT', fallback: 9092 },
    { variable: 'LOCAL_REGISTRY_PORT', fallback: 8081 },
  ]
  const all = [...[SANDBOX, ...stackProcesses()].flatMap(portSettings), ...infrastructure]
  for (const { variable, fallback } of all) {
    const port = ports[variable] ?? Number(env[variable] || fallback)
    chosen[variable] = String(port === 0 ? await freePort() : port)
  }
  refuseSharedPorts(chosen)
  return chosen
}

/** @throws ConfigError where two variables name one port. */
function refuseSharedPorts(chosen: Readonly<Record<string, string>>): void {
  const byPort = Map.groupBy(Object.keys(chosen), variable => chosen[variable])
  const faults = [...byPort].flatMap(([port, variables]) =>
    variables.length === 1 ? [] : [`port ${port} is asked for by ${variables.join(' and ')}: change one`],
  )
  if (faults.length > 0) throw new ConfigError(faults.join('\n'))
}

function stackEnvironment(base: Environment, infrastructure: Infrastructure, dataDir: string) {
  const usesSandbox = !base.PULSIFI_BASE_URL
  const sourceVariables = base.CONNECTIONS_FILE ? [] : sourceSecretVariables(sourceNames())
  const variables = usesSandbox ? [...sourceVariables, 'PULSIFI_CLIENT_SECRET'] : sourceVariables
  const secrets = localSecrets(join(dataDir, 'secrets.json'), variables, base)
  const env: Environment = {
    STATE_DIR: join(dataDir, 'state'),
    BLOB_DIR: join(dataDir, 'blobs'),
    SPOOL_DIR: join(dataDir, 'spool'),
    ...withoutEmpty(base),
    ...secrets,
    KAFKA_BROKERS: infrastructure.kafka,
    SCHEMA_REGISTRY_URL: infrastructure.registryUrl,
  }
  return { env: usesSandbox ? withSandbox(env, dataDir) : env, secrets, usesSandbox }
}

/** The sink invites everyone in the sandbox, since nobody there receives anything; sandbox.env says the same. */
export const WHOM_THE_SANDBOX_INVITES: Environment = {
  INVITE_SINCE: '1970-01-01',
  INVITE_APPLIED_WITHIN_DAYS: '36500',
}

function withSandbox(env: Environment, dataDir: string): Environment {
  const clientId = env.PULSIFI_CLIENT_ID ?? 'sandbox'
  return {
    ...WHOM_THE_SANDBOX_INVITES,
    PUBLIC_URL: ingressUrl(env),
    SANDBOX_DATA_DIR: join(dataDir, 'sandbox'),
    ...env,
    PULSIFI_BASE_URL: urlOf(SANDBOX, env),
    PULSIFI_CLIENT_ID: clientId,
    SANDBOX_CLIENT_ID: clientId,
    SANDBOX_CLIENT_SECRET: env.PULSIFI_CLIENT_SECRET,
  }
}

const withoutEmpty = (env: Environment): Environment =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
const urlOf = ({ port }: StackProcess, env: Environment): string => `http://127.0.0.1:${env[port.variable]}`
const healthUrlOf = ({ healthPort }: StackProcess, env: Environment): string =>
  `http://127.0.0.1:${env[healthPort.variable]}`
const ingressUrl = (env: Environment): string => `http://127.0.0.1:${env.INGRESS_PORT}`
