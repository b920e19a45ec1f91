/** The table of faults: what the runs in which each was injected counted. */
import { markdownTable } from '../support/markdown-table.ts'
import type { SeedResult } from './run-seed.ts'

const COLUMNS = [
  'sent',
  'acknowledged',
  'published',
  'duplicates',
  'invited',
  'invitedTwice',
  'ambiguous',
  'unexplained',
  'lost',
  'unaccounted',
  'wrongChanges',
  'stuck',
] as const

/** A row a fault, with the sums over the seeds that drew it; a seed with several faults counts in each of their rows. */
export function tableOf(results: readonly SeedResult[]): string {
  const names = [...new Set(results.flatMap(({ windows }) => windows.map(({ fault }) => fault)))].sort()
  const rows = [
    ...names.map(name => rowOf(name, results)),
    [
      'all',
      String(results.flatMap(({ windows }) => windows).length),
      String(results.length),
      ...sums(results),
    ],
  ]
  return markdownTable(['fault', 'times', 'seeds', ...COLUMNS.map(inWords)], rows).join('\n')
}

const inWords = (name: string): string => name.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)

function rowOf(name: string, results: readonly SeedResult[]): string[] {
  const times = results.flatMap(({ windows }) => windows).filter(({ fault }) => fault === name).length
  const drawnBy = results.filter(({ windows }) => windows.some(({ fault }) => fault === name))
  return [name, String(times), String(drawnBy.length), ...sums(drawnBy)]
}

const sums = (results: readonly SeedResult[]): string[] =>
  COLUMNS.map(column => String(results.reduce((sum, { count }) => sum + count[column], 0)))
