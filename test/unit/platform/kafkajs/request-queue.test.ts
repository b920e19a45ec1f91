import { createRequire } from 'node:module'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import '../../../../services/platform/kafkajs/kafkajs.ts'

const require = createRequire(import.meta.url)
const inside = (path: string) => require(`kafkajs/src/${path}`)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** kafkajs's queue of one connection, with at most one request on its way. */
function oneAtATime() {
  const sent: number[] = []
  const RequestQueue = inside('network/requestQueue')
  const logger = { debug() {}, warn() {} }
  const queue = new RequestQueue({
    maxInFlightRequests: 1,
    requestTimeout: 1_000,
    clientId: 'c',
    broker: 'b',
    logger,
  })
  const ask = (correlationId: number) =>
    queue.push({
      entry: { correlationId, resolve: () => undefined, reject: () => undefined },
      expectResponse: true,
      sendRequest: () => sent.push(correlationId),
    })
  const answer = (correlationId: number) => queue.fulfillRequest({ correlationId, payload: null, size: 0 })
  return { queue, sent, ask, answer }
}

it('sets no timer when nothing waits', () => {
  const { ask, answer } = oneAtATime()
  ask(1)
  answer(1)
  expect(vi.getTimerCount()).toBe(0)
})

it('sends what waits when the request before it is answered, and then rests', () => {
  const { ask, answer, sent } = oneAtATime()
  ask(1)
  ask(2)
  answer(1)
  expect(sent).toEqual([1, 2])
  answer(2)
  vi.advanceTimersByTime(100)
  expect(vi.getTimerCount()).toBe(0)
})

it('sends what waits when the broker wanted a pause, and not before', () => {
  const { queue, ask, sent } = oneAtATime()
  queue.maybeThrottle(500)
  ask(1)
  vi.advanceTimersByTime(499)
  expect(sent).toEqual([])
  vi.advanceTimersByTime(1)
  expect(sent).toEqual([1])
  vi.advanceTimersByTime(100)
  expect(vi.getTimerCount()).toBe(0)
})
