/**
 * How much there is in a JSON text, counted before anything is made of it: what parsing and splitting cost grows with the
 * number of values, of which a few bytes each are enough. One pass that jumps over strings, over bytes and text alike.
 */

export interface JsonShape {
  /** Elements of the outermost array, or values one after the other. */
  readonly items: number
  /** Members and elements at all depths. */
  readonly values: number
  readonly depth: number
  /** Of the longest number: digits, signs, points and exponents. */
  readonly numberLength: number
}

/** A JSON text as bytes in UTF-8 or as UTF-16: what is looked for is ASCII, and the same in both. */
export interface Characters {
  readonly length: number
  /** NaN or undefined beyond its ends. */
  readonly at: (index: number) => number | undefined
  /** Where the next quotation mark is; -1 when there is none. */
  readonly quoteFrom: (index: number) => number
}

export class TextCharacters implements Characters {
  readonly length: number
  private readonly text: string
  constructor(text: string) {
    this.text = text
    this.length = text.length
  }
  at(index: number): number {
    return this.text.charCodeAt(index)
  }
  quoteFrom(index: number): number {
    return this.text.indexOf('"', index)
  }
}

export class ByteCharacters implements Characters {
  readonly length: number
  private readonly bytes: Buffer
  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.length = bytes.length
  }
  at(index: number): number | undefined {
    return this.bytes[index]
  }
  quoteFrom(index: number): number {
    return this.bytes.indexOf(QUOTE, index)
  }
}

export const QUOTE = 0x22
export const COMMA = 0x2c
export const OPEN_BRACKET = 0x5b
const BACKSLASH = 0x5c
const CLOSE_BRACKET = 0x5d
export const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

export const isOpening = (code: number): boolean => code === OPEN_BRACE || code === OPEN_BRACKET
export const isClosing = (code: number): boolean => code === CLOSE_BRACE || code === CLOSE_BRACKET

/** Ends as soon as `isOver`, so the counts of a hostile text are only as high as that. */
export function jsonShape(text: Characters, isOver: (shape: JsonShape) => boolean): JsonShape {
  const counter = new Counter()
  for (let at = 0; at < text.length; at++) {
    const code = text.at(at) ?? 0
    if (code === QUOTE) at = endOfString(text, at) - 1
    else if (isDigit(code)) {
      const end = endOfNumber(text, at)
      counter.number(end - at)
      at = end - 1
      if (isOver(counter)) break
    } else if (counter.punctuation(code) && isOver(counter)) break
  }
  const { items, values, depth, numberLength } = counter
  return { items, values, depth, numberLength }
}

/** The position after the closing quote of the string that opens at `start`. */
export function endOfString(text: Characters, start: number): number {
  for (let quote = text.quoteFrom(start + 1); quote !== -1; quote = text.quoteFrom(quote + 1)) {
    let backslashes = 0
    while (text.at(quote - 1 - backslashes) === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return quote + 1
  }
  return text.length
}

class Counter implements JsonShape {
  items = 0
  values = 0
  depth = 0
  numberLength = 0
  private level = 0
  private isList = false

  number(length: number): void {
    if (length > this.numberLength) this.numberLength = length
  }

  /** Whether there is more than before. */
  punctuation(code: number): boolean {
    if (isOpening(code)) {
      this.open(code === OPEN_BRACKET)
      return true
    }
    if (isClosing(code)) this.level = Math.max(0, this.level - 1)
    if (code !== COMMA) return false
    this.values++
    if (this.level === 1 && this.isList) this.items++
    return true
  }

  private open(isList: boolean): void {
    if (this.level === 0) {
      this.items++
      this.isList = isList
    }
    this.values++
    this.level++
    if (this.level > this.depth) this.depth = this.level
  }
}

/** Where the digits, signs, points and exponents that begin at `start` end. */
function endOfNumber(text: Characters, start: number): number {
  let end = start + 1
  while (isNumberPart(text.at(end) ?? 0)) end++
  return end
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39
const isNumberPart = (code: number): boolean =>
  isDigit(code) || code === 0x2b || code === 0x2d || code === 0x2e || code === 0x45 || code === 0x65
