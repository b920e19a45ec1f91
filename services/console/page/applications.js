import { createReader } from './api.js'
import { announce, byId, el, empty, render, rowsFor, table } from './dom.js'
import { openApplication } from './drawer.js'
import { ago, count, LANGUAGE, moment, outcome } from './format.js'
import { change, FILTERS, query, state } from './state.js'

const read = createReader('/api/applications')
const form = byId('search')
const PAGE_ROWS = rowsFor(12, 6)
const TYPING_MS = 250

const COLUMNS = [
  { label: 'Application', cell: identity },
  { label: 'Job', cell: ({ job_title, job_key }) => job_title ?? job_key ?? '–' },
  { label: 'State', cell: standing },
  { label: 'Received', short: true, cell: ({ received_at }) => time(received_at) },
  { label: 'Last change', short: true, cell: ({ decided_at }) => time(decided_at) },
]

export const applications = {
  start() {
    let typing
    const search = () => change({ q: form.elements.q.value.trim() })
    form.elements.q.value = state.q
    form.addEventListener('input', () => {
      clearTimeout(typing)
      typing = setTimeout(search, TYPING_MS)
    })
    form.addEventListener('submit', event => {
      event.preventDefault()
      clearTimeout(typing)
      search()
    })
  },
  async update() {
    const offset = Number(state.page) * PAGE_ROWS
    const chosen = query(...FILTERS, 'q', 'outcome', 'reason', 'stage')
    const answer = await read(`${chosen}&limit=${PAGE_ROWS}&offset=${offset}`)
    showChosen()
    if (answer !== undefined) show(answer, offset)
  },
}

function show({ total, applications: rows }, offset) {
  render(byId('application-table'), rows.length === 0 ? nothing() : table(COLUMNS, rows))
  render(byId('pages'), pages(total, offset, rows.length))
}

const isSearching = () =>
  [state.q, state.outcome, state.reason, state.stage, ...FILTERS.map(name => state[name])].some(Boolean)
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

function standing({ outcome: code, status, reason_texts }) {
  const words = code === 'INVITED' && status !== null ? status : outcome(code)
  return [
    el(`span.pill.${code}`, {}, words),
    reason_texts.length === 0 ? null : el('small', {}, reason_texts.join('; ')),
  ]
}

const time = iso => el('time', { datetime: iso, title: moment(iso), lang: LANGUAGE }, ago(iso))

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
    button('Newer', -1, offset > 0),
    button('Older', 1, offset + shown < total),
    el('span', {}, `${count(offset + 1)}–${count(offset + shown)} of ${count(total)}`),
  ]
}

const STAGES = {
  canonical: 'all',
  invited: 'invited or further',
  opened: 'opened or further',
  started: 'started or further',
  completed: 'completed',
}

function showChosen() {
  const chips = [
    ['stage', STAGES[state.stage]],
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
