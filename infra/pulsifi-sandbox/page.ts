/**
 * The page at `/`: HTML from the server, which works as it stands. With its script it renews itself row by row, keeping what
 * somebody holds open, and finds while they type.
 */
import { statusAt } from './assessment.ts'
import type { CallRecord } from './calls.ts'
import type { ArmedRule } from './faults.ts'
import { action, code, escaped, type Row, table } from './markup.ts'
import type { Candidate, Delivery, Job, State, Webhook } from './state.ts'
import { isOn, isRuleOf, SWITCHES } from './switches.ts'

const ROWS_MAX = 100

export interface Seen {
  readonly state: State
  readonly calls: readonly CallRecord[]
  readonly faults: readonly ArmedRule[]
  readonly nowMs: number
  /** What somebody looks for; empty: everything. */
  readonly search: string
}

/** The whole page. */
export function page(seen: Seen): string {
  return documentOf(
    'Pulsifi sandbox',
    `<header><h1>Pulsifi sandbox</h1>
<p>A stand-in for Pulsifi Platform API v4.1.0. Nobody is invited for real; scores are made up from the reference.</p>
<form role="search" method="get" action="/"><label for="search">Find</label>
<input id="search" name="search" type="search" value="${escaped(seen.search)}" autocomplete="off"
placeholder="reference, name, job, status, operation"><button class="without-script">Find</button></form></header>
<main>${faultsSection(seen)}
${candidatesTable(seen)}
${jobsTable(seen)}
${callbacksTable(seen)}
${webhooksTable(seen)}
${callsTable(seen)}</main>`,
  )
}

/** What an invitation link shows: the assessment itself does not exist here, its steps do. */
export function invitationPage(state: State, candidate: Candidate, nowMs: number): string {
  return documentOf(
    'Invitation',
    `<header><h1>An invitation in the Pulsifi sandbox</h1><p><a href="/">All candidates</a></p></header>
<main>${table({
      ...CANDIDATES,
      rows: [candidateRow(state, candidate, nowMs)],
      count: 1,
    })}</main>`,
  )
}

