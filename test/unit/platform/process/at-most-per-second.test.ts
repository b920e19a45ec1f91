import { expect, it, vi } from 'vitest'
import { createSample } from '../../../../services/platform/process/at-most-per-second.ts'

it('says the first of many at once, then one in a while with how many there were', () => {
  vi.useFakeTimers()
  try {
    const said: number[] = []
    const sample = createSample(1_000, 2)
    const happen = (times: number) => {
      for (let n = 0; n < times; n++) sample(count => void said.push(count))
    }
    happen(100)
    expect(said).toEqual([1, 1])
    vi.advanceTimersByTime(1_000)
    happen(3)
    expect(said).toEqual([1, 1, 99])
  } finally {
    vi.useRealTimers()
  }
})
