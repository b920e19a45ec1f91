/** Measurements as tables: medians over the rounds, beside the floor of the same run. */
import { median } from './figures.ts'
import type { Measurement } from './measurement.ts'

export interface Row {
  readonly benchmark: string
  readonly case: string
  /** Medians by figure. */
  readonly figures: Readonly<Record<string, number>>
  /** Ours divided by the floor's, by figure; undefined where nothing was measured beside it. */
  readonly ratios: Readonly<Record<string, number>> | undefined
  readonly rounds: number
}

/** One row for each case, in the order in which they were first measured. Round 0 counts only where there is no other. */
export function rowsOf(all: readonly Measurement[]): readonly Row[] {
  const measurements = all.filter(each => each.round > 0 || all.every(({ round }) => round === 0))
  const cases = Map.groupBy(measurements, each => `${each.benchmark}/${each.case}`)
  return [...cases.values()].flatMap(of => {
    const [ours, floor] = (['atsflow', 'floor'] as const).map(subject =>
      medians(of.filter(each => each.subject === subject)),
    )
    const [first] = of
    if (first === undefined || ours === undefined) return []
    const ratios =
      floor &&
      Object.fromEntries(Object.keys(ours).map(name => [name, (ours[name] ?? 0) / (floor[name] ?? 0)]))
    const rounds = of.filter(({ subject }) => subject === 'atsflow').length
    return [{ benchmark: first.benchmark, case: first.case, figures: ours, ratios, rounds }]
  })
}

function medians(measurements: readonly Measurement[]): Record<string, number> | undefined {
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
  const cell = (row: Row, name: string): string => {
    const value = row.figures[name]
    if (value === undefined) return ''
    const ratio = row.ratios?.[name]
    return ratio === undefined || !Number.isFinite(ratio)
      ? rounded(value)
      : `${rounded(value)} (${ratio.toFixed(2)} x floor)`
  }
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    `### ${benchmark}`,
    '',
    line(['case', 'rounds', ...names.map(title)]),
    line(['---', '---', ...names.map(() => '---')]),
    ...rows.map(row => line([row.case, String(row.rounds), ...names.map(name => cell(row, name))])),
    '',
  ].join('\n')
}

/** `cpuSecondsPer1000` as `cpu seconds per 1000`. */
const title = (name: string): string => name.replace(/([A-Z]|[0-9]+)/g, ' $1').toLowerCase()

const rounded = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)))
