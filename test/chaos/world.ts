/** The real thing on this machine: brokers, registry, sandbox, and any number of instances of each process. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Child, startChild } from '../../infra/local/child.ts'
import { freePort } from '../../infra/local/ports.ts'
import { applyTopicsFile } from '../../infra/local/topics.ts'
import { NODE_FLAGS } from '../../infra/node-flags.ts'
import type { Ground } from './ground/ground.ts'
import { THIS_VERSION, type Version } from './ground/released.ts'
import { waitUntil } from './wait-until.ts'

export type ServiceName = 'ingress' | 'normalizer' | 'pulsifi-sink' | 'console' | 'sandbox'

export interface Instance {
  readonly service: ServiceName
  readonly slot: number
  readonly port: number
  /** Of ingress and console; the others have one port for everything. */
  readonly healthPort: number
  version: Version
  child: Child
  /** Ended by a fault, which starts it again itself. */
  isWanted: boolean
}

const PORT_VARIABLE: Readonly<Record<ServiceName, string>> = {
  ingress: 'INGRESS_PORT',
  normalizer: 'NORMALIZER_PORT',
  'pulsifi-sink': 'PULSIFI_SINK_PORT',
  console: 'CONSOLE_PORT',
  sandbox: 'SANDBOX_PORT',
}
/** Of those that have a port for health alone. */
const HEALTH_VARIABLE: Readonly<Partial<Record<ServiceName, string>>> = {
  ingress: 'HEALTH_PORT',
  console: 'CONSOLE_HEALTH_PORT',
}
const MAIN: Readonly<Record<ServiceName, string>> = {
  ingress: 'services/ingress/main.ts',
  normalizer: 'services/normalizer/main.ts',
  'pulsifi-sink': 'services/pulsifi-sink/main.ts',
  console: 'services/console/main.ts',
  sandbox: 'infra/pulsifi-sandbox/main.ts',
}
export const SECRET = 'chaos-secret-of-this-run'
const RESTART_MS = 500

/** The last release answers at the port of its webhooks, which now shows nothing of that. */
export async function isHealthy(
  { port, healthPort }: Instance,
  path: '/livez' | '/readyz',
  withinMs: number,
): Promise<boolean> {
  const asked = [...new Set([healthPort, port])].map(async each => {
    const response = await fetch(`http://127.0.0.1:${each}${path}`, { signal: AbortSignal.timeout(withinMs) })
    await response.arrayBuffer()
    if (!response.ok) throw new Error(`${path} is red`)
    return true
  })
  return Promise.any(asked).catch(() => false)
}

export class World {
  readonly directory: string
  readonly ground: Ground
  readonly instances: Instance[] = []
  readonly #env: Record<string, string>
  #nextSlot = 0
  #isOver = false

  private constructor(directory: string, ground: Ground, env: Record<string, string>) {
    this.directory = directory
    this.ground = ground
    this.#env = env
  }

  static async start(
    directory: string,
    ground: Ground,
    settings: Readonly<Record<string, string>>,
    sinkIsReady = (sink: Instance, world: World): Promise<void> => world.ready(sink),
  ): Promise<World> {
    mkdirSync(directory, { recursive: true })
    const env: Record<string, string> = {
      ...Object.fromEntries(
        Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
      ),
      SCHEMA_REGISTRY_URL: ground.registryUrl,
      LOCAL_DATA_DIR: directory,
      STATE_DIR: join(directory, 'state'),
      BLOB_DIR: join(directory, 'blobs'),
      SANDBOX_DATA_DIR: join(directory, 'sandbox'),
      SPOOL_KEY: 'chaos-spool-key-of-this-run-0123456789abcdef',
      LOG_LEVEL: 'warn',
      INVITE_SINCE: '1970-01-01',
      INVITE_APPLIED_WITHIN_DAYS: '36500',
      PULSIFI_CLIENT_ID: 'chaos',
      PULSIFI_CLIENT_SECRET: 'chaos',
      ...Object.fromEntries(
        ['HUMANSOURCING', 'JOBYLON', 'CLEVERCONNECT', 'PULSIFI'].map(name => [
          `SOURCE_${name}_SECRET`,
          SECRET,
        ]),
      ),
      CLEVERCONNECT_JOB_SOURCE: 'humansourcing',
      ...settings,
    }
    // Brokers of a cluster hear of a new topic one after the other, and whoever asks too early fails.
    await waitUntil('all topics', 60_000, async () => {
      await applyTopicsFile({ ...env, KAFKA_BROKERS: ground.brokers })
      return true
    })
    const world = new World(directory, ground, env)
    const sandbox = await world.add('sandbox')
    env.PULSIFI_BASE_URL = `http://127.0.0.1:${sandbox.port}`
    const ingress = await world.add('ingress')
    env.PUBLIC_URL = settings.PUBLIC_URL ?? `http://127.0.0.1:${ingress.port}`
    const [normalizer, sink] = await Promise.all([world.launch('normalizer'), world.launch('pulsifi-sink')])
    await Promise.all([world.ready(normalizer), sinkIsReady(sink, world)])
    return world
  }

