/** What readers of the repository see of a run: plots, every table, and the figures of its page. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { markdownTable } from '../support/markdown-table.ts'
import { type Plot, writePlots } from './plots.ts'
import { type Row, rounded, tablesOf } from './report.ts'

export interface Machine {
  readonly cpu: string | undefined
  readonly cores: number
  readonly memoryGib: number
  readonly node: string
  /** Of the run, such as `2026-01-31`. */
  readonly day: string
}

const PAGE = fileURLToPath(new URL('README.md', import.meta.url))
const TABLES = fileURLToPath(new URL('results.md', import.meta.url))
const PLOTS = fileURLToPath(new URL('plots', import.meta.url))
/** The others stand beside the tables. */
const PAGE_PLOTS: ReadonlySet<string> = new Set(['ingress', 'latency', 'console'])
const BEGIN = '<!-- bench -->'
const END = '<!-- /bench -->'

interface Headline {
  readonly text: string
  readonly benchmark: string
  /** null: the one with the largest figure. */
  readonly case: string | null
  readonly figure: string
  readonly unit: string
}

const HEADLINES: readonly Headline[] = [
  {
    ...{ benchmark: 'ingress', case: '2 KB', figure: 'perSecond', unit: '/s' },
    text: 'webhooks of 2 KB, closed loop of 64',
  },
  {
    ...{ benchmark: 'ingress', case: '2 KB', figure: 'cpuSecondsPer1000', unit: ' s' },
    text: 'CPU for 1,000 of them',
  },
  {
    ...{ benchmark: 'ingress', case: '200 KB', figure: 'perSecond', unit: '/s' },
    text: 'webhooks of 200 KB with a file, which the floor leaves on Kafka',
  },
  {
    ...{ benchmark: 'ingress', case: '2 KB, 1,000/s', figure: 'p99Ms', unit: ' ms' },
    text: 'answered within, 99 % at 1,000 webhooks a second',
  },
  {
    ...{ benchmark: 'normalizer', case: '1 process', figure: 'perSecond', unit: '/s' },
    text: 'raw events to canonical records, one process',
  },
  {
    ...{ benchmark: 'normalizer', case: '1 process', figure: 'cpuSecondsPer100k', unit: ' s' },
    text: 'CPU for 100,000 of them',
  },
  {
    ...{ benchmark: 'latency', case: 'webhook to canonical, 200/s', figure: 'p99Ms', unit: ' ms' },
    text: 'webhook to canonical record, 99 % at 200 a second',
  },
  {
    ...{ benchmark: 'latency', case: 'webhook to Pulsifi, 50/s', figure: 'p99Ms', unit: ' ms' },
    text: 'webhook to the call of Pulsifi, 99 % at 50 a second',
  },
  {
    ...{ benchmark: 'sink', case: '20/s allowed, 100 ms, 1 process', figure: 'perSecond', unit: '/s' },
    text: 'invitations where Pulsifi allows 20 requests a second',
  },
  {
    ...{ benchmark: 'sink', case: '64 at once, 0 ms, 1 process', figure: 'perSecond', unit: '/s' },
    text: 'invitations where Pulsifi allows anything and answers at once',
  },
  {
    ...{ benchmark: 'interruption', case: 'kill -9 and start', figure: 'worksAgainAfterMs', unit: ' ms' },
    text: 'the only normalizer killed by `kill -9` and started: next record after',
  },
  {
    ...{ benchmark: 'interruption', case: 'clean stop and start', figure: 'worksAgainAfterMs', unit: ' ms' },
    text: 'the same, stopped and started',
  },
  {
    ...{ benchmark: 'console', case: null, figure: 'p95Ms', unit: ' ms' },
    text: 'the slowest question of the console’s page, 95 %, over 1,000,000 invitations and 5,000,000 scores',
  },
]

/** Replaces what an earlier run left. @throws Error when the page has no place for it. */
export function publish(rows: readonly Row[], machine: Machine): void {
  const plots = writePlots(rows, PLOTS)
  const where = `Measured on ${machine.day}: ${machine.cores} cores (${machine.cpu ?? 'unknown'}), ${machine.memoryGib} GiB, Node ${machine.node}.`
  writeFileSync(
    TABLES,
    [
      '# What `npm run bench` measured',
      '',
      `${where} Broker and load on the same machine; medians over the rounds; made by \`npm run bench -- --publish\`.`,
      '',
      ...plots.flatMap(plot => picture(plot, 'plots')),
      tablesOf(rows),
    ].join('\n'),
  )
  writeFileSync(PAGE, replaceBlock(readFileSync(PAGE, 'utf8'), blockOf(rows, plots, where)))
}

/** @throws Error when the marks are missing. */
export function replaceBlock(text: string, block: string): string {
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (from < 0 || to < from) throw new Error(`no place between ${BEGIN} and ${END}`)
  return `${text.slice(0, from + BEGIN.length)}\n${block}\n${text.slice(to)}`
}

function blockOf(rows: readonly Row[], plots: readonly Plot[], where: string): string {
  const lines = HEADLINES.flatMap(headline => {
    const row = rowOf(headline, rows)
    const value = row?.figures[headline.figure]
    if (value === undefined) return []
    const floor = row?.floor?.[headline.figure]
    const ratio = floor === undefined ? '' : (value / floor).toFixed(2)
    const cell = (of: number | undefined) => (of === undefined ? '' : `${rounded(of)}${headline.unit}`)
    return [[headline.text, cell(value), cell(floor), ratio]]
  })
  const pictures = plots.filter(({ name }) => PAGE_PLOTS.has(name)).flatMap(plot => picture(plot, 'plots'))
  const table = markdownTable(['', 'atsflow', 'floor', 'ratio'], lines)
  return [`${where} [Every table](results.md).`, '', ...table, '', ...pictures].join('\n').trimEnd()
}

function rowOf({ benchmark, case: name, figure }: Headline, rows: readonly Row[]): Row | undefined {
  const measured = (row: Row) => row.figures[figure] ?? Number.NEGATIVE_INFINITY
  return rows
    .filter(row => row.benchmark === benchmark && (name === null || row.case === name))
    .toSorted((a, b) => measured(b) - measured(a))[0]
}

const picture = ({ name, title, subtitle }: Plot, folder: string): readonly string[] => [
  '<picture>',
  `  <source media="(prefers-color-scheme: dark)" srcset="${folder}/${name}-dark.svg">`,
  `  <img alt="${title}: ${subtitle}" src="${folder}/${name}-light.svg">`,
  '</picture>',
  '',
]
