import { createReader } from './api.js'
import { byId, el, empty, render, rowsFor, table } from './dom.js'
import { count, percent, points } from './format.js'
import { change, FILTERS, query, state } from './state.js'

const read = createReader('/api/jobs')
const sort = byId('job-sort')
const FEW = rowsFor(10, 5)
const STATES = {
  KNOWN: 'not needed yet',
  WANTED: 'wanted',
  PENDING: 'being made',
  BOUND: 'ready',
  BLOCKED: 'blocked',
  AMBIGUOUS: 'ambiguous',
}

const COLUMNS = [
  {
    label: 'Job',
    cell: job => [title(job), el('small', {}, [job.reference, job.source].filter(Boolean).join(' · '))],
  },
  { label: 'At Pulsifi', cell: binding },
  { label: 'Applications', number: true, cell: ({ applications }) => count(applications) },
  { label: 'Invited', number: true, cell: ({ invited }) => count(invited) },
  { label: 'Held up', number: true, cell: ({ held }) => count(held) },
  {
    label: 'Completed',
    number: true,
    cell: ({ completed, invited }) =>
      `${count(completed)}${invited === 0 ? '' : ` (${percent(completed, invited)})`}`,
  },
  { label: 'Median score', number: true, cell: ({ score_p50 }) => points(score_p50) },
]

export const jobs = {
  start: () => sort.addEventListener('change', () => change({ sort: sort.value, page: state.page })),
  async update() {
    sort.value = state.sort
    const answer = await read(
      `${query(...FILTERS, 'sort', 'score_type')}&limit=${state.jobs === 'all' ? 200 : FEW}`,
    )
    if (answer === undefined) return
    const more = answer.total - answer.jobs.length
    render(
      byId('job-table'),
      answer.jobs.length === 0
        ? empty('No job yet. Sources send theirs by webhook; others come with their first application.')
        : table(COLUMNS, answer.jobs),
      more > 0 || state.jobs === 'all' ? pages(answer.total, more) : null,
    )
  },
}

/** The longest list that can be read at a glance; what is beyond it is for the export. */
function pages(total, more) {
  const isAll = state.jobs === 'all'
  const turn = () => change({ jobs: isAll ? '' : 'all', page: state.page })
  const label = isAll ? 'Show fewer' : `Show ${total > 200 ? 'the first 200' : `all ${count(total)}`}`
  return el(
    'p.pages',
    {},
    el('button.plain', { type: 'button', 'data-key': 'all-jobs', onclick: turn }, label),
    isAll && more > 0 ? `${count(more)} more are in the export` : null,
  )
}

const title = ({ job_key, title: text }) =>
  el(
    'button.link',
    {
      type: 'button',
      'data-key': `job-${job_key}`,
      title: job_key,
      onclick: () => change({ job: state.job === job_key ? '' : job_key }),
    },
    text ?? job_key,
  )

function binding({ binding_state, reason_text }) {
  if (binding_state === null) return '–'
  const pill = el(
    `span.pill.${binding_state === 'BOUND' ? 'INVITED' : binding_state}`,
    {},
    STATES[binding_state] ?? binding_state,
  )
  return reason_text === null ? pill : [pill, el('small', {}, reason_text)]
}
