import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PulsifiClient } from '../../../../services/platform/pulsifi/pulsifi-client.ts'
import type { Signal } from '../../../../services/pulsifi-sink/turns/account-condition.ts'
import { HeldTurns } from '../../../../services/pulsifi-sink/turns/held-turns.ts'
import type { Turns } from '../../../../services/pulsifi-sink/turns/turns.ts'
import { call, FAILING, turnsOf, untriedTurns, WELL } from '../../../support/sink-turns.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** So many that wait for a turn, each of which calls at once and ends so. Returns the times of their calls. */
function callAll(turns: Turns, count: number, signal: Signal = WELL): number[] {
  const starts: number[] = []
  const startedMs = performance.now()
  for (let key = 0; key < count; key++) {
    turns.wait('create', String(key), () =>
      turns.begin(refusedForMs => {
        if (refusedForMs === null) starts.push(performance.now() - startedMs)
        turns.done('create', refusedForMs === null ? signal : null)
      }),
    )
  }
  return starts
}

const mostInOneSecond = (starts: readonly number[]): number =>
  Math.max(...starts.map(from => starts.filter(at => at >= from && at < from + 1_000).length))

describe('turns', () => {
  it.each([
    [5, 1],
    [5, 0.5],
    [20, 1],
    [0.5, 1],
    [100, 1 / 6],
  ])('at %d a second and a share of %d are nearly all used, and never exceeded', (ratePerSecond, share) => {
    const turns = turnsOf({ ratePerSecond, share: () => share })
    const starts = callAll(turns, 2_000)
    vi.advanceTimersByTime(60_000)
    expect(starts.length).toBeGreaterThanOrEqual(0.95 * ratePerSecond * share * 60)
    expect(starts.length).toBeLessThanOrEqual(ratePerSecond * share * 60 + 1)
    expect(mostInOneSecond(starts)).toBeLessThanOrEqual(Math.ceil(ratePerSecond * share))
  })

  it('begin no more calls in a second than allowed when commits hold them up', () => {
    const turns = turnsOf({ ratePerSecond: 20 })
    const begun: number[] = []
    const held: (() => void)[] = []
    for (let key = 0; key < 100; key++)
      turns.wait('create', String(key), () =>
        held.push(() =>
          turns.begin(() => {
            begun.push(performance.now())
            turns.done('create', WELL)
          }),
        ),
      )
    for (let commit = 0; commit < 20; commit++) {
      vi.advanceTimersByTime(commit % 4 === 0 ? 700 : 50)
      for (const start of held.splice(0)) start()
    }
    vi.advanceTimersByTime(5_000)
    expect(begun.length).toBeGreaterThan(50)
    expect(mostInOneSecond(begun)).toBeLessThanOrEqual(20)
  })

  it('are twice as many as calls may be on the wire', () => {
    const turns = turnsOf({ concurrencyMax: 2 })
    const ready: string[] = []
    for (const key of ['a', 'b', 'c', 'd', 'e'])
      turns.wait('create', key, () => turns.begin(() => ready.push(key)))
    vi.advanceTimersByTime(1_000)
    expect(ready, 'on the wire').toEqual(['a', 'b'])
    expect(turns.status.waiting.create).toBe(1)
    turns.done('create', WELL)
    vi.advanceTimersByTime(100)
    expect(ready).toEqual(['a', 'b', 'c'])
    expect(turns.status.waiting.create).toBe(0)
  })

  it('go to what creates before what looks, and to that before what is polled', () => {
    const turns = turnsOf({ concurrencyMax: 1 })
    turns.overrun()
    turns.overrun()
    const started: string[] = []
    for (const urgency of ['poll', 'look', 'create'] as const)
      turns.wait(urgency, urgency, () => {
        started.push(urgency)
        turns.unused()
      })
    turns.unused()
    vi.advanceTimersByTime(1_100)
    expect(started).toEqual(['create', 'look', 'poll'])
  })

  it('are not taken past those who wait', () => {
    const turns = turnsOf({ ratePerSecond: 1 })
    turns.wait('create', 'a', () => undefined)
    turns.wait('create', 'b', () => undefined)
    expect(turns.tryTake()).toBe(false)
  })

  it('come back whole when no request was made', () => {
    const turns = turnsOf({ ratePerSecond: 0.001, concurrencyMax: 1 })
    expect(turns.tryTake()).toBe(true)
    turns.unused()
    expect(turns.tryTake()).toBe(true)
  })

  it('count the requests that a token takes', () => {
    const turns = turnsOf({ ratePerSecond: 1 })
    turns.spend()
    const starts = callAll(turns, 1)
    vi.advanceTimersByTime(900)
    expect(starts).toEqual([])
  })

  it('are taken one at a time until the account has answered', () => {
    const turns = untriedTurns()
    const begun: string[] = []
    for (const key of ['a', 'b', 'c']) turns.wait('create', key, () => turns.begin(() => begun.push(key)))
    vi.advanceTimersByTime(1_000)
    expect(begun).toEqual(['a'])
    turns.done('create', WELL)
    vi.advanceTimersByTime(1_000)
    expect(begun).toEqual(['a', 'b', 'c'])
  })
})

