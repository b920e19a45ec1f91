/** The figures that a reader of the README wants to see, as SVG. */
import { mkdirSync, writeFileSync } from 'node:fs'
import * as echarts from 'echarts'
import type { Row } from './report.ts'

const SIZE = { width: 640, height: 300 }

interface Plot {
  readonly file: string
  readonly title: string
  readonly benchmark: string
  readonly figure: string
  readonly unit: string
}

const PLOTS: readonly Plot[] = [
  { file: 'ingress.svg', title: 'Webhooks a second', benchmark: 'ingress', figure: 'perSecond', unit: '/s' },
  {
    file: 'normalizer.svg',
    title: 'Events a second',
    benchmark: 'normalizer',
    figure: 'perSecond',
    unit: '/s',
  },
  { file: 'latency.svg', title: 'Latency, p99', benchmark: 'latency', figure: 'p99Ms', unit: ' ms' },
  {
    file: 'growth.svg',
    title: 'Events a second, by candidates known',
    benchmark: 'growth',
    figure: 'perSecond',
    unit: '/s',
  },
]

/** Writes a plot for each benchmark that was measured. Returns the files. */
export function writePlots(rows: readonly Row[], directory: string): readonly string[] {
  mkdirSync(directory, { recursive: true })
  return PLOTS.flatMap(plot => {
    const shown = rows.filter(({ benchmark }) => benchmark === plot.benchmark)
    if (shown.length === 0) return []
    const file = `${directory}/${plot.file}`
    writeFileSync(file, svgOf(plot, shown))
    return [file]
  })
}

function svgOf({ title, figure, unit }: Plot, rows: readonly Row[]): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...SIZE })
  const ours = rows.map(({ figures }) => figures[figure] ?? 0)
  const floors = rows.map(({ figures, ratios }) =>
    ratios?.[figure] ? (figures[figure] ?? 0) / ratios[figure] : null,
  )
  const hasFloor = floors.some(value => value !== null)
  const bar = (name: string, data: readonly (number | null)[], color: string) => ({
    name,
    type: 'bar' as const,
    data: data.map(value => (value === null ? '-' : Math.round(value))),
    itemStyle: { color },
    label: { show: true, position: 'right' as const, formatter: `{c}${unit}` },
  })
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    title: { text: title, left: 'center', textStyle: { fontSize: 14 } },
    legend: { bottom: 0, show: hasFloor },
    grid: { left: 10, right: 80, top: 40, bottom: hasFloor ? 40 : 20, containLabel: true },
    xAxis: { type: 'value' },
    yAxis: { type: 'category', inverse: true, data: rows.map(row => row.case) },
    series: [
      bar('atsflow', ours, '#2563eb'),
      ...(hasFloor ? [bar('floor: node:http or a bare consumer, and kafkajs', floors, '#94a3b8')] : []),
    ],
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return svg
}
