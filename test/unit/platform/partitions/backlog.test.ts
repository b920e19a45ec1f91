import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { Backlog } from '../../../../services/platform/partitions/backlog.ts'
import { eventually } from '../../../support/partition-eventually.ts'

function backlogOf() {
  const decided: number[] = []
  const standing = { isFull: false, isLive: true }
  const backlog = new Backlog<number>({
    decide: input => {
      decided.push(input)
      // As a decision does that takes its time.
      for (const endMs = performance.now() + 5; performance.now() < endMs; );
    },
    isFull: () => standing.isFull,
    isLive: () => standing.isLive,
  })
  return { decided, standing, backlog }
}
const numbers = (count: number) => Array.from({ length: count }, (_, at) => at)

it('decides in slices, in order, and lets others come in between', async () => {
  const { decided, backlog } = backlogOf()
  backlog.add(numbers(20))
  backlog.add([100])
  expect(decided).toEqual([])
  const seen = new Set<number>()
  while (decided.length < 21) {
    await nextTurn()
    seen.add(decided.length)
  }
  expect(decided).toEqual([...numbers(20), 100])
  // At 5 ms each, a slice of 20 ms has a handful.
  expect(Math.max(...[...seen].map((at, index, all) => at - (all[index - 1] ?? 0)))).toBeLessThanOrEqual(6)
})

it('draws an input only when its turn has come', async () => {
  const { decided, standing, backlog } = backlogOf()
  let drawn = 0
  backlog.add(
    (function* () {
      for (const at of numbers(30)) {
        drawn++
        if (at === 3) standing.isFull = true
        yield at
      }
    })(),
  )
  await eventually('the backlog to be full', () => standing.isFull)
  await nextTurn()
  expect([drawn, decided.length]).toEqual([4, 4])
  standing.isFull = false
  backlog.goOn()
  await eventually('the rest', () => decided.length === 30)
})

it('decides nothing more once the tenure is over', async () => {
  const { decided, standing, backlog } = backlogOf()
  backlog.add(numbers(30))
  await eventually('a slice', () => decided.length > 0)
  standing.isLive = false
  const before = decided.length
  backlog.goOn()
  for (let turn = 0; turn < 5; turn++) await nextTurn()
  expect(decided.length).toBe(before)
})