describe('with more to create than the rate allows', () => {
  /** Takes as many turns to create with as it can for a minute, by both ways, as the sink does. */
  const creatingWithout = (turns: Turns, key = 0): void => {
    const begin = () => {
      call(turns)
      creatingWithout(turns, key + 1)
    }
    if (turns.tryTake()) call(turns)
    turns.wait('create', `create ${key}`, begin)
  }

  it.each(['look', 'poll'] as const)('a %s gets its turn', urgency => {
    const turns = turnsOf({ ratePerSecond: 20 })
    creatingWithout(turns)
    const looked: number[] = []
    for (let key = 0; key < 100; key++)
      turns.wait(urgency, `look ${key}`, () => {
        looked.push(performance.now())
        call(turns)
      })
    vi.advanceTimersByTime(10_000)
    expect(looked.length).toBeGreaterThan(40)
    expect(looked.length).toBeLessThan(80)
  })
})

describe('looks that callbacks ask for', () => {
  /** Times at which this many that wait have had their turn. */
  const turnsTaken = (turns: Turns, urgency: 'look' | 'poll' | 'create', count: number): number[] => {
    const taken: number[] = []
    for (let key = 0; key < count; key++)
      turns.wait(urgency, `${urgency} ${key}`, () => {
        taken.push(performance.now())
        call(turns)
      })
    return taken
  }

  it('stay within the budget of every hour, and leave polls and creations theirs', () => {
    const turns = turnsOf({ looksPerHour: 60, pollsPerHour: 60, ratePerSecond: 5 })
    const looks = turnsTaken(turns, 'look', 5_000)
    const polls = turnsTaken(turns, 'poll', 5_000)
    const creations = turnsTaken(turns, 'create', 9_000)
    vi.advanceTimersByTime(2 * 3_600_000)
    const mostAnHour = (times: readonly number[]) =>
      Math.max(...times.map(from => times.filter(at => at >= from && at < from + 3_600_000).length))
    expect([mostAnHour(looks), mostAnHour(polls)].every(count => count > 50 && count <= 60)).toBe(true)
    expect(creations).toHaveLength(9_000)
  })

  it('have room as long as the budget holds for those who wait', () => {
    const turns = turnsOf({ looksPerHour: 3_600, ratePerSecond: 1_000 })
    vi.advanceTimersByTime(2_000)
    const room = [0, 1, 2, 3].map(key => {
      const hadRoom = turns.hasRoomToLook
      turns.wait('look', `${key}`, () => call(turns))
      return hadRoom
    })
    expect(room).toEqual([true, true, false, false])
    vi.advanceTimersByTime(5_000)
    expect(turns.hasRoomToLook).toBe(true)
  })
})

describe('polls', () => {
  it('of 10,000 open invitations stay within the budget of every hour', () => {
    const turns = turnsOf({ pollsPerHour: 50 })
    const polled: number[] = []
    for (let key = 0; key < 10_000; key++)
      turns.wait('poll', String(key), () => {
        polled.push(performance.now())
        turns.begin(() => turns.done('look', WELL))
      })
    vi.advanceTimersByTime(5 * 3_600_000)
    const most = Math.max(
      ...polled.map(from => polled.filter(at => at >= from && at < from + 3_600_000).length),
    )
    expect(most).toBeLessThanOrEqual(50)
    expect(polled.length).toBeGreaterThan(0.9 * 5 * 50)
  })

  it('go to the most promising first', () => {
    const turns = turnsOf({ pollsPerHour: 60 })
    const polled: string[] = []
    const invitation = (key: string, status: string, ageMs: number) => {
      const atMs = Date.now() - ageMs
      const start = () => {
        polled.push(key)
        turns.begin(() => turns.done('look', WELL))
      }
      turns.wait('poll', key, start, { status, invitedAtMs: atMs, seenAtMs: Date.now() - 600_000 })
    }
    turns.wait('poll', 'takes the first', () => turns.begin(() => turns.done('look', WELL)), null)
    invitation('old', 'invited', 40 * 86_400_000)
    invitation('new', 'invited', 1_000_000)
    invitation('opened', 'opened', 1_000_000)
    invitation('started', 'started', 1_000_000)
    vi.advanceTimersByTime(600_000)
    expect(polled).toEqual(['started', 'opened', 'new', 'old'])
  })
})

