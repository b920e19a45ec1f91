/** Compressed bodies: undone when they come in, and once more when the dead letter of one that could not be goes back. */
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib'

type Decoder = (bytes: Uint8Array, limit: { readonly maxOutputLength: number }) => Promise<Buffer>
const DECODERS: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
  ['zstd', promisify(zstdDecompress)],
])

export type Decoded =
  | { readonly type: 'decoded'; readonly bytes: Buffer }
  | { readonly type: 'too-large' }
  /** Not in that encoding, or in one that we do not know. */
  | { readonly type: 'undecodable' }

/** Never inflates beyond the limit: a bomb costs what an honest body may cost. */
export async function decode(bytes: Uint8Array, encoding: string, bytesMax: number): Promise<Decoded> {
  const decoder = DECODERS.get(encoding)
  if (decoder === undefined) return { type: 'undecodable' }
  try {
    return { type: 'decoded', bytes: await decoder(bytes, { maxOutputLength: bytesMax }) }
  } catch (error) {
    const isTooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
    return { type: isTooLarge ? 'too-large' : 'undecodable' }
  }
}
