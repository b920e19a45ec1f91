/** Text in other character sets than UTF-8, which is what everything further on reads. */
import { isUtf8 } from 'node:buffer'

const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]+)/i
const UTF_8 = /^utf-?8$/i
/** Of which UTF-8 is more; decoders would take it for the set of Windows. */
const ASCII = /^(?:us-)?ascii$/i

/**
 * The body in UTF-8: the same bytes, but for a body that says it is in another character set, by its byte order mark or
 * else by its content type. Null when it is not in that. A name that nobody knows is taken for UTF-8, which most bodies
 * are in.
 */
export function inUtf8(body: Uint8Array, contentType: string): Uint8Array | null {
  const declared = charsetByMark(body) ?? CHARSET.exec(contentType)?.[1]
  if (declared === undefined || UTF_8.test(declared) || (ASCII.test(declared) && isUtf8(body))) return body
  const decoder = decoderOf(declared)
  if (decoder === null) return body
  try {
    return new TextEncoder().encode(decoder.decode(body))
  } catch {
    return null
  }
}

function charsetByMark(body: Uint8Array): string | null {
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) return 'utf-8'
  if (body[0] === 0xff && body[1] === 0xfe) return 'utf-16le'
  return body[0] === 0xfe && body[1] === 0xff ? 'utf-16be' : null
}

function decoderOf(name: string): InstanceType<typeof TextDecoder> | null {
  try {
    return new TextDecoder(name, { fatal: true })
  } catch {
    return null
  }
}
