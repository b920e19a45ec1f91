/** How much of what an account allows is used, measured at the sandbox; on a machine that does nothing else meanwhile. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { expect, inject, it } from 'vitest'
import { startSinkStack, until } from '../support/sink-stack.ts'

const WAITING = 1_000
const LATENCY_MS = 100
/** A quiet machine of two cores reaches 0.96 and 0.9; broker, registry and sandbox share it, and not every machine is quiet. */
const RATE_SHARE_MIN = 0.9
const PLACES_SHARE_MIN = 0.7

interface Measured {
  /** Invitations a second, from the first to the last. */
  readonly perSecond: number
  readonly refused: number
  readonly maxInFlight: number
  /** The most requests that were written within one second, as far as the sandbox can tell. */
  readonly maxInOneSecond: number
}

async function measure(
  ratePerSecond: number,
  sandbox: { readonly ratePerSecond?: number },
  concurrency: number,
): Promise<Measured> {
  const tenant = `pace-${Date.now().toString(36)}`
  const stack = await startSinkStack({
    ...{ brokers: inject('kafkaBrokers'), registryUrl: inject('registryUrl'), instances: 1 },
    tenants: { [tenant]: sandbox },
    env: { PULSIFI_RATE_PER_SECOND: String(ratePerSecond), PULSIFI_CONCURRENCY: String(concurrency) },
  })
  try {
    const { calls, faults } = stack.sandboxOf(tenant)
    faults.add([{ operation: '*', action: 'latency', ms: LATENCY_MS }])
    const ids = Array.from({ length: WAITING }, (_, index) => String(index + 1_000))
    await stack.apply(tenant, ids)
    await until('all wait for the job', 60_000, () =>
      ids.every(id => stack.invitations.has(`jobylon:${tenant}:${id}`)),
    )
    await stack.stopWatching()
    const stalls = monitorEventLoopDelay({ resolution: 5 })
    stalls.enable()
    await stack.offerJob(tenant)
    const isInvited = ({ operation, status }: { operation: string; status: string }) =>
      operation === 'candidates.create' && status === '200'
    await until('all are invited', 120_000, () => calls.counts().find(isInvited)?.count === WAITING)
    stalls.disable()
    const made = calls.list().filter(({ operation }) => operation === 'candidates.create')
    // Calls are on record when they end, and all last equally long.
    const ends = made.map(({ at }) => Date.parse(at))
    const seconds = (Math.max(...ends) - Math.min(...ends)) / 1_000
    const refused = calls.list().filter(({ status }) => status === 429).length
    const arrivals = calls.list().map(({ at }) => Date.parse(at))
    return {
      ...{ perSecond: (WAITING - 1) / seconds, refused, maxInFlight: calls.peaks().max_in_flight },
      maxInOneSecond: mostWithin(1_000 - stalls.max / 1e6, arrivals),
    }
  } finally {
    await stack.stop()
  }
}

/** The sandbox sees together what came while its own loop stood still, so it is asked about a second less that. */
function mostWithin(windowMs: number, timesMs: readonly number[]): number {
  const times = [...timesMs].sort((a, b) => a - b)
  let most = 0
  let first = 0
  times.forEach((time, index) => {
    while (time - (times[first] ?? time) >= windowMs) first++
    most = Math.max(most, index - first + 1)
  })
  return most
}

it('uses nearly all of a rate of 20 a second, and never exceeds it', async () => {
  const measured = await measure(20, { ratePerSecond: 20 }, 16)
  console.table(measured)
  expect(measured.refused).toBe(0)
  expect(measured.maxInOneSecond).toBeLessThanOrEqual(20)
  expect(measured.perSecond).toBeLessThanOrEqual(20)
  expect(measured.perSecond).toBeGreaterThanOrEqual(RATE_SHARE_MIN * 20)
}, 240_000)

it('keeps 16 places on the wire busy when no rate holds it up', async () => {
  const measured = await measure(10_000, {}, 16)
  console.table(measured)
  expect(measured.maxInFlight).toBeLessThanOrEqual(16)
  expect(measured.perSecond).toBeGreaterThanOrEqual((PLACES_SHARE_MIN * 16 * 1_000) / LATENCY_MS)
}, 240_000)
