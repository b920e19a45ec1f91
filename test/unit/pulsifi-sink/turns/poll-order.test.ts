/**
 * How soon polling alone finds a result, by the budget: a day of invitations under a simulated clock, every callback
 * lost. A part of 10,000 open invitations and the same part of the budget: how long one waits depends on their
 * ratio. All of them: `POLL_SCALE=1`.
 */
import { expect, it } from 'vitest'
import { lastLookAt, nextLookAt } from '../../../../services/pulsifi-sink/decide/policy.ts'
import { type Prospect, promiseOf } from '../../../../services/pulsifi-sink/turns/poll-order.ts'

const HOUR_MS = 3_600_000
const DAYS = 5
const SCALE = Number(process.env.POLL_SCALE ?? 0.05)
const WAITS_MS = [900_000, HOUR_MS, 6 * HOUR_MS]

/** Uniform in 0 to 1, the same for every run. */
function lots(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

interface Person {
  readonly invitedAtMs: number
  /** When Pulsifi has each of these; Infinity: never. */
  readonly openedAtMs: number
  readonly startedAtMs: number
  readonly doneAtMs: number
  seen: string
  dueAtMs: number
}

/** 10,000 invitations at any time: half of them old and asleep, the others of the last days. */
function people(): Person[] {
  const lot = lots(7)
  const wait = (meanMs: number) => -Math.log(1 - lot()) * meanMs
  return Array.from({ length: Math.round(10_000 * SCALE) }, (_, index) => {
    const isAsleep = index % 2 === 0
    const invitedAtMs = isAsleep ? -lot() * 60 * 24 * HOUR_MS : (lot() * 2 - 1) * 24 * HOUR_MS
    const openedAtMs = isAsleep && lot() < 0.9 ? Number.POSITIVE_INFINITY : invitedAtMs + wait(12 * HOUR_MS)
    const startedAtMs = openedAtMs + wait(2 * HOUR_MS)
    const doneAtMs = startedAtMs + wait(HOUR_MS)
    const dueAtMs = nextLookAt(invitedAtMs, WAITS_MS, Math.max(0, invitedAtMs))
    return { invitedAtMs, openedAtMs, startedAtMs, doneAtMs, seen: 'invited', dueAtMs }
  }).filter(({ doneAtMs }) => doneAtMs > 0)
}

const statusAt = ({ openedAtMs, startedAtMs, doneAtMs }: Person, nowMs: number): string =>
  nowMs >= doneAtMs
    ? 'completed'
    : nowMs >= startedAtMs
      ? 'started'
      : nowMs >= openedAtMs
        ? 'opened'
        : 'invited'

const prospectOf = ({ seen, invitedAtMs }: Person, nowMs: number): Prospect => ({
  status: seen,
  invitedAtMs,
  seenAtMs: lastLookAt(invitedAtMs, WAITS_MS, nowMs),
})

type Order = (person: Person, nowMs: number) => number
const byPromise: Order = (person, nowMs) => promiseOf(prospectOf(person, nowMs), nowMs)
const byAge: Order = (person, nowMs) => nowMs - person.dueAtMs

/** One poll at each tick of the budget, of the best that is due. Delays of what was done in time to be found, sorted. */
function detectionDelays(perHour: number, order: Order): number[] {
  const all = people()
  const stepMs = HOUR_MS / (perHour * SCALE)
  for (let nowMs = 0; nowMs < DAYS * 24 * HOUR_MS; nowMs += stepMs) {
    let best: Person | null = null
    let most = Number.NEGATIVE_INFINITY
    for (const person of all) {
      if (person.dueAtMs > nowMs || person.seen === 'completed') continue
      const worth = order(person, nowMs)
      if (worth > most) [most, best] = [worth, person]
    }
    if (best === null) continue
    best.seen = statusAt(best, nowMs)
    // From here on the time of its discovery.
    best.dueAtMs = best.seen === 'completed' ? nowMs : nextLookAt(best.invitedAtMs, WAITS_MS, nowMs)
  }
  const wasDoneInTime = ({ doneAtMs }: Person) => doneAtMs < 3 * 24 * HOUR_MS
  return all
    .filter(wasDoneInTime)
    .map(({ seen, dueAtMs, doneAtMs }) =>
      seen === 'completed' ? dueAtMs - doneAtMs : Number.POSITIVE_INFINITY,
    )
    .toSorted((a, b) => a - b)
}

const hoursAt = (delays: readonly number[], share: number): number =>
  (delays[Math.floor(share * (delays.length - 1))] ?? Number.NaN) / HOUR_MS

it('finds results sooner with more budget, and most of them sooner than in the order of their turns', () => {
  const rows = [250, 500, 1_000, 2_000].map(budget => {
    const [promising, inTurn] = [detectionDelays(budget, byPromise), detectionDelays(budget, byAge)]
    const [p50, p95] = [hoursAt(promising, 0.5), hoursAt(promising, 0.95)]
    return { budget, p50, p95, inTurn50: hoursAt(inTurn, 0.5), inTurn95: hoursAt(inTurn, 0.95) }
  })
  const shown = rows.map(row =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Math.round(value * 100) / 100])),
  )
  console.table(shown)
  for (const { p50, inTurn50 } of rows) expect(p50).toBeLessThanOrEqual(1.05 * inTurn50)
  for (const [index, { p50 }] of rows.entries())
    expect(p50).toBeLessThanOrEqual(1.05 * (rows[index - 1]?.p50 ?? 99))
}, 60_000)
