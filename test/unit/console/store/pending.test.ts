import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Pending } from '../../../../services/console/store/pending.ts'
import type { StagedRow } from '../../../../services/console/store/staged.ts'
import type { Batch } from '../../../../services/console/store/writer.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const STEP_MS = 10
const neverFails = (error: unknown) => {
  throw error
}
const ROW = { table: 'status', row: {} } as unknown as StagedRow
const rowsOf = (count: number) => Array.from({ length: count }, () => ROW)
const at = (next: number) => ({ topic: 'pulsifi.score.v1', partition: 0, next })

/** When each batch began to be written. */
async function beginnings(tookMs: number): Promise<readonly number[]> {
  const begun: number[] = []
  const write = () => {
    begun.push(performance.now())
    return new Promise<void>(resolve => setTimeout(resolve, tookMs))
  }
  const pending = new Pending(write, neverFails)
  for (let ms = 0; ms < 5_000; ms += STEP_MS) {
    await pending.add([], at(ms))
    await vi.advanceTimersByTimeAsync(STEP_MS)
  }
  return begun
}

it.each([
  ['a quarter of a second where commits are fast', 10, 250],
  ['four times as long as the last one took', 150, 600],
  ['no longer than two seconds', 900, 2_000],
])('waits between two commits: %s', async (_, tookMs, pauseMs) => {
  const [first = 0, second = 0] = await beginnings(tookMs)
  expect(second - first).toBe(tookMs + pauseMs)
})

it('writes what comes in the meantime together, up to the newest position', async () => {
  const batches: Batch[] = []
  const pending = new Pending(async batch => void batches.push(batch), neverFails)
  for (const next of [1, 2, 3]) await pending.add([], at(next))
  const stopped = pending.stop()
  await vi.runAllTimersAsync()
  await stopped
  expect(batches.map(({ positions }) => positions)).toEqual([[at(1)], [at(3)]])
})

it('does not wait while so much has come that whoever reads would wait', async () => {
  const written: number[] = []
  const write = async ({ rows }: Batch) => {
    written.push(rows.get('status')?.length ?? 0)
    await new Promise(resolve => setTimeout(resolve, 500))
  }
  const pending = new Pending(write, neverFails)
  await pending.add(rowsOf(1), at(1))
  await vi.advanceTimersByTimeAsync(600)
  await pending.add(rowsOf(30_000), at(2))
  await vi.advanceTimersByTimeAsync(100)
  expect(written).toEqual([1])
  await pending.add(rowsOf(1), at(3))
  await vi.advanceTimersByTimeAsync(0)
  expect(written).toEqual([1, 30_001])
})

it('lets whoever waits for room go on as soon as all is written', async () => {
  const write = () => new Promise<void>(resolve => setTimeout(resolve, 500))
  const pending = new Pending(write, neverFails)
  const startedMs = performance.now()
  await pending.add([], at(1))
  const added = pending.add(rowsOf(60_001), at(2)).then(() => performance.now() - startedMs)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(await added).toBe(1_000)
})

it('stops without waiting until the pause is over', async () => {
  const pending = new Pending(async () => {}, neverFails)
  await pending.add([], at(1))
  await vi.advanceTimersByTimeAsync(10)
  await pending.stop()
})
