import { createReader } from './api.js'
import { announce, byId, el, empty, fillSelect, render, rowsFor, table } from './dom.js'
import { openApplication } from './drawer.js'
import { ago, count, LANGUAGE, moment, outcome, stateName } from './format.js'
import { onStates } from './funnel.js'
import { fillSorting, onSorting, sortable } from './sorting.js'
import { change, FILTERS, onChange, query, state } from './state.js'
import { takeAlong } from './take-along.js'

const read = createReader('/api/applications')
const form = byId('search')
const PAGE_ROWS = rowsFor(12, 6)
const TYPING_MS = 250
const FOUND_BY = [...FILTERS, 'q', 'state', 'outcome', 'reason', 'reached']
const USUAL_SORT = 'changed_at'

const COLUMNS = [
  { label: 'Application', sort: 'application_key', isText: true, cell: identity },
  {
    label: 'Job',
    sort: 'job_title',
    isText: true,
    cell: ({ job_title, job_key }) => job_title ?? job_key ?? '–',
  },
  { label: 'State', sort: 'state', isText: true, cell: standing },
  { label: 'Received', short: true, sort: 'received_at', cell: ({ received_at }) => time(received_at) },
  { label: 'Last change', short: true, sort: 'changed_at', cell: ({ changed_at }) => time(changed_at) },
  { label: 'Completed', short: true, sort: 'completed_at', cell: ({ completed_at }) => time(completed_at) },
]
const chosenSort = () => ({ sort: state.sort || USUAL_SORT, order: state.order })
const choose = (sort, order) => {
  change({ sort: sort === USUAL_SORT ? '' : sort, order })
  announce('Order changed')
}

export const applications = {
  start() {
    let typing
    const { q, state: where, sorting } = form.elements
    const search = step => change({ q: q.value.trim() }, step)
    q.value = state.q
    q.addEventListener('input', () => {
      clearTimeout(typing)
      typing = setTimeout(() => search('typing'), TYPING_MS)
    })
    where.addEventListener('change', () => change({ state: where.value }))
    onSorting(sorting, choose)
    form.addEventListener('submit', event => {
      event.preventDefault()
      clearTimeout(typing)
      if (q.value.trim() !== state.q) search('new')
    })
    onChange(isFromAddress => {
      if (isFromAddress) q.value = state.q
    })
    onStates(fillStates)
  },
  async update() {
    const offset = Number(state.page) * PAGE_ROWS
    const found = query(...FOUND_BY)
    form.elements.state.value = state.state
    fillSorting(form.elements.sorting, COLUMNS, chosenSort())
    showChosen()
    const answer = await read(
      [found, query('sort', 'order'), `limit=${PAGE_ROWS}&offset=${offset}`].filter(Boolean).join('&'),
    )
    if (answer !== undefined) show(answer, offset, found)
  },
}

function fillStates(states) {
  const options = states.map(({ state: code, count: n }) => [code, `${stateName(code)} (${count(n)})`])
  fillSelect(form.elements.state, [['', 'all'], ...options], state.state)
}

function show({ total, applications: rows }, offset, found) {
  // Fewer than there were when the address was made.
  if (rows.length === 0 && total > 0) return change({ page: '0' }, 'none')
  const columns = sortable(COLUMNS, chosenSort(), choose)
  render(byId('application-table'), rows.length === 0 ? nothing() : table(columns, rows))
  render(byId('pages'), pages(total, offset, rows.length), total === 0 ? null : exported(total, found))
}

const exported = (total, found) => takeAlong('applications', found, `These ${count(total)}:`)

const isSearching = () => FOUND_BY.some(name => state[name] !== '')
const nothing = () =>
  isSearching()
    ? empty('No application fits. Take a filter away.')
    : empty('Applications show here as soon as a candidate comes in.')

function identity(application) {
  const { application_key, name, source, tenant_id } = application
  const [, , ...rest] = application_key.split(':')
  const open = () => openApplication(application_key)
  return [
    el(
      'button.link',
      { type: 'button', 'data-key': `application-${application_key}`, title: application_key, onclick: open },
      name ?? rest.join(':'),
    ),
    el('small', {}, tenant_id === 'default' ? source : `${source}, ${tenant_id}`),
  ]
}

/** Some outcomes say more than the state that they are part of. */
const TOLD_BY_OUTCOME = new Set(['INTENDED', 'FAILED'])

function standing({ state: code, outcome: ledger, reached, reason_texts }) {
  const words = TOLD_BY_OUTCOME.has(ledger) && code !== 'erased' ? outcome(ledger) : stateName(code)
  const notes = [
    code === 'expired' && reached !== null && reached !== 'invited' ? `after it was ${reached}` : null,
    ...reason_texts,
  ].filter(note => note !== null)
  return [el(`span.pill.${code}`, {}, words), notes.length === 0 ? null : el('small', {}, notes.join('; '))]
}

const time = iso =>
  iso === null ? '–' : el('time', { datetime: iso, title: moment(iso), lang: LANGUAGE }, ago(iso))

function pages(total, offset, shown) {
  if (total === 0) return []
  const turn = step => {
    change({ page: String(Number(state.page) + step) })
    announce('Page turned')
  }
  const button = (label, step, isThere) =>
    el(
      'button.plain',
      { type: 'button', 'data-key': `page${step}`, disabled: !isThere, onclick: () => turn(step) },
      label,
    )
  return [
    button('Back', -1, offset > 0),
    button('Further', 1, offset + shown < total),
    el('span', {}, `${count(offset + 1)}–${count(offset + shown)} of ${count(total)}`),
  ]
}

const REACHED = {
  canonical: 'all',
  invited: 'invited or further',
  opened: 'opened or further',
  started: 'started or further',
  completed: 'completed',
}

function showChosen() {
  const chips = [
    ['reached', REACHED[state.reached]],
    ['state', state.state && stateName(state.state)],
    ['outcome', state.outcome && outcome(state.outcome)],
    ['reason', state.reason],
  ].filter(([, text]) => text)
  render(
    byId('chosen'),
    chips.map(([name, text]) =>
      el(
        'button',
        {
          type: 'button',
          'data-key': `chip-${name}`,
          'aria-label': `${text}: show all again`,
          onclick: () => change({ [name]: '' }),
        },
        `${text} ×`,
      ),
    ),
  )
}
