/** Tables for people: plain columns, nothing that a terminal could take for a command. */

export interface Column<T> {
  readonly title: string
  /** Null is shown as a dash. */
  readonly value: (item: T) => string | number | null
}

/** Columns two spaces apart, numbers to the right; no line has trailing space. */
export function renderTable<T>(items: readonly T[], columns: readonly Column<T>[]): string {
  const cells = items.map(item => columns.map(({ value }) => value(item)))
  const widths = columns.map(({ title }, at) =>
    Math.max(title.length, ...cells.map(row => printable(row[at] ?? null).length)),
  )
  const line = (row: readonly (string | number | null)[]) =>
    row
      .map((cell, at) => {
        const text = printable(cell)
        const width = widths[at] ?? 0
        return typeof cell === 'number' ? text.padStart(width) : text.padEnd(width)
      })
      .join('  ')
      .trimEnd()
  return [line(columns.map(({ title }) => title)), ...cells.map(line)].join('\n')
}

/** Keys and headers are other people's words: control characters would reach the terminal. */
export const printable = (cell: string | number | null): string =>
  cell === null || cell === '' ? '-' : String(cell).replace(/\p{Cc}/gu, '·')

/** `2026-02-03 04:05:06Z` */
export const formatTime = (ms: number | null): string | null =>
  ms === null || !Number.isFinite(ms)
    ? null
    : new Date(ms)
        .toISOString()
        .replace('T', ' ')
        .replace(/\.\d+Z$/, 'Z')
