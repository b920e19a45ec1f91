/** What the demo says at its end. Pure. */

import type { Outcome } from './outcome-words.ts'
import type { Counts } from './sightings.ts'
import { applicationKey, type Story } from './story.ts'

export interface Told {
  readonly story: Story
  readonly tenant: string
  readonly outcome: (applicationKey: string) => Outcome
  readonly counts: Counts
}

export function report({ story, tenant, outcome, counts }: Told): string {
  const rows = story.applications.map(application => {
    const { words } = outcome(applicationKey(tenant, application))
    return [application.applicant, application.job, application.source, words]
  })
  const { candidates, scores, deadLetters } = counts
  const invited = rows.filter(([, , , words]) => words?.startsWith('invited')).length
  return [
    ...table([['applicant', 'job', 'source', 'what became of the application'], ...rows]),
    '',
    `${story.steps.length} webhooks, ${rows.length} applications, ${invited} invited, ${candidates} candidates at Pulsifi, ${scores} scores`,
    `${deadLetters.length} dead letter${deadLetters.length === 1 ? '' : 's'}${deadLetters.length === 0 ? '' : `: ${deadLetters.join(', ')}`}`,
  ].join('\n')
}

/** Columns as wide as their widest cell; a line under the first row. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  const [head = [], ...body] = rows.map(line)
  return [String(head), widths.map(width => '-'.repeat(width)).join('  '), ...body.map(String)]
}

/** `broker 2.1 s, topics 0.4 s`. */
export const timingsInWords = (timings: Readonly<Record<string, number>>): string =>
  Object.entries(timings)
    .map(([part, ms]) => `${part} ${(ms / 1000).toFixed(1)} s`)
    .join(', ')
