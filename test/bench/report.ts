/** Measurements as tables: medians over the rounds, beside the floor of the same run. */
import { markdownTable } from '../support/markdown-table.ts'
import { median } from './figures.ts'
import type { Measurement } from './measurement.ts'

type Figures = Readonly<Record<string, number>>

export interface Row {
  readonly benchmark: string
  readonly case: string
  /** Medians by figure. */
  readonly figures: Figures
  /** Those of the floor; undefined where nothing was measured beside it. */
  readonly floor: Figures | undefined
  readonly rounds: number
}

/** One row for each case, in the order in which they were first measured. Round 0 counts only where there is no other. */
export function rowsOf(all: readonly Measurement[]): readonly Row[] {
  const cases = Map.groupBy(all, each => `${each.benchmark}/${each.case}`)
  return [...cases.values()].flatMap(every => {
    const warm = every.filter(({ round }) => round > 0)
    const of = warm.length > 0 ? warm : every
    const [figures, floor] = (['atsflow', 'floor'] as const).map(subject =>
      medians(of.filter(each => each.subject === subject)),
    )
    const [first] = of
    if (first === undefined || figures === undefined) return []
    const rounds = of.filter(({ subject }) => subject === 'atsflow').length
    return [{ benchmark: first.benchmark, case: first.case, figures, floor, rounds }]
  })
}

function medians(measurements: readonly Measurement[]): Figures | undefined {
  const [first] = measurements
  return (
    first &&
    Object.fromEntries(
      Object.keys(first.figures).map(name => [
        name,
        median(measurements.map(({ figures }) => figures[name] ?? Number.NaN)),
      ]),
    )
  )
}

/** Markdown, a table for each benchmark. */
export function tablesOf(rows: readonly Row[]): string {
  return [...Map.groupBy(rows, ({ benchmark }) => benchmark)]
    .map(([name, all]) => tableOf(name, all))
    .join('\n')
}

function tableOf(benchmark: string, rows: readonly Row[]): string {
  const names = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))]
  const cell = ({ figures, floor }: Row, name: string): string => {
    const value = figures[name]
    if (value === undefined) return ''
    const ratio = value / (floor?.[name] ?? Number.NaN)
    return Number.isFinite(ratio) && ratio !== 1
      ? `${rounded(value)} (${ratio.toFixed(2)} × floor)`
      : rounded(value)
  }
  return [
    `## ${benchmark}`,
    '',
    ...markdownTable(
      ['case', 'rounds', ...names.map(title)],
      rows.map(row => [row.case, String(row.rounds), ...names.map(name => cell(row, name))]),
    ),
    '',
  ].join('\n')
}

/** `cpuSecondsPer1000` as `cpu seconds per 1000`. */
const title = (name: string): string => name.replace(/([A-Z]|[0-9]+)/g, ' $1').toLowerCase()

/** Three digits that count. */
export const rounded = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)))
