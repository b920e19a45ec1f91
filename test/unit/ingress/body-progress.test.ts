import type { IncomingMessage } from 'node:http'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { readBody } from '../../../services/ingress/read-body.ts'

const KIB = 1024
const MIB = 1024 * KIB

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** A body of this length of which so many bytes come each second. */
async function drip(length: number, bytesASecond: number, seconds: number) {
  const stream = new PassThrough({ highWaterMark: MIB })
  const request = Object.assign(stream, {
    headers: { 'content-length': String(length) },
  }) as unknown as IncomingMessage
  let kept: number | null = null
  let endedAfter: number | null = null
  let second = 0
  const reading = readBody(request, {
    bytesMax: 30 * MIB,
    reserve: async () => true,
    keep(bytes) {
      kept = bytes
    },
  }).then(body => {
    endedAfter = second
    return body
  })
  for (let sent = 0; second < seconds && endedAfter === null; second++) {
    const piece = Math.min(bytesASecond, length - sent)
    if (piece > 0) stream.write(Buffer.alloc(piece))
    sent += piece
    if (sent === length) stream.end()
    await new Promise(resolve => setImmediate(resolve))
    await vi.advanceTimersByTimeAsync(1_000)
  }
  const body = endedAfter === null ? null : await reading
  return { type: body?.type ?? 'reading', endedAfter, kept }
}

it.each([
  ['a byte a second', 1_000_000, 1],
  ['large, and at a pace that never ends', 30 * MIB, 100 * KIB],
])('is given up within ten seconds, and its room given back: %s', async (_what, length, bytesASecond) => {
  const { type, endedAfter, kept } = await drip(length, bytesASecond, 60)
  expect([type, kept]).toEqual(['too-slow', 0])
  expect(endedAfter).toBeLessThanOrEqual(10)
})

it.each([
  ['a slow line', 100 * KIB, 2 * KIB],
  ['large, and just fast enough', 30 * MIB, 520 * KIB],
])('is read to its end while it keeps coming: %s', async (_what, length, bytesASecond) => {
  expect(await drip(length, bytesASecond, 120)).toMatchObject({ type: 'read', kept: length })
})

it('is given up when it stops midway', async () => {
  const { type, endedAfter } = await drip(64 * KIB, 0, 60)
  expect([type, endedAfter]).toEqual(['too-slow', 9])
})

it('is not blamed for what held this process up', async () => {
  const stream = new PassThrough()
  const request = Object.assign(stream, { headers: {} }) as unknown as IncomingMessage
  const body = readBody(request, { bytesMax: MIB, reserve: async () => true, keep() {} })
  await new Promise(resolve => setImmediate(resolve))
  const now = performance.now.bind(performance)
  vi.spyOn(performance, 'now').mockImplementation(() => now() + 5_000)
  await vi.advanceTimersByTimeAsync(10_000)
  stream.end('late')
  expect(await body).toMatchObject({ type: 'read' })
})
