import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readBody } from '../../../services/ingress/read-body.ts'

const KIB = 1024

/** Reads a body that arrives in `chunks`, and tells how many of them were taken. */
async function read(
  chunks: readonly Buffer[],
  headers: Record<string, string> = {},
  held = Number.MAX_SAFE_INTEGER,
) {
  let taken = 0
  function* arriving() {
    for (const chunk of chunks) {
      taken++
      yield chunk
    }
  }
  const stream = Readable.from(arriving(), { highWaterMark: 1, objectMode: true })
  const request = Object.assign(stream, { headers }) as unknown as IncomingMessage
  const asked: number[] = []
  let kept: number | null = null
  const body = await readBody(request, {
    bytesMax: KIB,
    async reserve(bytes) {
      asked.push(bytes)
      return bytes <= held
    },
    keep(bytes) {
      kept = bytes
    },
  })
  return { body, taken, isDestroyed: stream.destroyed, asked, kept }
}
const chunk = (size: number) => Buffer.alloc(size, 'x')

describe('readBody', () => {
  it.each([
    ['nothing', []],
    ['one chunk of the limit', [chunk(KIB)]],
    ['chunks that add up to the limit', [chunk(KIB - 1), chunk(1)]],
  ])('reads %s', async (_name, chunks) => {
    expect((await read(chunks)).body).toEqual({ type: 'read', bytes: Buffer.concat(chunks) })
  })

  it.each([
    ['one piece', [chunk(KIB)]],
    ['several pieces', [chunk(KIB / 2), chunk(KIB / 4), chunk(KIB / 4)]],
  ])('reads what was declared from %s', async (_name, chunks) => {
    const { body } = await read(chunks, { 'content-length': String(KIB) })
    expect(body).toEqual({ type: 'read', bytes: chunk(KIB) })
  })

  it('does not wait for a sender who went away before there was room', async () => {
    const request = Object.assign(new Readable({ read() {} }), { headers: {} }) as unknown as IncomingMessage
    const reserve = async () => {
      request.destroy()
      await once(request, 'close')
      return true
    }
    expect(await readBody(request, { bytesMax: KIB, reserve, keep() {} })).toEqual({ type: 'aborted' })
  })

  it('refuses a declared length above the limit without reading', async () => {
    const { body, taken } = await read([chunk(1)], { 'content-length': String(KIB + 1) })
    expect([body.type, taken]).toEqual(['too-large', 0])
  })

  it('stops at the first byte too many and leaves the request open for the answer', async () => {
    const { body, taken, isDestroyed } = await read(Array.from({ length: 50 }, () => chunk(KIB / 4)))
    expect([body.type, isDestroyed]).toEqual(['too-large', false])
    expect(taken).toBeLessThan(10)
  })

  it.each([
    ['gzip', gzipSync('hello')],
    ['x-gzip', gzipSync('hello')],
    ['GZIP', gzipSync('hello')],
    ['deflate', deflateSync('hello')],
    ['br', brotliCompressSync('hello')],
    ['identity', Buffer.from('hello')],
  ])('decodes %s', async (encoding, bytes) => {
    const { body } = await read([bytes], { 'content-encoding': encoding })
    expect(body).toEqual({ type: 'read', bytes: Buffer.from('hello') })
  })

  it.each([
    ['fills the limit', KIB, 'read'],
    ['is one byte larger than the limit', KIB + 1, 'too-large'],
    ['is a bomb', KIB * KIB, 'too-large'],
  ])('judges a compressed body that %s by what it inflates to', async (_name, size, type) => {
    const bytes = brotliCompressSync(chunk(size))
    expect((await read([bytes], { 'content-encoding': 'br' })).body.type).toBe(type)
  })

  it.each([
    ['an encoding that the body does not have', 'gzip'],
    ['an encoding that we do not know', 'compress'],
  ])('hands over the bytes as they came with %s', async (_name, encoding) => {
    const { body } = await read([Buffer.from('hello')], { 'content-encoding': encoding })
    expect(body).toEqual({ type: 'undecodable', bytes: Buffer.from('hello'), encoding })
  })

  it.each([
    ['the declared length', chunk(100), { 'content-length': '100' }, 100, 100],
    ['the limit when no length is declared', chunk(100), {}, KIB, 100],
    [
      'the limit, which it may become, when it is compressed',
      gzipSync(chunk(100)),
      { 'content-length': String(gzipSync(chunk(100)).length), 'content-encoding': 'gzip' },
      KIB,
      100,
    ],
  ])(
    'asks for memory before it reads: %s, and keeps what it needs',
    async (_name, bytes, headers, ask, keep) => {
      const { asked, kept } = await read([bytes], headers as Record<string, string>)
      expect([asked, kept]).toEqual([[ask], keep])
    },
  )

  it('reads nothing when there is no memory for it', async () => {
    const { body, taken } = await read([chunk(100)], {}, 50)
    expect([body, taken]).toEqual([{ type: 'no-room' }, 0])
  })

  it('never reads more than was declared', async () => {
    expect((await read([chunk(60), chunk(60)], { 'content-length': '100' })).body.type).toBe('too-large')
  })
})
