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

export interface Addresses {
  /** By process name. */
  readonly urls: Readonly<Record<string, string>>
  readonly kafka: string
  readonly registry: string
  readonly tenant: string
  readonly secret: string
}

export function addresses({ urls, kafka, registry, tenant, secret }: Addresses): string {
  const { sandbox, ingress, console: page } = urls
  return [
    'Running until Ctrl-C:',
    `  ingress           ${ingress}`,
    `  Pulsifi sandbox   ${sandbox}  (a page: see the calls, finish an assessment by hand)`,
    ...(page === undefined ? [] : [`  console           ${page}`]),
    `  Kafka             ${kafka}`,
    `  schema registry   ${registry}`,
    '',
    'Try next, from this folder, and see below what becomes of her:',
    `  curl -H 'Authorization: Bearer ${secret}' -H 'content-type: application/json' \\`,
    `    --data-binary @infra/demo/webhooks/jobylon-candidate-try-it.json ${ingress}/hooks/jobylon/${tenant}`,
  ].join('\n')
}

/** `broker 2.1 s, topics 0.4 s`. */
export const timingsInWords = (timings: Readonly<Record<string, number>>): string =>
  Object.entries(timings)
    .map(([part, ms]) => `${part} ${(ms / 1000).toFixed(1)} s`)
    .join(', ')