describe('an account that fails', () => {
  const failing = (change = {}) => {
    const turns = turnsOf(change)
    for (let failures = 0; failures < 5; failures++) {
      turns.tryTake()
      call(turns, FAILING)
      vi.advanceTimersByTime(100)
    }
    return turns
  }

  it('is not called any more, and says when it will be', () => {
    const told: string[] = []
    const turns = failing({ onCircuit: ({ circuit }: { circuit: string }) => told.push(circuit) })
    expect(turns.status).toMatchObject({ circuit: 'open' })
    expect(turns.status.retryInMs).toBeGreaterThan(4_000)
    expect(turns.tryTake()).toBe(false)
    expect(told).toEqual(['open'])
  })

  it('gives committed calls back with the proof that they were not made', () => {
    const turns = turnsOf({ concurrencyMax: 5 })
    const refused: (number | null)[] = []
    for (let taken = 0; taken < 6; taken++) {
      turns.tryTake()
      vi.advanceTimersByTime(10)
    }
    for (let begun = 0; begun < 6; begun++) turns.begin(refusedForMs => refused.push(refusedForMs))
    for (let failures = 0; failures < 5; failures++) turns.done('create', FAILING)
    expect(refused.slice(0, 5)).toEqual([null, null, null, null, null])
    turns.begin(refusedForMs => refused.push(refusedForMs))
    expect(refused.at(-1)).toBeGreaterThan(0)
  })

  it('is called again, one at a time, when a probe is answered', async () => {
    const answers: Signal[] = [FAILING, WELL]
    const turns = failing({ concurrencyMax: 2, probe: async () => answers.shift() ?? WELL })
    const starts = callAll(turns, 3)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(turns.status.circuit).toBe('open')
    expect(starts).toEqual([])
    await vi.advanceTimersByTimeAsync(10_000)
    expect(turns.status.circuit).toBe('closed')
    expect(starts).toHaveLength(3)
  })
})

it('nobody is called before the end of the pause that one answer asked for', async () => {
  const turns = turnsOf()
  turns.tryTake()
  call(turns, { type: 'throttled', retryAfterMs: 30_000 })
  const starts = callAll(turns, 1)
  await vi.advanceTimersByTimeAsync(29_900)
  expect(starts).toEqual([])
  expect(turns.status.ratePerSecond).toBe(500)
  await vi.advanceTimersByTimeAsync(200)
  expect(starts).toHaveLength(1)
})

it('calls that are about to begin are refused when the account is closed, and those under way are awaited', async () => {
  const turns = turnsOf({ concurrencyMax: 1 })
  const refused: (number | null)[] = []
  for (let begun = 0; begun < 2; begun++) {
    turns.tryTake()
    turns.begin(refusedForMs => refused.push(refusedForMs))
    vi.advanceTimersByTime(10)
  }
  let isOver = false
  void turns.stop().then(() => {
    isOver = true
  })
  expect(refused).toEqual([null, 0])
  turns.done('create', null)
  await Promise.resolve()
  expect(isOver).toBe(false)
  turns.done('create', WELL)
  await Promise.resolve()
  expect(isOver).toBe(true)
})

describe('turns held by a partition', () => {
  // Cast: nobody calls with it here.
  const accountWith = (turns: Turns) => new Map([['default', { client: {} as PulsifiClient, turns }]])
  const wish = { tenant: 'default', urgency: 'create', key: 'a' } as const
  /** Two turns are out where one call is on the wire. */
  const single = () => {
    const turns = turnsOf({ concurrencyMax: 1 })
    turns.overrun()
    return turns
  }

  it('go back when the partition is lost, and its waiting with them', () => {
    const turns = single()
    const held = new HeldTurns(accountWith(turns))
    vi.advanceTimersByTime(100)
    expect(held.tryTake('default')).toBe(true)
    held.wait(wish, () => {
      throw new Error('the partition is lost')
    })
    held.giveAllBack()
    vi.advanceTimersByTime(100)
    expect(turns.tryTake()).toBe(true)
  })

  it('go back when nobody takes one any more', () => {
    const turns = single()
    new HeldTurns(accountWith(turns)).wait(wish, () => false)
    vi.advanceTimersByTime(100)
    expect(turns.tryTake()).toBe(true)
  })

  it('count on the wire when the call starts after the loss', () => {
    const turns = single()
    const held = new HeldTurns(accountWith(turns))
    vi.advanceTimersByTime(100)
    held.tryTake('default')
    held.giveAllBack()
    held.use('default')
    vi.advanceTimersByTime(100)
    expect(turns.tryTake()).toBe(false)
    call(turns)
    vi.advanceTimersByTime(100)
    expect(turns.tryTake()).toBe(true)
  })

  it('are none for a tenant without an account', () => {
    expect(new HeldTurns(new Map()).tryTake('acme')).toBe(false)
  })
})
