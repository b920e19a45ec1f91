import { beforeEach, describe, expect, it } from 'vitest'
import { keepRunning } from '../../../../infra/local/keep-running.ts'
import type { WatchedPart } from '../../../../infra/local/part.ts'

let said: string[]
let pauses: number[]
let starts: (() => Promise<void>)[]
let started: number
let nowMs: number
let die: (how: string) => void
let pause: (ms: number, signal: AbortSignal) => Promise<unknown>

const part: WatchedPart = {
  pid: 1,
  async start() {
    started++
    await starts.shift()?.()
  },
  stop: async () => {},
  kill: async () => {},
  portFault: async () => null,
  onDeath(listener) {
    die = listener
  },
}
const keep = () =>
  keepRunning(
    { 'the broker': part, 'the registry': null },
    { onEvent: line => said.push(line), nowMs: () => nowMs, pause: (ms, signal) => pause(ms, signal) },
  )

beforeEach(() => {
  said = []
  pauses = []
  starts = []
  started = 0
  nowMs = 0
  pause = async ms => {
    pauses.push(ms)
  }
})

describe('a part that ended by itself', () => {
  it('is named with how it ended, and is started again', async () => {
    const kept = keep()
    die('SIGKILL')
    await kept.stop()
    expect(started).toBe(0)

    const again = keep()
    die('SIGKILL')
    await expect.poll(() => said.at(-1)).toBe('the broker answers again')
    await again.stop()
    expect(said.slice(-2)).toEqual([
      'the broker ended (SIGKILL): starting it again in 0.5 s',
      'the broker answers again',
    ])
    expect(started).toBe(1)
  })

  it('is tried again with growing pauses, and each failure says why', async () => {
    const broken = async () => {
      throw new Error('port 9092 is taken')
    }
    starts = [broken, broken]
    const kept = keep()
    die('code 1')
    await expect.poll(() => said.at(-1)).toBe('the broker answers again')
    await kept.stop()
    expect(pauses).toEqual([500, 1_000, 2_000])
    expect(said.filter(line => line.includes('could not be started (port 9092 is taken)'))).toHaveLength(2)
  })

  it('is started as soon as at first when it has run for a minute', async () => {
    const kept = keep()
    die('code 1')
    await expect.poll(() => said.length).toBe(2)
    nowMs = 59_999
    die('code 1')
    await expect.poll(() => said.length).toBe(4)
    nowMs = 120_000
    die('code 1')
    await expect.poll(() => said.length).toBe(6)
    await kept.stop()
    expect(pauses).toEqual([500, 1_000, 500])
  })
})

describe('the end', () => {
  it('starts nothing any more, even out of a pause', async () => {
    pause = (_ms, signal) => new Promise(resolve => signal.addEventListener('abort', resolve))
    const kept = keep()
    die('SIGTERM')
    await kept.stop()
    expect(started).toBe(0)
  })

  it('waits for what is being started, so that it can be stopped', async () => {
    const answers = Promise.withResolvers<void>()
    starts = [() => answers.promise]
    const kept = keep()
    die('SIGTERM')
    await expect.poll(() => started).toBe(1)
    let isOver = false
    const over = kept.stop().then(() => {
      isOver = true
    })
    await Promise.resolve()
    expect(isOver).toBe(false)
    answers.resolve()
    await over
  })
})
