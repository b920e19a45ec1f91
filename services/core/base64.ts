/** Bytes of files that came inside JSON. */

/**
 * RFC 4648 base64, or its URL-safe alphabet, with or without padding, white space ignored; null for anything else.
 * `Buffer.from` alone would drop what it does not know and hand out a damaged file.
 */
export function decodeBase64(text: string): Uint8Array | null {
  return decodeUnbroken(text) ?? decodeCarefully(text)
}

/** Files are megabytes of digits with nothing between them: then as many bytes come out as digits can hold. */
function decodeUnbroken(text: string): Uint8Array | null {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const digits = text.length - padding
  if (digits % 4 === 1 || (padding > 0 && text.length % 4 !== 0)) return null
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === Math.floor((digits * 3) / 4) ? bytes : null
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

export type DocumentType =
  | 'application/pdf'
  | 'application/msword'
  | 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'

const MAGIC: readonly (readonly [DocumentType, readonly number[]])[] = [
  ['application/pdf', [0x25, 0x50, 0x44, 0x46]],
  ['application/msword', [0xd0, 0xcf, 0x11, 0xe0]],
  // Any zip archive: which one it is stands in a directory that we do not read.
  ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', [0x50, 0x4b, 0x03, 0x04]],
]

/** The type that the first bytes show; null for every type that no source announces. */
export const sniffType = (bytes: Uint8Array): DocumentType | null =>
  MAGIC.find(([, magic]) => magic.every((byte, index) => bytes[index] === byte))?.[0] ?? null
