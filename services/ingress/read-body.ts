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
  /** Waits for so many bytes of the memory that all requests share; false when there are none in time. */
  readonly reserve: (bytes: number) => Promise<boolean>
  /** Told how many bytes the body really has. */
  readonly keep: (bytes: number) => void
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
  const header = request.headers['content-length']
  const declared = header === undefined ? null : Number(header)
  if (declared !== null && declared > limits.bytesMax) return { type: 'too-large' }
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  const isPlain = encoding === 'identity' || encoding === ''
  // Of a body that does not say how long it is, the most it may be.
  const expected = (declared ?? limits.bytesMax) + (isPlain ? 0 : limits.bytesMax)
  if (!(await limits.reserve(expected))) return { type: 'no-room' }
  const body = await collect(request, declared, limits.bytesMax)
  const decoded = body.type !== 'read' || isPlain ? body : await decodeBody(body.bytes, encoding, limits)
  limits.keep('bytes' in decoded ? decoded.bytes.length : 0)
  return decoded
}

async function collect(request: IncomingMessage, declared: number | null, bytesMax: number): Promise<Body> {
  // One buffer of the right size: pieces that are joined at the end would take twice the memory.
  const whole = declared === null ? null : Buffer.allocUnsafeSlow(declared)
  const pieces: Buffer[] = []
  let length = 0
  try {
    for await (const piece of request.iterator({ destroyOnReturn: false })) {
      if (length + piece.length > (declared ?? bytesMax)) return { type: 'too-large' }
      if (whole === null) pieces.push(piece)
      else piece.copy(whole, length)
      length += piece.length
    }
  } catch {
    return { type: 'aborted' }
  }
  return { type: 'read', bytes: whole === null ? Buffer.concat(pieces, length) : whole.subarray(0, length) }
}

/** Never inflates beyond the limit: a bomb costs what an honest body may cost. */
async function decodeBody(bytes: Buffer, encoding: string, { bytesMax }: BodyLimits): Promise<Body> {
  const undecodable: Body = { type: 'undecodable', bytes, encoding: encoding.slice(0, 64) }
  const decode = DECODERS.get(encoding)
  if (decode === undefined) return undecodable
  try {
    return { type: 'read', bytes: await decode(bytes, { maxOutputLength: bytesMax }) }
  } catch (error) {
    const isTooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
    return isTooLarge ? { type: 'too-large' } : undecodable
  }
}