const documentOf = (title: string, body: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/page/page.css">
<script type="module" src="/page/live.js"></script></head>
<body>${body}
<p id="said" role="status"></p></body></html>
`

/** The newest of what fits the search, newest first. */
function found<Item>(
  { search }: Seen,
  items: readonly Item[],
  wordsOf: (item: Item) => readonly (string | null | undefined)[],
): { readonly shown: readonly Item[]; readonly count: number } {
  const wanted = search.trim().toLowerCase()
  const fitting =
    wanted === ''
      ? items
      : items.filter(item => wordsOf(item).some(word => word?.toLowerCase().includes(wanted)))
  return { shown: fitting.slice(-ROWS_MAX).reverse(), count: fitting.length }
}

function faultsSection({ faults }: Seen): string {
  const switches = SWITCHES.map(fault => {
    const on = isOn(fault, faults)
    const struck = faults
      .filter(entry => isRuleOf(fault, entry))
      .reduce((sum, entry) => sum + entry.struck, 0)
    const attributes = `role="switch" aria-checked="${on}" aria-describedby="hint-${fault.name}"`
    const fields = { on: String(!on) }
    return `<li data-key="${fault.name}">${action(`/_sandbox/switches/${fault.name}`, fault.label, { name: 'switch', fields, attributes })}
<small id="hint-${fault.name}">${escaped(fault.hint)}${on ? ` Struck ${struck} so far.` : ''}</small></li>`
  })
  const others = faults.filter(entry => !SWITCHES.some(fault => isRuleOf(fault, entry)))
  const rules = others.map(
    ({ rule, matched, struck }, at) =>
      `<li data-key="rule-${at}">${code(JSON.stringify(rule))} <small>struck ${struck} of ${matched}</small></li>`,
  )
  const end =
    faults.length === 0
      ? ''
      : `<li data-key="end">${action('/_sandbox/switches', 'Take all faults back', { name: 'end' })}</li>`
  return `<section aria-labelledby="faults-title"><h2 id="faults-title">Faults</h2>
<ul id="faults" class="faults" data-list>${switches.join('\n')}</ul>
<ul id="rules" class="rules" data-list>${rules.join('\n')}${end}</ul></section>`
}

const CANDIDATES = {
  id: 'candidates',
  title: 'Candidates',
  heads: ['Reference', 'Name', 'Job', 'Status', 'Scores', 'By hand'],
  none: 'None yet.',
}

function candidatesTable(seen: Seen): string {
  const { state, nowMs } = seen
  const { shown, count } = found(seen, [...state.candidates.values()], candidate => [
    ...[candidate.ext_reference_id, nameOf(candidate), state.jobs.get(candidate.job_id)?.title],
    ...[statusAt(candidate, nowMs), candidate.candidate_id, candidate.email],
  ])
  return table({ ...CANDIDATES, rows: shown.map(each => candidateRow(state, each, nowMs)), count })
}

function candidateRow(state: State, candidate: Candidate, nowMs: number): Row {
  const status = statusAt(candidate, nowMs)
  const id = candidate.candidate_id
  const isOver = status === 'completed' || status === 'expired'
  return {
    key: id,
    cells: [
      `<details><summary data-part="details">${code(candidate.ext_reference_id)}</summary>${candidateFacts(candidate, status)}</details>`,
      escaped(nameOf(candidate)),
      escaped(state.jobs.get(candidate.job_id)?.title),
      `<span class="status ${status}">${status}</span>`,
      (candidate.result?.scores ?? []).map(scoreWords).join('<br>'),
      isOver
        ? ''
        : ['open', 'start', 'complete', 'expire']
            .map(verb => action(`/_sandbox/candidates/${encodeURIComponent(id)}/${verb}`, verb))
            .join(''),
    ],
  }
}

function candidateFacts(candidate: Candidate, status: string): string {
  const facts: readonly (readonly [string, string])[] = [
    ['Pulsifi id', code(candidate.candidate_id)],
    ['E-mail', escaped(candidate.email ?? 'none')],
    ['Invited', escaped(candidate.created_at)],
    ['Expires', escaped(candidate.invitation_expired_at)],
    ...(candidate.result?.additional_scores?.length
      ? [['Traits', candidate.result.additional_scores.map(scoreWords).join('<br>')] as const]
      : []),
    ...(status === 'completed'
      ? [
          [
            'Report',
            `<a href="/reports/${escaped(encodeURIComponent(candidate.candidate_id))}.pdf">PDF</a>`,
          ] as const,
        ]
      : []),
  ]
  return `<dl>${facts.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join('')}</dl>`
}

const nameOf = (candidate: Candidate): string =>
  candidate.is_anonymous_candidate
    ? 'anonymous'
    : [candidate.first_name, candidate.last_name].filter(part => part !== null).join(' ')

const scoreWords = (score: { readonly score_type: string; readonly score_value: number }): string =>
  `${escaped(score.score_type.replaceAll('_', ' '))} ${escaped(score.score_value)}`

function jobsTable(seen: Seen): string {
  const { shown, count } = found(seen, [...seen.state.jobs.values()], job => [
    ...[job.external_id, job.title, job.status, job.id],
  ])
  const row = (job: Job): Row => ({
    key: job.id,
    cells: [
      code(job.external_id),
      escaped(job.title),
      `<span class="status ${job.status}">${job.status}</span>`,
      code(job.id),
      (['active', 'draft', 'closed'] as const)
        .filter(status => status !== job.status)
        .map(status =>
          action(`/_sandbox/jobs/${encodeURIComponent(job.id)}/status`, `make ${status}`, {
            fields: { status },
          }),
        )
        .join(''),
    ],
  })
  const heads = ['External id', 'Title', 'Status', 'Pulsifi id', 'By hand']
  return table({ id: 'jobs', title: 'Jobs', heads, rows: shown.map(row), count, none: 'None yet.' })
}

function webhooksTable(seen: Seen): string {
  const { shown, count } = found(seen, [...seen.state.webhooks.values()], webhook => [
    ...[webhook.name, withoutToken(webhook.url), webhook.status],
  ])
  const row = (webhook: Webhook): Row => ({
    key: webhook.id,
    cells: [
      escaped(webhook.name),
      code(withoutToken(webhook.url)),
      code(webhook.events.join(' ')),
      webhook.is_deleted ? 'deleted' : webhook.status,
    ],
  })
  const heads = ['Name', 'Address', 'Events', 'Status']
  const none = 'None: results have to be polled.'
  return table({ id: 'webhooks', title: 'Webhooks', heads, rows: shown.map(row), count, none })
}

/** The last segment of a webhook's path is often the secret that lets it in. */
const withoutToken = (url: string): string => url.replace(/\/[^/?]+(?:\?.*)?$/, '/…')

function callbacksTable(seen: Seen): string {
  const whose = ({ candidate_id }: Delivery): string =>
    seen.state.candidates.get(candidate_id ?? '')?.ext_reference_id ?? 'sample'
  const { shown, count } = found(seen, [...seen.state.deliveries.values()], delivery => [
    ...[whose(delivery), delivery.status],
  ])
  const row = (delivery: Delivery): Row => ({
    key: delivery.id,
    cells: [
      code(whose(delivery)),
      `<span class="status ${delivery.status}">${delivery.status}</span>`,
      escaped(delivery.attempts.map(attempt => attempt.status ?? attempt.error).join(', ')),
    ],
  })
  const heads = ['Candidate', 'Status', 'Answers']
  return table({ id: 'callbacks', title: 'Callbacks', heads, rows: shown.map(row), count, none: 'None yet.' })
}

function callsTable(seen: Seen): string {
  const { shown, count } = found(seen, seen.calls, call => [
    ...[call.operation, String(call.status ?? 'no answer'), call.reference, ...call.faults],
  ])
  const row = (call: CallRecord, at: number): Row => ({
    key: `${call.at} ${call.operation} ${call.reference ?? ''} ${count - at}`,
    cells: [
      `<time datetime="${escaped(call.at)}">${escaped(call.at.slice(11, 23))}</time>`,
      code(call.operation),
      escaped(call.status ?? 'no answer'),
      call.reference === null ? '' : code(call.reference),
      escaped(call.duration_ms),
      escaped(call.faults.join(', ')),
    ],
  })
  const heads = ['At (UTC)', 'Operation', 'Status', 'Reference', 'ms', 'Faults']
  return table({ id: 'calls', title: 'Last calls', heads, rows: shown.map(row), count, none: 'None yet.' })
}
