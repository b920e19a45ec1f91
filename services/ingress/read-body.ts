import type { IncomingMessage } from 'node:http'
import { decode } from '../platform/process/content-encoding.ts'
import { watchProgress } from './body-progress.ts'

export type Body =
  | { readonly type: 'read'; readonly bytes: Buffer }
  /** Announced an encoding that it does not have, or one that we do not know: the bytes as they came. */
  | { readonly type: 'undecodable'; readonly bytes: Buffer; readonly encoding: string }
  /** Longer than the route allows, as declared, as sent or as decoded. Nothing of it is kept. */
  | { readonly type: 'too-large' }
  /** All requests in progress together take more memory than they may. */
  | { readonly type: 'no-room' }
  /** What others wait for was held by somebody who hardly sends. */
  | { readonly type: 'too-slow' }
  /** The sender went away. */
  | { readonly type: 'aborted' }

export interface BodyLimits {
  readonly bytesMax: number
  /** Waits for so many bytes of the memory that all requests share; false when there are none in time. */
  readonly reserve: (bytes: number) => Promise<boolean>
  /** Told how many bytes the body really has. */
  readonly keep: (bytes: number) => void
}

/** Reads a request's body, decoded. Stops at the first byte too many, and leaves the request open for an answer. */
export async function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Body> {
  const header = request.headers['content-length']
  const declared = header === undefined ? null : Number(header)
  if (declared !== null && declared > limits.bytesMax) return { type: 'too-large' }
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  const isPlain = encoding === 'identity' || encoding === ''
  // Of a body that does not say how long it is, the most it may be; of a compressed one, what it may become.
  const expected = isPlain ? (declared ?? limits.bytesMax) : limits.bytesMax
  if (!(await limits.reserve(expected))) return { type: 'no-room' }
  const body = await collect(request, declared, limits.bytesMax)
  const decoded = body.type !== 'read' || isPlain ? body : await decodeBody(body.bytes, encoding, limits)
  limits.keep('bytes' in decoded ? decoded.bytes.length : 0)
  return decoded
}

/** Listens to the request rather than iterating over it, which costs several promises a webhook. */
function collect(request: IncomingMessage, declared: number | null, bytesMax: number): Promise<Body> {
  // Whoever went away while waiting for room gives no sign any more.
  if (request.destroyed) return Promise.resolve({ type: 'aborted' })
  return new Promise(resolve => {
    const pieces = new Pieces(declared)
    const progress = watchProgress(
      () => pieces.length,
      declared ?? 0,
      () => {
        request.pause()
        end({ type: 'too-slow' })
      },
    )
    const end = (body: Body): void => {
      progress.end()
      request.off('data', take).off('end', all).off('error', abort).off('close', abort)
      resolve(body)
    }
    const take = (piece: Buffer): void => {
      if (pieces.length + piece.length <= (declared ?? bytesMax)) return pieces.add(piece)
      request.pause()
      end({ type: 'too-large' })
    }
    const all = (): void => end({ type: 'read', bytes: pieces.joined() })
    const abort = (): void => end({ type: 'aborted' })
    request.on('data', take).on('end', all).on('error', abort).on('close', abort)
  })
}

/** What has arrived of a body. A small one comes in one piece, which is used as it is. */
class Pieces {
  length = 0
  private readonly declared: number | null
  private readonly pieces: Buffer[] = []
  private whole: Buffer | null = null

  constructor(declared: number | null) {
    this.declared = declared
  }

  add(piece: Buffer): void {
    if (this.declared === null || piece.length === this.declared) this.pieces.push(piece)
    else {
      // One buffer of the right size: pieces that are joined at the end would take twice the memory.
      this.whole ??= Buffer.allocUnsafeSlow(this.declared)
      piece.copy(this.whole, this.length)
    }
    this.length += piece.length
  }

  joined(): Buffer {
    const [first] = this.pieces
    if (this.whole !== null) return this.whole.subarray(0, this.length)
    return this.pieces.length === 1 && first !== undefined ? first : Buffer.concat(this.pieces, this.length)
  }
}

async function decodeBody(bytes: Buffer, encoding: string, { bytesMax }: BodyLimits): Promise<Body> {
  const decoded = await decode(bytes, encoding, bytesMax)
  if (decoded.type === 'decoded') return { type: 'read', bytes: decoded.bytes }
  return decoded.type === 'too-large'
    ? decoded
    : { type: 'undecodable', bytes, encoding: encoding.slice(0, 64) }
}
