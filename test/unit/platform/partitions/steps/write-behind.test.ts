import { expect, it } from 'vitest'
import type { Step } from '../../../../../services/platform/partitions/steps/steps.ts'
import { WriteBehind } from '../../../../../services/platform/partitions/steps/write-behind.ts'

const stepOf = (...entries: readonly (readonly [string, unknown])[]): Step<never> => ({
  ...{ sinceMs: 0, size: 1, bytes: 0, records: new Map(), outcomes: [], effects: [], closed: true },
  entries: new Map(entries),
})

function writeBehind() {
  const applied: unknown[] = []
  const stored: Step<never>[] = []
  const behind = new WriteBehind<never>(
    { stored: step => stored.push(step) },
    {
      apply: (entries, checkpoints, isComplete) => applied.push([[...entries], [...checkpoints], isComplete]),
    },
  )
  return { behind, applied, stored }
}

it('stores steps together, the newest entry of a key and the newest checkpoint of a topic', () => {
  const { behind, applied, stored } = writeBehind()
  const steps = [stepOf(['a', 1], ['b', 1]), stepOf(['a', 2]), stepOf(['b', undefined])]
  for (const [index, step] of steps.entries()) behind.add(step, [['one', index]], 0)
  behind.add(stepOf(), [['two', 7]], 0)
  expect(applied).toEqual([])
  behind.store()
  // biome-ignore format: entries and checkpoints as pairs
  expect(applied).toEqual([[[['a', 2], ['b', undefined]], [['one', 2], ['two', 7]], true]])
  expect(stored.slice(0, 3)).toEqual(steps)
})

it('is due a fifth of a second after the first step, however many follow', () => {
  const { behind } = writeBehind()
  expect(behind.dueMs).toBe(Number.POSITIVE_INFINITY)
  for (const nowMs of [1_000, 1_100, 1_199]) behind.add(stepOf(['a', nowMs]), [], nowMs)
  expect(behind.dueMs).toBe(1_200)
  behind.store()
  expect(behind.dueMs).toBe(Number.POSITIVE_INFINITY)
  behind.add(stepOf(), [['one', 1]], 2_000)
  expect(behind.dueMs).toBe(2_200)
})

it('is due at once when it has many entries', () => {
  const { behind } = writeBehind()
  for (let key = 0; key < 500; key++) behind.add(stepOf([String(key), key]), [], 1_000)
  expect(behind.dueMs).toBeLessThan(0)
})
