/** Bytes of files that came inside JSON. */

/** How long the head of a `data:` URI may be: a media type with parameters. */
const DATA_URI_HEAD_MAX = 256
const DATA_URI_HEAD = /^\s*data:[^,]*;\s*base64\s*,/i

/** Where the base64 of a `data:` URI (RFC 2397) begins; 0 in any other text. */
export const startInDataUri = (head: string): number =>
  DATA_URI_HEAD.exec(head.slice(0, DATA_URI_HEAD_MAX))?.[0].length ?? 0

/**
 * The bytes that a field for a file holds: base64, alone or in a `data:` URI, where percent signs may stand for digits.
 * Null for anything else.
 */
export function decodeFileText(text: string): Uint8Array | null {
  const start = startInDataUri(text)
  const digits = start === 0 ? text : text.slice(start)
  return decodeBase64(digits) ?? (start === 0 ? null : decodeBase64(withoutPercents(digits)))
}

/** The digits that a URI escapes. */
const withoutPercents = (digits: string): string =>
  digits.replace(/%(2b|2f|3d|0d|0a|20)/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

/**
 * RFC 4648 base64, or its URL-safe alphabet, with or without padding, white space ignored; null for anything else.
 * `Buffer.from` alone would drop what it does not know and hand out a damaged file.
 */
export function decodeBase64(text: string): Uint8Array | null {
  return decodeUnbroken(text) ?? decodeCarefully(text)
}

/** Files are megabytes of digits with nothing between them: then as many bytes come out as digits can hold. */
function decodeUnbroken(text: string): Uint8Array | null {
  const length = decodedLength(text.length, text.slice(-PADDING_MAX))
  const bytes = length === null ? null : Buffer.from(text, 'base64')
  return bytes?.length === length ? bytes : null
}

/** Characters: a multiple of four, which are three bytes. */
const PIECE = 64 * 1024

/**
 * Base64 with nothing between its digits, from the bytes of a text; null for anything else. Piece by piece: to make a
 * string of megabytes takes five times as long as to decode it.
 */
export function decodeUnbrokenBytes(text: Buffer): Uint8Array | null {
  const length = decodedLength(text.length, text.toString('latin1', text.length - PADDING_MAX))
  if (length === null) return null
  const bytes = Buffer.allocUnsafeSlow(length)
  let written = 0
  for (let at = 0; at < text.length; at += PIECE) {
    const expected = Math.min((PIECE / 4) * 3, length - written)
    if (bytes.write(text.toString('latin1', at, at + PIECE), written, 'base64') !== expected) return null
    written += expected
  }
  return bytes
}

const PADDING_MAX = 2

/** Bytes that so many characters stand for, of which `end` are the last; null when they are no base64. */
function decodedLength(length: number, end: string): number | null {
  const padding = end.endsWith('==') ? 2 : end.endsWith('=') ? 1 : 0
  const digits = length - padding
  if (digits % 4 === 1 || (padding > 0 && length % 4 !== 0)) return null
  return Math.floor((digits * 3) / 4)
}

function decodeCarefully(text: string): Uint8Array | null {
  // Tests a negated class, because a greedy one over a body of megabytes fills the backtracking stack.
  if (/[^A-Za-z0-9+/_=\s-]/.test(text)) return null
  const compact = text.replace(/\s+/g, '')
  const digits = compact.replace(/={1,2}$/, '')
  if (digits.includes('=') || digits.length % 4 === 1) return null
  if (digits.length < compact.length && compact.length % 4 !== 0) return null
  return Buffer.from(digits, 'base64')
}
