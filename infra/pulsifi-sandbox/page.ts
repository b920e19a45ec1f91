/** The page at `/`: plain HTML from the server, no script, nothing from the network. Every value passes `escaped`. */
import { statusAt } from './assessment.ts'
import type { CallRecord } from './calls.ts'
import type { Candidate, Delivery, Job, State, Webhook } from './state.ts'

const ROWS_MAX = 100
const REFRESH_SECONDS = 2

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --quiet: #777; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin: 0; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
p { color: var(--quiet); margin: .2rem 0; }
.table { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; color: var(--quiet); } code { font-size: .85em; overflow-wrap: anywhere; }
form { display: inline; } button { font: inherit; font-size: .85em; margin: 0 .2rem .2rem 0; }
.completed { font-weight: 600; color: light-dark(#12703f, #63d197); } .expired { color: light-dark(#a33, #f08a8a); }
`

const HTML_ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text as it may stand in HTML, in an attribute too. */
export const escaped = (text: unknown): string =>
  String(text ?? '').replace(/[&<>"']/g, character => HTML_ESCAPES[character] ?? '')

/** The whole page. */
export function page(state: State, calls: readonly CallRecord[], nowMs: number): string {
  const candidates = [...state.candidates.values()]
  return documentOf(
    'Pulsifi sandbox',
    `<meta http-equiv="refresh" content="${REFRESH_SECONDS}">`,
    `<h1>Pulsifi sandbox</h1>
<p>A stand-in for Pulsifi Platform API v4.1.0. Nobody is invited for real; scores are made up from the reference.</p>
${section('Candidates', ['Reference', 'Name', 'Job', 'Status', 'Scores', ''], latest(candidates), candidate =>
  candidateCells(state, candidate, nowMs),
)}
${section('Jobs', ['External id', 'Title', 'Status', 'Pulsifi id'], latest([...state.jobs.values()]), jobCells)}
${section('Webhooks', ['Name', 'Address', 'Events', 'Status'], latest([...state.webhooks.values()]), webhookCells)}
${section('Callbacks', ['Candidate', 'Status', 'Tries'], latest([...state.deliveries.values()]), delivery =>
  deliveryCells(state, delivery),
)}
${section('Last calls', ['At', 'Operation', 'Status', 'Reference', 'ms', 'Faults'], latest(calls), callCells)}`,
  )
}

/** What an invitation link shows: the assessment itself does not exist here, its steps do. */
export function invitationPage(state: State, candidate: Candidate, nowMs: number): string {
  return documentOf(
    'Invitation',
    '',
    `<h1>An invitation in the Pulsifi sandbox</h1>
${section('Candidate', ['Reference', 'Name', 'Job', 'Status', 'Scores', ''], [candidate], shown =>
  candidateCells(state, shown, nowMs),
)}
<p><a href="/">All candidates</a></p>`,
  )
}

const documentOf = (title: string, head: string, body: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>${head}<style>${STYLE}</style></head>
<body>${body}</body></html>
`

const latest = <Row>(rows: readonly Row[]): Row[] => rows.slice(-ROWS_MAX).reverse()

function section<Row>(
  title: string,
  heads: readonly string[],
  rows: readonly Row[],
  cellsOf: (row: Row) => readonly string[],
): string {
  if (rows.length === 0) return `<h2>${title}</h2><p>None yet.</p>`
  const head = heads.map(text => `<th>${text}</th>`).join('')
  const body = rows.map(
    row =>
      `<tr>${cellsOf(row)
        .map(cell => `<td>${cell}</td>`)
        .join('')}</tr>`,
  )
  return `<h2>${title}</h2><div class="table"><table><thead><tr>${head}</tr></thead><tbody>
${body.join('\n')}
</tbody></table></div>`
}

const code = (text: unknown) => `<code>${escaped(text)}</code>`

function candidateCells(state: State, candidate: Candidate, nowMs: number): string[] {
  const status = statusAt(candidate, nowMs)
  const name = [candidate.first_name, candidate.last_name].filter(part => part !== null).join(' ')
  return [
    code(candidate.ext_reference_id),
    candidate.is_anonymous_candidate ? 'anonymous' : escaped(name),
    escaped(state.jobs.get(candidate.job_id)?.title),
    `<span class="${status}">${status}</span>`,
    (candidate.result?.scores ?? [])
      .map(score => `${escaped(score.score_type)} ${escaped(score.score_value)}`)
      .join('<br>'),
    status === 'completed' || status === 'expired' ? '' : buttons(candidate),
  ]
}

const buttons = (candidate: Candidate) =>
  ['open', 'start', 'complete', 'expire']
    .map(
      verb => `<form method="post" action="/_sandbox/candidates/${escaped(candidate.candidate_id)}/${verb}">
<button>${verb}</button></form>`,
    )
    .join('')

const jobCells = (job: Job) => [code(job.external_id), escaped(job.title), job.status, code(job.id)]

const webhookCells = (webhook: Webhook) => [
  escaped(webhook.name),
  code(withoutToken(webhook.url)),
  code(webhook.events.join(' ')),
  webhook.is_deleted ? 'deleted' : webhook.status,
]

/** The last segment of a webhook's path is often the secret that lets it in. */
const withoutToken = (url: string) => url.replace(/\/[^/?]+(?:\?.*)?$/, '/…')

const deliveryCells = (state: State, delivery: Delivery) => [
  code(state.candidates.get(delivery.candidate_id ?? '')?.ext_reference_id ?? 'sample'),
  delivery.status,
  escaped(delivery.attempts.map(attempt => attempt.status ?? attempt.error).join(', ')),
]

const callCells = (call: CallRecord) => [
  escaped(call.at.slice(11, 23)),
  code(call.operation),
  escaped(call.status ?? 'no answer'),
  code(call.reference),
  escaped(call.duration_ms),
  escaped(call.faults.join(', ')),
]
