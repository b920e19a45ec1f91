/**
 * How much there is in a JSON text, counted before anything is made of it: what parsing and splitting cost grows
 * with the number of values, of which a few bytes each are enough. One pass over the bytes that jumps over strings.
 */
import { JSON_DEPTH_MAX } from '../../core/json.ts'

export interface BodyShape {
  /** Elements of the outermost array, or values one after the other. */
  readonly items: number
  /** Members and elements at all depths. */
  readonly values: number
  readonly depth: number
  readonly numberLength: number
}

export const BODY_VALUES_MAX = 500_000
export const BODY_ITEMS_MAX = 10_000
/** The longest number that a float can be written as has 1,077 digits; no id has. */
export const NUMBER_LENGTH_MAX = 1_100

/** What is wrong with it; null when it may be read. */
export function shapeFault(shape: BodyShape): 'too-many-items' | 'too-complex' | null {
  if (shape.depth > JSON_DEPTH_MAX) return 'too-complex'
  if (shape.values > BODY_VALUES_MAX || shape.numberLength > NUMBER_LENGTH_MAX) return 'too-complex'
  return shape.items > BODY_ITEMS_MAX ? 'too-many-items' : null
}

const QUOTE = 0x22
const COMMA = 0x2c
const OPEN_BRACKET = 0x5b
const BACKSLASH = 0x5c
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

/** Ends as soon as one limit is passed, so the counts of a hostile body are only as high as that. */
export function bodyShape(body: Uint8Array): BodyShape {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const counter = new Counter()
  for (let at = 0; at < bytes.length && shapeFault(counter) === null; at++) {
    const code = bytes[at] ?? 0
    if (code === QUOTE) at = endOfString(bytes, at)
    else if (isDigit(code)) {
      const end = endOfNumber(bytes, at)
      counter.number(end - at)
      at = end - 1
    } else counter.punctuation(code)
  }
  const { items, values, depth, numberLength } = counter
  return { items, values, depth, numberLength }
}

class Counter implements BodyShape {
  items = 0
  values = 0
  depth = 0
  numberLength = 0
  private level = 0
  private isList = false

  number(length: number): void {
    this.numberLength = Math.max(this.numberLength, length)
  }

  punctuation(code: number): void {
    switch (code) {
      case OPEN_BRACKET:
      case OPEN_BRACE:
        this.open(code === OPEN_BRACKET)
        break
      case CLOSE_BRACKET:
      case CLOSE_BRACE:
        this.level = Math.max(0, this.level - 1)
        break
      case COMMA:
        this.values++
        if (this.level === 1 && this.isList) this.items++
    }
  }

  private open(isList: boolean): void {
    if (this.level === 0) {
      this.items++
      this.isList = isList
    }
    this.values++
    this.level++
    this.depth = Math.max(this.depth, this.level)
  }
}

/** Where the string that opens at `start` closes. */
function endOfString(bytes: Buffer, start: number): number {
  for (let quote = bytes.indexOf(QUOTE, start + 1); quote !== -1; quote = bytes.indexOf(QUOTE, quote + 1)) {
    let backslashes = 0
    while (bytes[quote - 1 - backslashes] === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return quote
  }
  return bytes.length
}

/** Where the digits, signs, points and exponents that begin at `start` end. */
function endOfNumber(bytes: Buffer, start: number): number {
  let end = start + 1
  while (end < bytes.length && isNumberPart(bytes[end] ?? 0)) end++
  return end
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39
const isNumberPart = (code: number): boolean =>
  isDigit(code) || code === 0x2b || code === 0x2d || code === 0x2e || code === 0x45 || code === 0x65
