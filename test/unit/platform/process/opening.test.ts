import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ConfigError, UnreachableError } from '../../../../services/platform/process/config.ts'
import { keepOnce } from '../../../../services/platform/process/kept-files.ts'
import { createLogger } from '../../../../services/platform/process/logger.ts'
import { createMetrics } from '../../../../services/platform/process/metrics.ts'
import { type Opening, openHealth } from '../../../../services/platform/process/opening.ts'

let lines: string[]
let close: () => Promise<void> | void
let opening: Opening
let faults: ReadonlyMap<string, string>
beforeEach(async () => {
  lines = []
  faults = new Map()
  const log = {
    ...createLogger('test', 'silent'),
    warn: (_fields: object, text: string) => void lines.push(text),
  }
  opening = await openHealth({
    ...{ name: 'sample', metrics: createMetrics(), host: '127.0.0.1', port: 0, portVariable: 'PORT' },
    // Cast: of its logger, a line's two arguments are used.
    run: {
      env: {},
      files: { keep: keepOnce, onChange: () => {}, faults: () => faults },
      log: log as unknown as ReturnType<typeof createLogger>,
      onClose: (_name, end) => {
        close = end
      },
    },
  })
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
})
afterEach(async () => {
  vi.useRealTimers()
  await close()
})

async function ask(path: string) {
  const response = await fetch(`http://127.0.0.1:${opening.port}${path}?verbose`)
  return [response.status, await response.json()]
}
const waiting = (detail: string) => [503, { ok: false, checks: { started: { ok: false, detail } } }]

it('answers from the beginning, says after half a second and then every 10 s what it waits for, and goes on when that answers', async () => {
  const registry = Promise.withResolvers<string>()
  const answered = opening.waitFor('the registry', () => registry.promise)
  expect(await ask('/livez')).toEqual([200, { ok: true, checks: {} }])
  expect(await ask('/readyz')).toEqual(waiting('waits for the registry'))
  vi.advanceTimersByTime(499)
  expect(lines).toEqual([])
  vi.advanceTimersByTime(1)
  expect(lines).toEqual(['Waits for the registry.'])
  vi.advanceTimersByTime(29_500)
  expect(lines).toEqual(Array.from({ length: 3 }, () => 'Waits for the registry.'))
  registry.resolve('here')
  expect(await answered).toBe('here')
  opening.opened({ live: { moves: () => ({ ok: false, detail: 'stands' }) }, ready: {} })
  expect(await ask('/livez')).toEqual([
    503,
    { ok: false, checks: { moves: { ok: false, detail: 'stands' } } },
  ])
})

it('asks again when nobody answered, and shows why', async () => {
  const replies = [new UnreachableError('no broker answers'), null]
  const answered = opening.waitFor('Kafka', async () => {
    const error = replies.shift()
    if (error) throw error
    return replies.length
  })
  expect(await ask('/readyz')).toEqual(waiting('waits for Kafka: no broker answers'))
  expect(lines).toEqual(['Waits for Kafka: no broker answers.'])
  expect(await answered).toBe(0)
})

it('does not wait for what waiting cannot mend', async () => {
  const failed = opening.waitFor('Kafka', async () => {
    throw new ConfigError('no topic')
  })
  await expect(failed).rejects.toThrow('no topic')
})

it('tells of a file that cannot be used, and stays green', async () => {
  opening.opened({ live: {}, ready: {} })
  faults = new Map([['connections', 'connections cannot be used:\n  line 3']])
  expect(await ask('/readyz')).toEqual([
    200,
    {
      ok: true,
      checks: {
        files: { ok: true, detail: 'what was read before counts: connections cannot be used: line 3' },
      },
    },
  ])
})
