/**
 * JSON as sources need it: integers that a float cannot hold keep their digits, nesting is bounded, and a part of a
 * body can be stored exactly as it was written.
 */
import {
  COMMA,
  endOfString,
  isClosing,
  isOpening,
  jsonShape,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  TextCharacters,
} from './json-shape.ts'

/** No vendor's payload nests deeper than 8; the limit keeps recursive readers off the end of the stack. */
export const JSON_DEPTH_MAX = 64

/**
 * The value of a JSON text. An integer outside the safe range comes back as its digits, a string.
 * Throws SyntaxError when the text is not JSON or nests deeper than `JSON_DEPTH_MAX`.
 */
export function parseJson(text: string): unknown {
  if (hasBrackets(text, JSON_DEPTH_MAX + 1)) refuseDeep(text)
  return JSON.parse(LONG_INTEGER.test(text) ? withDigitsAsText(text) : text)
}

/** A text with fewer is no deeper; nearly all have fewer, and are not walked through for it. */
function hasBrackets(text: string, wanted: number): boolean {
  let count = 0
  for (const bracket of ['{', '['])
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1))
      if (++count >= wanted) return true
  return false
}

function refuseDeep(text: string): void {
  const { depth } = jsonShape(new TextCharacters(text), shape => shape.depth > JSON_DEPTH_MAX)
  if (depth > JSON_DEPTH_MAX) throw new SyntaxError(`JSON nested deeper than ${JSON_DEPTH_MAX} levels`)
}

/**
 * The text with every integer outside the safe range in quotation marks. A reviver sees the digits, too, and takes many
 * times as long for a body of such numbers: one sender could keep everybody waiting for seconds.
 */
function withDigitsAsText(text: string): string {
  const characters = new TextCharacters(text)
  const pieces: string[] = []
  let kept = 0
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(characters, at)
    else if (code !== MINUS && !isDigit(code)) at++
    else {
      const start = at
      at = endOfNumber(text, start)
      if (at - start < LONG_NUMBER || !isUnsafeInteger(text, start, at)) continue
      pieces.push(text.slice(kept, start), text.slice(start, at))
      kept = at
    }
  }
  if (pieces.length === 0) return text
  pieces.push(text.slice(kept))
  return pieces.join('"')
}

function endOfNumber(text: string, start: number): number {
  let at = start + 1
  while (isPartOfNumber(text.charCodeAt(at))) at++
  return at
}

/** False for what is no integer of JSON, which is left for the parser to refuse, and for a name without quotation marks. */
function isUnsafeInteger(text: string, start: number, end: number): boolean {
  const first = text.charCodeAt(start) === MINUS ? start + 1 : start
  if (text.charCodeAt(first) === ZERO) return false
  for (let at = first; at < end; at++) if (!isDigit(text.charCodeAt(at))) return false
  const next = text.charCodeAt(end)
  if (next !== COMMA && !isClosing(next) && text.charCodeAt(skipSpace(text, end)) === COLON) return false
  return end - first > LONG_NUMBER || (end > first && !Number.isSafeInteger(Number(text.slice(start, end))))
}

const isDigit = (code: number): boolean => code >= ZERO && code <= 0x39
/** Digits, signs, point and exponent. */
const isPartOfNumber = (code: number): boolean =>
  isDigit(code) || code === MINUS || code === 0x2b || code === 0x2e || code === 0x65 || code === 0x45

/** The exact text of each element when the text is a JSON array, in order; nothing when it is something else. */
export function elementTexts(text: string): readonly string[] {
  const start = skipSpace(text, 0)
  if (text.charCodeAt(start) !== OPEN_BRACKET) return []
  return Array.from(childrenOf(text, start), child => text.slice(child.start, child.end))
}

/**
 * The exact text of the member at `path` when the text is a JSON object; undefined when there is none. Of duplicate
 * keys the last one counts, as for JSON.parse.
 */
