/** The figures that a reader of the README wants to see, as SVG without a background: one for light pages, one for dark. */
import { mkdirSync, writeFileSync } from 'node:fs'
import * as echarts from 'echarts'
import { type Row, rounded } from './report.ts'

const WIDTH = 640
/** Of a text of 13 px, at most. */
const CHARACTER_WIDTH = 7.2
const FONT = 'system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif'

interface Theme {
  readonly text: string
  readonly muted: string
  readonly line: string
  readonly floor: string
  /** Ours; where one case has several figures, the first is the palest. */
  readonly ours: readonly [string, string, string]
}

const THEMES = {
  light: {
    ...{ text: '#1f2328', muted: '#59636e', line: '#d1d9e0', floor: '#afb8c1' },
    ours: ['#b6d4fe', '#6ea8fe', '#0b5ed7'],
  },
  dark: {
    ...{ text: '#f0f6fc', muted: '#9198a1', line: '#3d444d', floor: '#5c6670' },
    ours: ['#1f4b8f', '#3f82e0', '#8ec2ff'],
  },
} as const satisfies Record<string, Theme>
export type ThemeName = keyof typeof THEMES
export const THEME_NAMES = Object.keys(THEMES) as readonly ThemeName[]

export interface Plot {
  readonly name: string
  readonly benchmark: string
  readonly title: string
  readonly subtitle: string
  readonly unit: string
  /** What is drawn of each case, by what it is called; one bar for each. */
  readonly figures: Readonly<Record<string, string>>
  readonly hides?: RegExp
  /** The end of the axis; unset: the largest value. */
  readonly max?: number
}

export const PLOTS: readonly Plot[] = [
  {
    ...{ name: 'ingress', benchmark: 'ingress', unit: '/s', hides: /\/s$|MB/ },
    title: 'Webhooks a second, by their size',
    subtitle: '64 connections, each answer after the acknowledgement of all in-sync replicas',
    figures: { atsflow: 'perSecond' },
  },
  {
    ...{ name: 'normalizer', benchmark: 'normalizer', unit: '/s' },
    title: 'Raw events a second',
    subtitle: 'read, mapped, validated and written exactly once, out of four sources',
    figures: { atsflow: 'perSecond' },
  },
  {
    ...{ name: 'latency', benchmark: 'latency', unit: ' ms' },
    title: 'From the webhook to its canonical record, and to Pulsifi',
    subtitle: 'all processes, broker and load on the same machine',
    figures: { 'half within': 'p50Ms', '95 % within': 'p95Ms', '99 % within': 'p99Ms' },
  },
  {
    ...{ name: 'growth', benchmark: 'growth', unit: '/s' },
    title: 'Raw events a second, by how many candidates are known',
    subtitle: 'one process, events about candidates that are new to it',
    figures: { atsflow: 'perSecond' },
  },
  {
    ...{ name: 'sink', benchmark: 'sink', unit: ' %', max: 100 },
    title: 'How much of what Pulsifi allows is used',
    subtitle: 'invitations a second, against the rate or the requests at once that are allowed',
    figures: { atsflow: 'shareOfLimitPercent' },
  },
  {
    ...{ name: 'console', benchmark: 'console', unit: ' ms' },
    title: 'Time to answer the questions of the console’s page',
    subtitle: '1,000,000 invitations and 5,000,000 scores; 95 % within',
    figures: { atsflow: 'p95Ms' },
  },
]

/** Writes each plot whose benchmark was measured, once for each theme. Returns the plots. */
export function writePlots(rows: readonly Row[], directory: string): readonly Plot[] {
  mkdirSync(directory, { recursive: true })
  return PLOTS.filter(plot => {
    const shown = rows.filter(row => isShown(plot, row))
    if (shown.length === 0) return false
    for (const theme of THEME_NAMES)
      writeFileSync(`${directory}/${plot.name}-${theme}.svg`, svgOf(plot, shown, THEMES[theme]))
    return true
  })
}

const isShown = ({ benchmark, hides, figures }: Plot, row: Row): boolean =>
  row.benchmark === benchmark &&
  hides?.test(row.case) !== true &&
  Object.values(figures).every(name => row.figures[name] !== undefined)

function svgOf(plot: Plot, rows: readonly Row[], theme: Theme): string {
  const series = seriesOf(plot, rows, theme)
  const head = series.length > 1 ? 84 : 60
  // Fonts differ: what is measured here can be too narrow for the label that a reader sees.
  const left = Math.max(...rows.map(row => row.case.length)) * CHARACTER_WIDTH + 16
  const height = head + rows.length * (12 + series.length * 20) + 8
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height })
  chart.setOption({
    animation: false,
    textStyle: { fontFamily: FONT },
    title: {
      ...{ text: plot.title, subtext: plot.subtitle, left: 0, top: 0, padding: 0, itemGap: 6 },
      textStyle: { color: theme.text, fontSize: 16, fontWeight: 600, fontFamily: FONT },
      subtextStyle: { color: theme.muted, fontSize: 12, fontFamily: FONT },
    },
    legend: {
      ...{
        show: series.length > 1,
        left: 0,
        top: 50,
        padding: 0,
        itemWidth: 12,
        itemHeight: 12,
        itemGap: 16,
      },
      ...{ icon: 'roundRect', selectedMode: false, textStyle: { color: theme.muted, fontSize: 12 } },
    },
    grid: { left, right: 80, top: head, bottom: 4 },
    xAxis: { type: 'value', show: false, max: plot.max ?? 'dataMax' },
    yAxis: {
      ...{ type: 'category', inverse: true, data: rows.map(row => row.case) },
      ...{ axisTick: { show: false }, axisLine: { lineStyle: { color: theme.line } } },
      axisLabel: { color: theme.text, fontSize: 13, align: 'left' as const, margin: left - 2 },
    },
    series,
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return svg
}

function seriesOf({ figures, unit }: Plot, rows: readonly Row[], { text, floor, ours }: Theme) {
  const bar = (name: string, color: string, values: readonly (number | undefined)[]) => ({
    ...{ name, type: 'bar' as const, barWidth: 16, barGap: '25%' },
    itemStyle: { color, borderRadius: [0, 3, 3, 0] },
    data: values.map(value => (value === undefined ? '-' : { value, label: labelOf(value) })),
  })
  const labelOf = (value: number) => ({
    ...{ show: true, position: 'right' as const, distance: 6, color: text, fontSize: 12 },
    formatter: `${rounded(value)}${unit}`,
  })
  const names = Object.entries(figures)
  const shades = names.length === 1 ? ours.slice(-1) : ours
  const bars = names.map(([name, figure], index) =>
    bar(
      name,
      shades[index] ?? text,
      rows.map(row => row.figures[figure]),
    ),
  )
  const [[, first = ''] = []] = names
  const floors = rows.map(row => row.floor?.[first])
  if (floors.every(value => value === undefined)) return bars
  return [...bars, bar('floor: the least that Node and kafkajs need for the same guarantee', floor, floors)]
}
