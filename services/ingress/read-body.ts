import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'

export type Body =
  | { readonly type: 'read'; readonly bytes: Buffer }
  /** Announced an encoding that it does not have, or one that we do not know: the bytes as they came. */
  | { readonly type: 'undecodable'; readonly bytes: Buffer; readonly encoding: string }
  /** Longer than the route allows, as declared, as sent or as decoded. Nothing of it is kept. */
  | { readonly type: 'too-large' }
  /** All requests in progress together take more memory than they may. */
  | { readonly type: 'no-room' }
  /** The sender went away. */
  | { readonly type: 'aborted' }

export interface BodyLimits {
  readonly bytesMax: number
  /** Takes so many more bytes of the memory that all requests share; false when there are none left. */
  readonly hold: (bytes: number) => boolean
}

type Decode = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>
const DECODERS: ReadonlyMap<string, Decode> = new Map([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
])

/** Reads a request's body, decoded. Stops at the first byte too many, and leaves the request open for an answer. */
export async function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Body> {
  if (Number(request.headers['content-length'] ?? 0) > limits.bytesMax) return { type: 'too-large' }
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      length += chunk.length
      if (length > limits.bytesMax) return { type: 'too-large' }
      if (!limits.hold(chunk.length)) return { type: 'no-room' }
      chunks.push(chunk)
    }
  } catch {
    return { type: 'aborted' }
  }
  const bytes = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length)
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  return encoding === 'identity' || encoding === ''
    ? { type: 'read', bytes }
    : decodeBody(bytes, encoding, limits)
}

/** Never inflates beyond the limit: a bomb costs what an honest body may cost. */
async function decodeBody(bytes: Buffer, encoding: string, limits: BodyLimits): Promise<Body> {
  const undecodable: Body = { type: 'undecodable', bytes, encoding: encoding.slice(0, 64) }
  const decode = DECODERS.get(encoding)
  if (decode === undefined) return undecodable
  try {
    const decoded = await decode(bytes, { maxOutputLength: limits.bytesMax })
    return limits.hold(decoded.length) ? { type: 'read', bytes: decoded } : { type: 'no-room' }
  } catch (error) {
    const isTooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
    return isTooLarge ? { type: 'too-large' } : undecodable
  }
}
