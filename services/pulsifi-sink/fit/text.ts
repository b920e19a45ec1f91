/** Making a text fit a length. Only for words that people read: identifiers are hashed, never cut. */

/** Share of the limit that a cut at a word boundary must keep; text without spaces there is cut inside a word. */
const KEPT_SHARE_MIN = 0.6

/**
 * At most `lengthMax` UTF-16 units, cut at the last white space when that keeps most of the text. Never ends in half
 * a surrogate pair.
 */
export function cutText(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text
  const head = wholeCharacters(text, lengthMax)
  const boundary = /\s/.test(text.charAt(head.length)) ? head.length : lastSpace(head)
  return (boundary >= lengthMax * KEPT_SHARE_MIN ? head.slice(0, boundary) : head).trimEnd()
}

/** The first `lengthMax` UTF-16 units, one fewer where that would split a surrogate pair. */
export function wholeCharacters(text: string, lengthMax: number): string {
  const last = text.charCodeAt(lengthMax - 1)
  const isHighSurrogate = last >= 0xd800 && last <= 0xdbff
  return text.slice(0, isHighSurrogate ? lengthMax - 1 : lengthMax)
}

function lastSpace(text: string): number {
  for (let at = text.length - 1; at > 0; at--) if (/\s/.test(text.charAt(at))) return at
  return -1
}

/** Unicode code points: how the stricter reader counts a minimum. */
export function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

/** Characters that no reader sees and some databases refuse: controls other than line feed, and lone surrogates. */
export const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose.
  text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '')

/** One printable line: every run of white space becomes one space. */
export const line = (text: string | null): string =>
  text === null ? '' : printable(text).replace(/\s+/g, ' ').trim()
