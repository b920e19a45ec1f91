/** What a run does to the world, by name. Each ends with the world as it was, but for what it broke meanwhile. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from './random.ts'
import type { Instance, ServiceName, World } from './world.ts'

export interface FaultContext {
  readonly world: World
  readonly random: Random
}
export type Fault = (context: FaultContext) => Promise<void>

const KILL_POINTS = [
  'before-commit',
  'after-intent',
  'while-sending',
  'after-request',
  'after-reply',
] as const
const PRELOAD = new URL('./kill-points.ts', import.meta.url).href
const SKEW = new URL('./clock-skew.ts', import.meta.url).href

const victim = ({ world, random }: FaultContext, service: ServiceName): Instance =>
  random.pick(world.of(service))

const killAtRandom =
  (service: ServiceName): Fault =>
  async context => {
    const instance = victim(context, service)
    await context.world.kill(instance)
    await delay(context.random.below(1_500))
    await context.world.revive(instance)
  }

const TRAP_WAIT_MS = 20_000

/** One more sink, with a trap: it takes over some partitions, and dies by itself at the named point. */
const killAt =
  (point: string): Fault =>
  async ({ world, random }) => {
    const trapped = await world.add('pulsifi-sink', {
      CHAOS_KILL: `${point}:${1 + random.below(20)}`,
      CHAOS_PRELOAD: PRELOAD,
    })
    const abort = new AbortController()
    await Promise.race([
      trapped.child.exited,
      delay(TRAP_WAIT_MS, undefined, { signal: abort.signal }).catch(() => undefined),
    ])
    abort.abort()
    await world.leave(trapped)
  }

const join =
  (service: ServiceName): Fault =>
  async ({ world }) => {
    if (world.of(service).length < 3) await world.add(service)
  }
const leave =
  (service: ServiceName): Fault =>
  async context => {
    if (context.world.of(service).length < 2) await context.world.add(service)
    await context.world.leave(victim(context, service))
  }

/** Stopped for longer than its session: the group goes on without it, and it wakes as a zombie. */
const zombie =
  (service: ServiceName): Fault =>
  async context => {
    const { pid } = victim(context, service).child
    process.kill(pid, 'SIGSTOP')
    await delay(14_000)
    process.kill(pid, 'SIGCONT')
  }

const stateDeleted: Fault = async context => {
  const instances = [...context.world.of('normalizer'), ...context.world.of('pulsifi-sink')]
  await Promise.all(instances.map(instance => context.world.kill(instance)))
  context.world.forgetState()
  await Promise.all(instances.map(instance => context.world.revive(instance)))
}

const brokerKilled: Fault = async ({ world }) => {
  await world.ground.broker?.kill()
  await delay(2_000)
  await world.ground.broker?.start()
}

const brokerPauses =
  (times: number, forMs: number, restMs: number): Fault =>
  async ({ world }) => {
    for (let time = 0; time < times; time++) {
      const pid = world.ground.broker?.pid
      if (pid === undefined || pid === null) return
      process.kill(pid, 'SIGSTOP')
      await delay(forMs)
      process.kill(pid, 'SIGCONT')
      await delay(restMs)
    }
  }

const registryDown: Fault = async ({ world }) => {
  await world.ground.registry.kill()
  await delay(8_000)
  await world.ground.registry.start()
}

const sandboxRule =
  (rule: Readonly<Record<string, unknown>>, forMs: number): Fault =>
  async ({ world, random }) => {
    const body = JSON.stringify({ seed: random.below(1_000_000), ...rule })
    const headers = { 'content-type': 'application/json' }
    await fetch(`${world.sandboxUrl}/_sandbox/faults`, { method: 'POST', headers, body })
    await delay(forMs)
    await fetch(`${world.sandboxUrl}/_sandbox/faults`, { method: 'DELETE' })
  }

const creations = { operation: 'candidates.create', probability: 0.2 }

/**
 * One more instance whose clock is ahead, then it leaves: by more than the 50 s for which an answer is waited for. When
 * it puts something off, the others wait for as long as its clock is ahead.
 */
const clockSkew: Fault = async ({ world }) => {
  const instance = await world.add('pulsifi-sink', { CHAOS_PRELOAD: SKEW, CHAOS_SKEW_MS: '90000' })
  await delay(8_000)
  await world.leave(instance)
}

export const FAULTS: Readonly<Record<string, Fault>> = {
  'kill ingress': killAtRandom('ingress'),
  'kill normalizer': killAtRandom('normalizer'),
  'kill sink': killAtRandom('pulsifi-sink'),
  'kill sandbox': killAtRandom('sandbox'),
  ...Object.fromEntries(KILL_POINTS.map(point => [`kill sink ${point}`, killAt(point)])),
  'broker killed': brokerKilled,
  // Past the clients' request time-out of 15 s, again and again.
  'broker paused': brokerPauses(2, 17_000, 4_000),
  // Shorter than the 2.8 s after which ingress answers that it does not know.
  'broker stutters': brokerPauses(8, 1_500, 700),
  'registry down': registryDown,
  'pulsifi slow': sandboxRule({ operation: '*', action: 'latency', ms: 1_500 }, 8_000),
  'pulsifi 429': sandboxRule({ ...creations, action: 'status', status: 429, retryAfter: 1 }, 8_000),
  'pulsifi 500 after write': sandboxRule({ ...creations, action: 'error-after-write' }, 6_000),
  'pulsifi reset after write': sandboxRule({ ...creations, action: 'reset-after-write' }, 6_000),
  'callbacks dropped': sandboxRule({ operation: 'callbacks.deliver', action: 'drop' }, 10_000),
  'normalizer joins': join('normalizer'),
  'normalizer leaves': leave('normalizer'),
  'sink joins': join('pulsifi-sink'),
  'sink leaves': leave('pulsifi-sink'),
  'ingress joins': join('ingress'),
  'zombie normalizer': zombie('normalizer'),
  'zombie sink': zombie('pulsifi-sink'),
  'state deleted': stateDeleted,
  'clock skew': clockSkew,
}

/** Faults after which the answer to a call may be lost: what explains an AMBIGUOUS entry. */
export const LOSES_REPLIES: ReadonlySet<string> = new Set([
  'kill sink',
  'kill sandbox',
  ...KILL_POINTS.map(point => `kill sink ${point}`),
  ...['broker killed', 'broker paused', 'pulsifi 500 after write', 'pulsifi reset after write'],
  ...['sink joins', 'sink leaves', 'zombie sink', 'state deleted', 'clock skew'],
])
