import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openPartitionStore, type PartitionStore } from '../../../../services/platform/partitions/store.ts'

const HOUR_MS = 3_600_000
const BOUNDS = new Map([
  ['one', { low: 10, end: 20 }],
  ['two', { low: 0, end: 5 }],
])
const AFRESH = new Map([
  ['one', 10],
  ['two', 0],
])

let directory: string
let store: PartitionStore
let nowMs: number
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'atsflow-store-'))
  nowMs = 1_000 * HOUR_MS
  store = openPartitionStore(join(directory, 'store'), () => nowMs)
})
afterEach(async () => {
  await store.close()
  rmSync(directory, { recursive: true, force: true })
})

describe('where a store is read on from', () => {
  it('is the beginning of every topic, for a new store', () => {
    expect(store.checkpoints(BOUNDS)).toEqual(AFRESH)
  })

  it('is known of a topic that had nothing to read, too', async () => {
    const empty = new Map([...BOUNDS, ['empty', { low: 7, end: 7 }]] as const)
    store.checkpoints(empty)
    store.apply([['a', 1]], new Map([['one', 20], ['two', 5]]), true) // biome-ignore format: pairs
    await store.close()
    store = openPartitionStore(join(directory, 'store'), () => nowMs)
    expect(store.checkpoints(empty)).toEqual(new Map([['one', 20], ['two', 5], ['empty', 7]])) // biome-ignore format: pairs
    expect(store.get('a')).toBe(1)
  })

  it.each([
    ['at its end', 20],
    ['at its beginning', 10],
    ['in between', 15],
  ])('is its checkpoint %s, also after it was closed', async (_where, offset) => {
    store.apply([['a', 1]], [['one', offset], ['two', 3]], true) // biome-ignore format: one line a call
    await store.close()
    store = openPartitionStore(join(directory, 'store'), () => nowMs)
    expect(store.checkpoints(BOUNDS)).toEqual(new Map([['one', offset], ['two', 3]])) // biome-ignore format: pairs
    expect(store.get('a')).toBe(1)
  })

  it.each([
    [
      'before what the topic still has',
      [
        ['one', 9],
        ['two', 3],
      ],
    ],
    [
      'beyond the end of the topic, which must be another one',
      [
        ['one', 21],
        ['two', 3],
      ],
    ],
    ['missing for one of the topics', [['one', 15]]],
  ] as const)(
    'is the beginning, and nothing is left in it, when a checkpoint is %s',
    (_where, checkpoints) => {
      store.apply([['a', 1]], checkpoints, true)
      expect(store.checkpoints(BOUNDS)).toEqual(AFRESH)
      expect(store.get('a')).toBeUndefined()
    },
  )

  it('is the beginning when the store may have missed tombstones', () => {
    store.apply([['a', 1]], [['one', 15], ['two', 3]], true) // biome-ignore format: one line a call
    nowMs += 12 * HOUR_MS
    expect(store.checkpoints(BOUNDS).get('one')).toBe(15)
    nowMs += 1
    expect(store.checkpoints(BOUNDS)).toEqual(AFRESH)
    expect(store.get('a')).toBeUndefined()
  })

  it('does not look young because a restore that was interrupted wrote to it', () => {
    store.apply([['a', 1]], [['one', 15], ['two', 3]], true) // biome-ignore format: one line a call
    nowMs += 8 * HOUR_MS
    store.apply([['b', 1]], [['one', 16]], false)
    nowMs += 8 * HOUR_MS
    expect(store.checkpoints(BOUNDS)).toEqual(AFRESH)
  })

  it('goes on where a first restore was interrupted', () => {
    store.checkpoints(BOUNDS)
    store.apply([['a', 1]], [['one', 12], ['two', 0]], false) // biome-ignore format: one line a call
    nowMs += HOUR_MS
    expect(store.checkpoints(BOUNDS).get('one')).toBe(12)
  })
})

describe('what a store holds', () => {
  it('changes as a whole or not at all', () => {
    store.apply([['a', 'old']], [['one', 11]], true)
    function* broken(): Iterable<[string, unknown]> {
      yield ['a', 'new']
      throw new Error('half way')
    }
    expect(() => store.apply(broken(), [['one', 12]], true)).toThrow('half way')
    expect(store.get('a')).toBe('old')
    expect(store.checkpoints(new Map([['one', { low: 0, end: 20 }]])).get('one')).toBe(11)
  })

  it('loses what is undefined', () => {
    store.apply([['a', 1], ['b', 2]], [], true) // biome-ignore format: pairs
    store.apply([['a', undefined], ['never', undefined]], [], true) // biome-ignore format: pairs
    expect([store.get('a'), store.get('b')]).toEqual([undefined, 2])
  })

  it('is found by prefix, whatever character follows', () => {
    const keys = ['job a', 'job \u{1f600}', 'job \uffff', 'job é', 'joc', 'jo']
    store.apply(keys.map(key => [key, 1] as const), [], true) // biome-ignore format: one line a call
    expect([...store.scan('job ')].map(([key]) => key).sort()).toEqual(keys.slice(0, 4).sort())
  })
})

describe('what a topic has lost', () => {
  const LOG = 'cluster/topic'
  const bounds = (end: number, log: string) => new Map([['one', { low: 0, end, log }]])
  /** The store is level with ten records of a log. */
  beforeEach(() => {
    store.checkpoints(bounds(10, LOG))
    store.apply([['a', 1]], [['one', 10]], true)
  })

  it.each([
    ['nothing, where the log went on', bounds(12, LOG), [], 10],
    ['its end', bounds(9, LOG), ['one'], 0],
    ['everything, when it was made anew', bounds(12, 'cluster/another'), ['one'], 0],
    [
      'nothing, when it is one of another cluster, whose state is not used',
      bounds(12, 'another/topic'),
      [],
      0,
    ],
    ['nothing, when nobody can tell which log it is', bounds(12, '/'), [], 10],
  ])('is %s', (_what, of, losses, checkpoint) => {
    expect(store.losses(of)).toEqual(losses)
    expect([store.checkpoints(of).get('one'), store.get('a')]).toEqual([
      checkpoint,
      checkpoint === 0 ? undefined : 1,
    ])
    expect(store.losses(of)).toEqual([])
  })

  it('is known of a store, too, that is too old to be used', () => {
    nowMs += 100 * HOUR_MS
    expect(store.losses(bounds(9, LOG))).toEqual(['one'])
  })

  it('stays known where it is remembered, while the topic is read again', () => {
    expect(store.rememberLost(bounds(9, LOG))).toEqual(new Map([['one', 0]]))
    store.apply([['b', 2]], [['one', 9]], true)
    expect(store.checkpoints(bounds(9, LOG))).toEqual(new Map([['one', 9]]))
    expect([store.losses(bounds(9, LOG)), store.get('a'), store.get('b')]).toEqual([[], 1, 2])
  })

  it('is gone once it is given up', () => {
    expect(store.knownAtMs).toBe(1_000 * HOUR_MS)
    store.giveUp()
    expect([store.losses(bounds(9, LOG)), store.get('a'), store.knownAtMs]).toEqual([[], undefined, 0])
  })

  it('is nothing for a new store', async () => {
    await store.close()
    store = openPartitionStore(join(directory, 'new'), () => nowMs)
    expect(store.losses(bounds(0, LOG))).toEqual([])
  })
})
