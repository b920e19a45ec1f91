import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PulsifiClient } from '../../../services/platform/pulsifi/pulsifi-client.ts'
import { HeldTurns } from '../../../services/pulsifi-sink/held-turns.ts'
import { Turns } from '../../../services/pulsifi-sink/turns.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const turnsOf = (ratePerSecond: number, concurrencyMax: number, share = 1) =>
  new Turns({ ratePerSecond, concurrencyMax, share: () => share })

describe('turns', () => {
  it.each([
    [5, 1, 51],
    [5, 0.5, 26],
    [0.5, 1, 6],
  ])('at %d a second and a share of %d are %i in ten seconds', (rate, share, count) => {
    const turns = turnsOf(rate, 1_000, share)
    let taken = 0
    for (let key = 0; key < 200; key++) turns.wait('create', String(key), () => taken++)
    vi.advanceTimersByTime(10_050)
    expect(taken).toBe(count)
  })

  it('are no more at a time than may be on the wire', () => {
    const turns = turnsOf(1_000, 2)
    const started: string[] = []
    for (const key of ['a', 'b', 'c']) turns.wait('create', key, () => started.push(key))
    vi.advanceTimersByTime(1_000)
    expect(started).toEqual(['a', 'b'])
    turns.done()
    vi.advanceTimersByTime(10)
    expect(started).toEqual(['a', 'b', 'c'])
  })

  it('go to what creates before what looks', () => {
    const turns = turnsOf(1, 1)
    expect(turns.tryTake()).toBe(true)
    const started: string[] = []
    turns.wait('look', 'look', () => started.push('look'))
    turns.wait('create', 'create', () => started.push('create'))
    turns.done()
    vi.advanceTimersByTime(1_100)
    expect(started).toEqual(['create'])
  })

  it('are not taken past those who wait', () => {
    const turns = turnsOf(1, 5)
    turns.wait('create', 'a', () => undefined)
    turns.wait('create', 'b', () => undefined)
    expect(turns.tryTake()).toBe(false)
  })

  it('come back whole when no request was made', () => {
    const turns = turnsOf(0.001, 1)
    expect(turns.tryTake()).toBe(true)
    turns.unused()
    expect(turns.tryTake()).toBe(true)
  })
})

describe('turns held by a partition', () => {
  // Cast: nobody calls with it here.
  const accountWith = (turns: Turns) => new Map([['default', { client: {} as PulsifiClient, turns }]])

  it('go back when the partition is lost, and its waiting with them', () => {
    const turns = turnsOf(1_000, 1)
    const held = new HeldTurns(accountWith(turns))
    expect(held.tryTake('default')).toBe(true)
    held.wait('default', 'create', 'a', () => {
      throw new Error('the partition is lost')
    })
    held.giveAllBack()
    vi.advanceTimersByTime(100)
    expect(turns.tryTake()).toBe(true)
  })

  it('go back when nobody takes one any more', () => {
    const turns = turnsOf(1_000, 1)
    new HeldTurns(accountWith(turns)).wait('default', 'create', 'a', () => false)
    vi.advanceTimersByTime(100)
    expect(turns.tryTake()).toBe(true)
  })

  it('count on the wire when the call starts after the loss', () => {
    const turns = turnsOf(1_000, 1)
    const held = new HeldTurns(accountWith(turns))
    held.tryTake('default')
    held.giveAllBack()
    held.use('default')
    vi.advanceTimersByTime(100)
    expect(turns.tryTake()).toBe(false)
    turns.done()
    vi.advanceTimersByTime(100)
    expect(turns.tryTake()).toBe(true)
  })

  it('are none for a tenant without an account', () => {
    expect(new HeldTurns(new Map()).tryTake('acme')).toBe(false)
  })
})
