/** What alerts are tried on: all processes, Pulsifi's stand-in, a proxy before ingress, traffic, and Prometheus beside them. */
import { join } from 'node:path'
import type { ProducerRecord } from 'kafkajs'
import type { FaultInput } from '../../../infra/pulsifi-sandbox/faults.ts'
import { type Admin, Kafka, logLevel } from '../../../services/platform/kafkajs/kafkajs.ts'
import { ops, opsJson } from '../../support/ops.ts'
import { GROUNDS } from '../ground/ground.ts'
import { SETTINGS } from '../run-seed.ts'
import { waitUntil } from '../wait-until.ts'
import { type Instance, isHealthy, SECRET, type ServiceName, World } from '../world.ts'
import { type Gateway, openGateway } from './gateway.ts'
import { Prometheus } from './prometheus.ts'
import { startTraffic, type Traffic } from './traffic.ts'

/** Minutes of production are four seconds here. */
export const FACTOR = 15

const SCENE_SETTINGS = {
  ...SETTINGS,
  SOURCE_DIRECT_SECRET: SECRET,
  // One version, whatever is committed meanwhile.
  GIT_SHA: 'f'.repeat(40),
  CALL_GRACE_SECONDS: '1',
  // Callbacks come first, also on a machine that has much else to do.
  SANDBOX_FINISH_SECONDS: '2',
  RESULT_CALLBACK_SECONDS: '1',
  RESULT_POLL_SECONDS: '20,25',
  // One a minute.
  CANARY_SECONDS: String(60 / FACTOR),
  CANARY_SECRET: 'canary-secret-of-this-run',
}

export class Scene {
  readonly world: World
  readonly gateway: Gateway
  readonly prometheus: Prometheus
  readonly traffic: Traffic
  /** Nobody looks at it. */
  readonly #unscraped = new Set<Instance>()
  readonly #rules = new Set<FaultInput>()

  private constructor(world: World, gateway: Gateway, prometheus: Prometheus, traffic: Traffic) {
    this.world = world
    this.gateway = gateway
    this.prometheus = prometheus
    this.traffic = traffic
  }

  static async start(directory: string): Promise<Scene> {
    const ground = await GROUNDS['one broker'](directory)
    let world: World | null = null
    const gateway = await openGateway(() => world?.ingressUrls()[0])
    world = await World.start(directory, ground, { ...SCENE_SETTINGS, PUBLIC_URL: gateway.url })
    await world.add('console')
    const prometheus = await Prometheus.start(join(directory, 'prometheus'), FACTOR)
    const scene = new Scene(world, gateway, prometheus, await startTraffic(world.ingressUrls))
    scene.scrape()
    return scene
  }

  async stop(): Promise<void> {
    await this.traffic.stop()
    await this.prometheus.stop()
    await this.gateway.close()
    await this.world.stop()
    await this.world.ground.stop()
  }

  /** The first of its kind. */
  only(service: ServiceName): Instance {
    const [instance] = this.world.of(service)
    if (instance === undefined) throw new Error(`no ${service} was started`)
    return instance
  }

  /** Tells Prometheus what there is, whether it runs or not. */
  scrape(): void {
    const shown = this.world.instances.filter(
      instance => instance.service !== 'sandbox' && !this.#unscraped.has(instance),
    )
    this.prometheus.scrape(
      Object.fromEntries(
        shown.map(({ service, slot, healthPort }) => [`${service}-${slot}`, `127.0.0.1:${healthPort}`]),
      ),
    )
  }
  hide(instance: Instance): void {
    this.#unscraped.add(instance)
    this.scrape()
  }
  show(instance: Instance): void {
    this.#unscraped.delete(instance)
    this.scrape()
  }

  async add(service: ServiceName, extra: Readonly<Record<string, string>>): Promise<Instance> {
    const instance = await this.world.add(service, extra)
    this.scrape()
    return instance
  }
  /** One more ingress, which posts no canaries of its own. */
  addIngress(extra: Readonly<Record<string, string>> = {}): Promise<Instance> {
    return this.add('ingress', { CANARY_SECONDS: '', ...extra })
  }
  /** For good, and nobody misses it. */
  async leave(instance: Instance): Promise<void> {
    const left = this.world.leave(instance)
    this.scrape()
    await left
  }

  async revive(instance: Instance): Promise<void> {
    await this.world.revive(instance)
    await this.world.ready(instance)
  }
  /** Until everything that should run works again. */
  async settled(): Promise<void> {
    await waitUntil('all processes to be ready', 90_000, async () => {
      const wanted = this.world.instances.filter(({ isWanted }) => isWanted)
      return (await Promise.all(wanted.map(each => isHealthy(each, '/readyz', 2_000)))).every(Boolean)
    })
  }

  /** Stops the broker where it stands, or lets it go on. */
  signalBroker(signal: 'SIGSTOP' | 'SIGCONT'): void {
    const pid = this.world.ground.broker?.pid
    if (pid === undefined || pid === null) throw new Error('no broker runs')
    process.kill(pid, signal)
  }

  /** What Pulsifi's stand-in does wrong from now on, beside what it does wrong already. */
  async arm(rule: FaultInput): Promise<void> {
    this.#rules.add(rule)
    await this.#tell('POST', rule)
  }
  /** The sandbox takes back all rules at once. */
  async disarm(rule: FaultInput): Promise<void> {
    this.#rules.delete(rule)
    await this.#tell('DELETE')
    if (this.#rules.size > 0) await this.#tell('POST', [...this.#rules])
  }
  async #tell(method: 'POST' | 'DELETE', body?: unknown): Promise<void> {
    const headers = { 'content-type': 'application/json' }
    const request = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) }
    const response = await fetch(`${this.world.sandboxUrl}/_sandbox/faults`, request)
    if (!response.ok) throw new Error(`the sandbox answered ${response.status} to ${JSON.stringify(body)}`)
  }
  /** Whatever its JSON says. */
  async sandbox(path: string): Promise<ReturnType<typeof JSON.parse>> {
    return (await fetch(`${this.world.sandboxUrl}${path}`)).json()
  }

  /** An operator's command. @throws what it said when it did not end well */
  async ops(...args: readonly string[]): Promise<void> {
    const { code, stderr } = await ops(this.#env, ...args)
    if (code !== 0) throw new Error(`ops ${args.join(' ')} ended with ${code}: ${stderr}`)
  }
  opsJson(...args: readonly string[]): Promise<unknown> {
    return opsJson(this.#env, ...args)
  }
  get #env(): Readonly<Record<string, string>> {
    return { ...this.world.env, ...this.world.ground.envOf('ops') }
  }

  async admin<T>(ask: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = this.#kafka().admin()
    await admin.connect()
    return ask(admin).finally(() => admin.disconnect())
  }
  async produce(batch: ProducerRecord): Promise<void> {
    const producer = this.#kafka().producer()
    await producer.connect()
    await producer.send(batch).finally(() => producer.disconnect())
  }
  #kafka() {
    const brokers = this.world.ground.brokers.split(',')
    return new Kafka({ brokers, clientId: 'alerts', logLevel: logLevel.NOTHING, retry: { retries: 10 } })
  }
}
