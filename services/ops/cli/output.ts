/** What a command says: results on standard output, for people or as JSON; everything else on standard error. */
import { type Column, printable, renderTable } from './table.ts'

export interface Output {
  readonly isJson: boolean
  /** A JSON array, or a table; `empty` is said when there is nothing. */
  readonly list: <T extends object>(items: readonly T[], columns: readonly Column<T>[], empty: string) => void
  /** A JSON value, or lines of `name: value`. */
  readonly facts: (value: Readonly<Record<string, unknown>>) => void
  /** One line of a stream: JSON, or the text. */
  readonly line: (value: object, text: string) => void
  /** Bytes as they are. */
  readonly bytes: (value: Uint8Array) => void
  /** For people, on standard error. */
  readonly note: (text: string) => void
  /** Told again and again while something long runs; shown now and then. */
  readonly progress: (label: string) => (passed: number, all: number) => void
  /** Ends a progress line. */
  readonly clear: () => void
}

export interface Streams {
  readonly stdout: (text: string | Uint8Array) => void
  readonly stderr: (text: string) => void
  /** Whether a person watches standard error: then one line is rewritten in place. */
  readonly isInteractive: boolean
  readonly nowMs: () => number
}

const INTERACTIVE_EVERY_MS = 200
const PLAIN_EVERY_MS = 5_000

export function createOutput({ stdout, stderr, isInteractive, nowMs }: Streams, isJson: boolean): Output {
  let shown = false
  let nextMs = 0
  const clear = () => {
    if (shown && isInteractive) stderr('\r\u001b[K')
    shown = false
  }
  const print = (text: string) => {
    clear()
    stdout(`${text}\n`)
  }
  return {
    isJson,
    list(items, columns, empty) {
      if (isJson) print(JSON.stringify(items, null, 2))
      else if (items.length > 0) print(renderTable(items, columns))
      else print(empty)
    },
    facts: value => print(isJson ? JSON.stringify(value, null, 2) : factLines(value)),
    line: (value, text) => print(isJson ? JSON.stringify(value) : text),
    bytes(value) {
      clear()
      stdout(value)
    },
    note(text) {
      clear()
      stderr(`${text}\n`)
    },
    progress: label => {
      nextMs = nowMs() + (isInteractive ? INTERACTIVE_EVERY_MS : PLAIN_EVERY_MS)
      return (passed, all) => {
        if (nowMs() < nextMs || !Number.isFinite(all)) return
        nextMs = nowMs() + (isInteractive ? INTERACTIVE_EVERY_MS : PLAIN_EVERY_MS)
        const text = `${label}: ${passed.toLocaleString('en')} of ${all.toLocaleString('en')} offsets`
        stderr(isInteractive ? `\r\u001b[K${text}` : `${text}\n`)
        shown = true
      }
    },
    clear,
  }
}

function factLines(value: Readonly<Record<string, unknown>>): string {
  const width = Math.max(0, ...Object.keys(value).map(name => name.length))
  return Object.entries(value)
    .map(([name, fact]) => `${name.padEnd(width)}  ${factText(fact)}`)
    .join('\n')
}

function factText(fact: unknown): string {
  if (Array.isArray(fact) && fact.every(item => typeof item === 'string')) return printable(fact.join(', '))
  if (typeof fact === 'object' && fact !== null) return printable(JSON.stringify(fact))
  return printable(fact === null || fact === undefined ? null : String(fact))
}