  get env(): Readonly<Record<string, string>> {
    return this.#env
  }
  of(service: ServiceName): readonly Instance[] {
    return this.instances.filter(instance => instance.service === service)
  }
  get sandboxUrl(): string {
    return this.#env.PULSIFI_BASE_URL ?? ''
  }
  readonly ingressUrls = (): readonly string[] =>
    this.of('ingress')
      .filter(({ child }) => !child.hasExited())
      .map(({ port }) => `http://127.0.0.1:${port}`)

  /** Starts one more instance and waits until it is ready. */
  async add(...what: Parameters<World['launch']>): Promise<Instance> {
    const instance = await this.launch(...what)
    await this.ready(instance)
    return instance
  }

  /** Starts one more instance. */
  async launch(
    service: ServiceName,
    extra: Readonly<Record<string, string>> = {},
    version: Version = THIS_VERSION,
  ): Promise<Instance> {
    const port = await freePort()
    const healthPort = service in HEALTH_VARIABLE ? await freePort() : port
    const place = { service, slot: this.#nextSlot++, port, healthPort, version }
    const instance = { ...place, isWanted: true, child: await this.#spawn(place, extra) }
    this.instances.push(instance)
    this.#watch(instance)
    return instance
  }

  async ready(instance: Instance): Promise<void> {
    await waitUntil(`${instance.service} to be ready`, 180_000, async () => {
      return await isHealthy(instance, '/readyz', 2_000)
    })
  }

  /** SIGKILL; it stays down until `revive`. */
  async kill(instance: Instance): Promise<void> {
    instance.isWanted = false
    await instance.child.kill()
  }

  async revive(instance: Instance, extra: Readonly<Record<string, string>> = {}): Promise<void> {
    instance.child = await this.#spawn(instance, extra)
    instance.isWanted = true
    this.#watch(instance)
  }

  /** SIGTERM, and the same place, its spool included, to another version. */
  async replace(instance: Instance, version: Version): Promise<void> {
    instance.isWanted = false
    await instance.child.stop(15_000)
    instance.version = version
    await this.revive(instance)
    await this.ready(instance)
  }

  /** SIGTERM, for good. */
  async leave(instance: Instance): Promise<void> {
    instance.isWanted = false
    this.instances.splice(this.instances.indexOf(instance), 1)
    await instance.child.stop(15_000)
  }

  forgetState(): void {
    rmSync(join(this.directory, 'state'), { recursive: true, force: true })
  }

  /** All processes; what they stand on stays. */
  async stop(): Promise<void> {
    this.#isOver = true
    await Promise.all(this.instances.map(({ child }) => child.stop(15_000)))
  }

  #spawn(
    { service, slot, port, healthPort, version }: Omit<Instance, 'child' | 'isWanted'>,
    extra: Readonly<Record<string, string>>,
  ): Promise<Child> {
    const name = `${service}-${slot}`
    const preload = extra.CHAOS_PRELOAD === undefined ? [] : ['--import', extra.CHAOS_PRELOAD]
    return startChild({
      name,
      command: process.execPath,
      args: [...NODE_FLAGS, ...preload, join(version, MAIN[service])],
      env: {
        ...this.#env,
        ...this.ground.envOf(service),
        SPOOL_DIR: join(this.directory, 'spool', name),
        [HEALTH_VARIABLE[service] ?? PORT_VARIABLE[service]]: String(healthPort),
        [PORT_VARIABLE[service]]: String(port),
        ...extra,
      },
      logFile: join(this.directory, 'logs', `${name}.log`),
      pidFile: join(this.directory, 'run', `${name}.pid`),
    })
  }

  /** One that ends by itself, by a broker fault or a kill point, is started again, as a supervisor would. */
  #watch(instance: Instance): void {
    const { child } = instance
    void child.exited.then(async () => {
      if (this.#isOver || !instance.isWanted || instance.child !== child) return
      await new Promise(resolve => setTimeout(resolve, RESTART_MS))
      if (!this.#isOver && instance.isWanted && instance.child === child) await this.revive(instance)
    })
  }
}
