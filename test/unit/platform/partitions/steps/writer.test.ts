import type { Producer } from 'kafkajs'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { InputCursor } from '../../../../../services/platform/partitions/input-cursor.ts'
import { Steps } from '../../../../../services/platform/partitions/steps/steps.ts'
import { StepWriter } from '../../../../../services/platform/partitions/steps/writer.ts'
import { WriteBehind } from '../../../../../services/platform/partitions/write-behind.ts'

/** As much as one step takes. */
const FULL = 500

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A writer that has committed its first step, and when it began each step after that, in milliseconds. */
async function started({ ahead }: { readonly ahead: number }) {
  const begun: number[] = []
  const stored: number[] = []
  const cursor = new InputCursor('input', 0, null, 0)
  const behind = new WriteBehind({
    get: () => undefined,
    scan: () => [],
    apply: () => stored.push(performance.now() - from),
  })
  const steps = new Steps<never>(0, [], behind, new Map())
  const isLive = () => live
  let live = true
  const writer = new StepWriter<never>({
    ...{ steps, behind, isLive, group: 'group', partition: 0, tables: [] },
    cursors: new Map([['input', cursor]]),
    limitOf: () => 1_000_000,
    committed: () => undefined,
    producer: {
      transaction: async () => {
        begun.push(performance.now() - from)
        return {
          sendBatch: async () => [],
          sendOffsets: async () => undefined,
          commit: async () => undefined,
        }
      },
    } as unknown as Producer,
  })
  const decide = (count: number) => {
    for (let each = 0; each < count; each++) {
      const outcome = { name: 'skipped', source: 's', tenant: 't', reason: 'r' } as const
      steps.add(writer.open(), { outcome, outputs: [], effects: [] })
      cursor.arrive(cursor.fetched, null, () => 'skipped')
      writer.wake()
    }
    cursor.end = cursor.fetched + ahead
  }
  let from = 0
  const ended = writer.run()
  decide(1)
  await vi.advanceTimersByTimeAsync(1)
  from = performance.now()
  begun.length = 0
  const stop = async () => {
    live = false
    writer.stop()
    await ended
  }
  return { decide, begun, stored, writer, stop }
}

it('keeps its pace while it reads what comes', async () => {
  const { decide, begun, stop } = await started({ ahead: FULL - 1 })
  decide(1)
  await vi.advanceTimersByTimeAsync(39)
  expect(begun).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(begun).toEqual([40])
  await stop()
})

it('waits longer for a full step while there is more to read than one takes', async () => {
  const { decide, begun, stop } = await started({ ahead: FULL })
  decide(1)
  await vi.advanceTimersByTimeAsync(249)
  expect(begun).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(begun).toEqual([250])
  await stop()
})

it('does not wait any longer once the step is full', async () => {
  const { decide, begun, stop } = await started({ ahead: FULL })
  decide(1)
  await vi.advanceTimersByTimeAsync(10)
  decide(FULL - 2)
  await vi.advanceTimersByTimeAsync(10)
  expect(begun).toEqual([])
  decide(1)
  await vi.advanceTimersByTimeAsync(0)
  expect(begun).toEqual([20])
  await stop()
})

it('ends at once while it waits', async () => {
  const { decide, begun, stop } = await started({ ahead: FULL })
  decide(1)
  await vi.advanceTimersByTimeAsync(10)
  await stop()
  expect(begun).toEqual([])
})