export function memberText(text: string, path: readonly string[]): string | undefined {
  let start = skipSpace(text, 0)
  let end = endOfValue(text, start)
  for (const key of path) {
    if (text.charCodeAt(start) !== OPEN_BRACE) return undefined
    let found: Child | undefined
    for (const child of childrenOf(text, start)) if (child.key === key) found = child
    if (found === undefined) return undefined
    start = found.start
    end = found.end
  }
  return text.slice(start, end)
}

/** A step that every element of a list takes: of an array, of an object whose names are numbers, or what stands alone. */
export const EACH: unique symbol = Symbol('each element')
type Step = string | typeof EACH

/**
 * The text with the values at `path` replaced, all else exactly as it was written. The text must be valid JSON.
 * @param replace exact text of a value to what stands in its place
 */
export function replaceValues(
  text: string,
  path: readonly Step[],
  replace: (valueText: string) => string,
): string {
  const pieces: string[] = []
  let kept = 0
  for (const { start, end } of valuesAt(text, skipSpace(text, 0), path)) {
    pieces.push(text.slice(kept, start), replace(text.slice(start, end)))
    kept = end
  }
  return kept === 0 ? text : pieces.join('') + text.slice(kept)
}

type Place = Pick<Child, 'start' | 'end'>

/** In the order of the text. */
function* valuesAt(text: string, start: number, [step, ...rest]: readonly Step[]): Generator<Place> {
  if (step === undefined) return yield { start, end: endOfValue(text, start) }
  const isArray = text.charCodeAt(start) === OPEN_BRACKET
  if (!isArray && text.charCodeAt(start) !== OPEN_BRACE) return
  const children = [...childrenOf(text, start)]
  if (step !== EACH) {
    for (const child of children) if (!isArray && child.key === step) yield* valuesAt(text, child.start, rest)
    return
  }
  const isList = isArray || children.every(({ key }) => /^[0-9]+$/.test(key))
  if (!isList) return yield* valuesAt(text, start, rest)
  for (const child of children) yield* valuesAt(text, child.start, rest)
}

const MINUS = 0x2d
const ZERO = 0x30
const COLON = 0x3a

/** Fewer digits fit a float. */
const LONG_NUMBER = 16
const LONG_INTEGER = new RegExp(`[0-9]{${LONG_NUMBER}}`)

interface Child {
  /** The member's name, unescaped; empty for elements of an array. */
  readonly key: string
  readonly start: number
  readonly end: number
}

/** The members or elements of the object or array that opens at `open`. The text must be valid JSON. */
function* childrenOf(text: string, open: number): Generator<Child> {
  const isObject = text.charCodeAt(open) === OPEN_BRACE
  let start = skipSpace(text, open + 1)
  while (start < text.length && !isClosing(text.charCodeAt(start))) {
    let key = ''
    if (isObject) {
      const keyEnd = endOfText(text, start)
      key = String(JSON.parse(text.slice(start, keyEnd)))
      start = skipSpace(text, text.indexOf(':', keyEnd) + 1)
    }
    const end = endOfValue(text, start)
    yield { key, start, end }
    start = skipSpace(text, end)
    if (text.charCodeAt(start) === COMMA) start = skipSpace(text, start + 1)
  }
}

function endOfValue(text: string, start: number): number {
  const first = text.charCodeAt(start)
  if (first === QUOTE) return endOfText(text, start)
  if (!isOpening(first)) return matchEnd(/[^\s,\]}]*/y, text, start)
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfText(text, at) - 1
    else if (isOpening(code)) depth++
    else if (isClosing(code) && --depth === 0) return at + 1
  }
  return text.length
}

const endOfText = (text: string, start: number): number => endOfString(new TextCharacters(text), start)

const skipSpace = (text: string, start: number): number => matchEnd(/[ \t\r\n]*/y, text, start)

function matchEnd(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start
  pattern.test(text)
  return pattern.lastIndex
}
