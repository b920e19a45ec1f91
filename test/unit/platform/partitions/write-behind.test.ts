import { expect, it } from 'vitest'
import type { StoreEntry } from '../../../../services/platform/partitions/processor.ts'
import { WriteBehind } from '../../../../services/platform/partitions/write-behind.ts'

function writeBehind(stored: readonly StoreEntry[] = []) {
  const applied: unknown[] = []
  const known = new Map(stored)
  const behind = new WriteBehind({
    get: key => known.get(key),
    *scan(prefix) {
      for (const entry of known) if (entry[0].startsWith(prefix)) yield entry
    },
    apply(entries, checkpoints, isComplete) {
      const all = [...entries]
      for (const [key, value] of all) value === undefined ? known.delete(key) : known.set(key, value)
      applied.push([all, [...checkpoints], isComplete])
    },
  })
  return { behind, applied }
}

it('stores together, the newest entry of a key and the newest checkpoint of a topic', () => {
  const { behind, applied } = writeBehind()
  // biome-ignore format: entries as pairs
  const all: StoreEntry[][] = [[['a', 1], ['b', 1]], [['a', 2]], [['b', undefined]]]
  for (const [index, entries] of all.entries()) behind.add(entries, [['one', index]], 0)
  behind.add([], [['two', 7]], 0)
  expect(applied).toEqual([])
  behind.store(false)
  // biome-ignore format: entries and checkpoints as pairs
  expect(applied).toEqual([[[['a', 2], ['b', undefined]], [['one', 2], ['two', 7]], false]])
})

it('is due a fifth of a second after the first entry, however many follow', () => {
  const { behind } = writeBehind()
  expect(behind.dueMs).toBe(Number.POSITIVE_INFINITY)
  for (const nowMs of [1_000, 1_100, 1_199]) behind.add([['a', nowMs]], [], nowMs)
  expect(behind.dueMs).toBe(1_200)
  behind.store(true)
  expect(behind.dueMs).toBe(Number.POSITIVE_INFINITY)
  behind.add([], [['one', 1]], 2_000)
  expect(behind.dueMs).toBe(2_200)
})

it('is due at once when it has many entries', () => {
  const { behind } = writeBehind()
  for (let key = 0; key < 500; key++) behind.add([[String(key), key]], [], 1_000)
  expect(behind.dueMs).toBeLessThan(0)
})

it('writes nothing when nothing waits', () => {
  const { behind, applied } = writeBehind()
  behind.store(true)
  behind.add([['a', 1]], [], 0)
  behind.store(true)
  behind.store(true)
  expect(applied).toHaveLength(1)
})

it('shows what the store will hold', () => {
  const { behind } = writeBehind([
    ['a', 'old'],
    ['b', 'old'],
    ['c', 'old'],
  ])
  const shown = () => [['a', 'b', 'c', 'd'].map(key => behind.get(key)), new Map(behind.scan(''))]
  behind.add(
    [
      ['a', 'new'],
      ['b', undefined],
      ['d', 'new'],
    ],
    [],
    0,
  )
  const waiting = shown()
  expect(waiting).toEqual([
    ['new', undefined, 'old', 'new'],
    new Map([
      ['a', 'new'],
      ['c', 'old'],
      ['d', 'new'],
    ]),
  ])
  behind.store(true)
  expect(shown()).toEqual(waiting)
})

it('shows nothing twice to whoever walks through it while more comes and goes into the store', () => {
  const { behind } = writeBehind([
    ['a', 'old'],
    ['b', 'old'],
  ])
  behind.add([['c', 'new']], [], 0)
  const keys: string[] = []
  for (const [key] of behind.scan('')) {
    if (keys.length === 0) behind.add([['a', 'newer']], [], 0)
    if (keys.length === 1) behind.store(true)
    keys.push(key)
  }
  expect(keys.toSorted()).toEqual(['a', 'b', 'c'])
})
