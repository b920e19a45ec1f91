import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decode } from '../../../../services/platform/process/content-encoding.ts'

describe('a body in an encoding', () => {
  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ])('%s is decoded, up to the limit', async (encoding, compress) => {
    const bytes = Buffer.alloc(1_000, 'a')
    expect(await decode(compress(bytes), encoding, 1_000)).toEqual({ type: 'decoded', bytes })
    expect(await decode(compress(bytes), encoding, 999)).toEqual({ type: 'too-large' })
  })

  it.each(['gzip', 'br', 'UTF-8', 'constructor'])(
    '%s that it does not have, or that nobody knows',
    async encoding => {
      expect(await decode(Buffer.from('[]'), encoding, 1_000)).toEqual({ type: 'undecodable' })
    },
  )
})
