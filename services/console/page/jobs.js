import { createReader } from './api.js'
import { announce, byId, el, empty, render, rowsFor, table } from './dom.js'
import { count, FEW, percent, points, scoreName } from './format.js'
import { fillSorting, onSorting, sortable } from './sorting.js'
import { change, FILTERS, onChange, query, state } from './state.js'
import { takeAlong } from './take-along.js'

const read = createReader('/api/jobs')
const form = byId('job-search')
const PAGE_ROWS = rowsFor(10, 5)
const TYPING_MS = 250
const STATES = {
  KNOWN: 'not needed yet',
  WANTED: 'wanted',
  PENDING: 'being made',
  BOUND: 'ready',
  BLOCKED: 'blocked',
  AMBIGUOUS: 'ambiguous',
}

const columnsFor = type => [
  {
    label: 'Job',
    sort: 'title',
    isText: true,
    cell: job => [title(job), el('small', {}, [job.reference, job.source].filter(Boolean).join(' · '))],
  },
  { label: 'At Pulsifi', cell: binding },
  {
    label: 'Applications',
    number: true,
    sort: 'applications',
    cell: ({ applications }) => count(applications),
  },
  { label: 'Invited', number: true, sort: 'invited', cell: ({ invited }) => count(invited) },
  { label: 'Held up', number: true, sort: 'held', cell: ({ held }) => count(held) },
  {
    label: 'Completed',
    number: true,
    sort: 'completed',
    cell: ({ completed, invited }) =>
      `${count(completed)}${invited === 0 ? '' : ` (${percent(completed, invited)})`}`,
  },
  {
    label: type === null ? 'Median score' : `Median ${scoreName(type).toLowerCase()}`,
    number: true,
    sort: 'score_p50',
    cell: median,
  },
]

const chosenSort = () => ({ sort: state.job_sort, order: state.job_order })
const choose = (job_sort, job_order) => {
  change({ job_sort, job_order })
  announce('Order changed')
}

export const jobs = {
  start() {
    let typing
    const { job_q: q, job_sorting } = form.elements
    const search = step => change({ job_q: q.value.trim() }, step)
    q.value = state.job_q
    q.addEventListener('input', () => {
      clearTimeout(typing)
      typing = setTimeout(() => search('typing'), TYPING_MS)
    })
    onSorting(job_sorting, choose)
    form.addEventListener('submit', event => {
      event.preventDefault()
      clearTimeout(typing)
      if (q.value.trim() !== state.job_q) search('new')
    })
    onChange(isFromAddress => {
      if (isFromAddress) q.value = state.job_q
    })
  },
  async update() {
    const offset = Number(state.job_page) * PAGE_ROWS
    const found = query(...FILTERS, ['q', 'job_q'], 'score_type')
    const order = query(['sort', 'job_sort'], ['order', 'job_order'])
    const answer = await read([found, order, `limit=${PAGE_ROWS}&offset=${offset}`].filter(Boolean).join('&'))
    if (answer !== undefined) show(answer, offset, found)
  },
}

function show({ total, score_type, jobs: rows }, offset, found) {
  // Fewer than there were when the address was made.
  if (rows.length === 0 && total > 0) return change({ job_page: '0' }, 'none')
  const columns = columnsFor(score_type)
  fillSorting(form.elements.job_sorting, columns, chosenSort())
  render(
    byId('job-table'),
    rows.length === 0 ? nothing() : table(sortable(columns, chosenSort(), choose), rows),
  )
  render(byId('job-pages'), rows.length === 0 ? null : pages(total, offset, rows.length, found))
}

const nothing = () =>
  [...FILTERS, 'job_q'].some(name => state[name] !== '')
    ? empty('No job fits. Take a filter away.')
    : empty('No job yet. Sources send theirs by webhook; others come with their first application.')

function pages(total, offset, shown, found) {
  const turn = step => {
    change({ job_page: String(Number(state.job_page) + step) })
    announce('Page turned')
  }
  const button = (label, step, isThere) =>
    el(
      'button.plain',
      { type: 'button', 'data-key': `job-page${step}`, disabled: !isThere, onclick: () => turn(step) },
      label,
    )
  return [
    button('Back', -1, offset > 0),
    button('Further', 1, offset + shown < total),
    el('span', {}, `${count(offset + 1)}–${count(offset + shown)} of ${count(total)}`),
    takeAlong('jobs', found, `These ${count(total)}:`),
  ]
}

const title = ({ job_key, title: text }) =>
  el(
    'button.link',
    {
      type: 'button',
      'data-key': `job-${job_key}`,
      title: job_key,
      'aria-pressed': String(state.job_key === job_key),
      onclick: () => change({ job_key: state.job_key === job_key ? '' : job_key }),
    },
    text ?? job_key,
  )

function binding({ binding_state, reason_texts }) {
  if (binding_state === null) return '–'
  const pill = el(
    `span.pill.${binding_state === 'BOUND' ? 'INVITED' : binding_state}`,
    {},
    STATES[binding_state] ?? binding_state,
  )
  return reason_texts.length === 0 ? pill : [pill, el('small', {}, reason_texts.join('; '))]
}

/** A median of a handful says little of the next one. */
const median = ({ score_p50, score_count }) =>
  score_p50 === null
    ? '–'
    : [
        points(score_p50),
        el('small', {}, score_count < FEW ? `too few: ${count(score_count)}` : `of ${count(score_count)}`),
      ]
