/** The funnel as it was at the end of each day, from the history of applications. */
import { createReader } from './api.js'
import { draw, onColourChange, stateColours } from './charts.js'
import { byId, el, empty, render, table } from './dom.js'
import { capital, count, FEW, points, stateName } from './format.js'
import { change, query, state } from './state.js'

const read = createReader('/api/funnel/days')
const select = byId('days-view')
const DAY_MS = 86_400_000
/** As many as the API tells of. */
const DAYS_MAX = 400
/** The history of days that are over stays as it is, and counting it is not for free. */
const AGAIN_MS = 30_000
const STAGES = ['canonical', 'invited', 'opened', 'started', 'completed']
const LABELS = { canonical: 'Applications' }
const dayFormat = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' })

let shown
let asked = { query: '', atMs: 0 }
let view = state.days

export const days = {
  start() {
    select.addEventListener('change', () => change({ days: select.value }))
    onColourChange(() => shown && show(shown))
  },
  async update() {
    const hasOtherView = view !== state.days
    view = state.days
    select.value = view
    const wanted = [query('source', 'tenant_id', 'job_key'), range()].filter(Boolean).join('&')
    const nowMs = Date.now()
    if (wanted !== asked.query || nowMs - asked.atMs > AGAIN_MS) {
      asked = { query: wanted, atMs: nowMs }
      const answer = await read(wanted).catch(error => {
        // Tried again at once, not only when it would be old.
        asked = { query: '', atMs: 0 }
        throw error
      })
      if (answer !== undefined) return show(answer)
    }
    if (hasOtherView && shown) show(shown)
  },
}

/** The days chosen for the page, the last of them where there are too many. */
function range() {
  const { from, to } = state
  const last = to === '' ? Date.now() : Date.parse(to)
  const first = from === '' ? '' : day(Math.max(Date.parse(from), last - (DAYS_MAX - 1) * DAY_MS))
  const chosen = [
    ['from', first !== '' && Date.parse(first) > last ? '' : first],
    ['to', to],
  ].filter(([, value]) => value !== '')
  return new URLSearchParams(chosen).toString()
}
const day = ms => new Date(ms).toISOString().slice(0, 10)

function show(answer) {
  shown = answer
  const list = answer.days
  const isEmpty = list.every(({ stages }) => stages[0].count === 0)
  byId('days-chart').hidden = isEmpty
  byId('days-table').hidden = isEmpty
  render(byId('days-empty'), isEmpty ? empty('No application has a history on these days.') : null)
  if (isEmpty) return
  const way = WAYS[view]
  const series = way.seriesOf(list)
  byId('days-said').textContent = ['At the end of each day, in UTC, as it was known then.', way.said].join(
    ' ',
  )
  drawDays(list, series, way)
  showTable(list, series, way)
}

const labelOf = stage => LABELS[stage] ?? capital(stage)

const byStage = list =>
  STAGES.map((stage, at) => ({
    code: stage,
    label: labelOf(stage),
    values: list.map(({ stages }) => stages[at].count),
  }))

/** A share of a handful is none: it is left out, as everywhere on the page. */
const byStep = list =>
  STAGES.slice(1).map((stage, at) => ({
    code: stage,
    label: `${capital(stage)} of ${labelOf(STAGES[at]).toLowerCase()}`,
    values: list.map(({ stages }) => {
      const before = stages[at].count
      return before < FEW ? null : Math.round((stages[at + 1].count / before) * 1000) / 10
    }),
  }))

/** From the end of the way to its beginning, so that what is completed stands at the bottom. */
const STATES = [
  ...['completed', 'started', 'opened', 'invited', 'expired', 'waiting', 'received', 'blocked', 'ambiguous'],
  ...['skipped', 'withdrawn', 'erased'],
]

const byState = list =>
  STATES.map(code => ({
    code,
    label: stateName(code),
    values: list.map(({ states }) => states.find(one => one.state === code)?.count ?? 0),
  })).filter(({ values }) => values.some(n => n > 0))

/** By what the page's state calls it: how the days are seen. */
const WAYS = {
  stages: { seriesOf: byStage, type: 'line', said: '', axis: 'applications', words: count },
  conversion: {
    ...{ seriesOf: byStep, type: 'line', axis: '% of the step before', range: { max: 100 } },
    said: `Of all who had come to the step before; some of them still go on. Shares of fewer than ${FEW} are left out.`,
    words: value => (value === null ? 'too few' : `${points(value)} %`),
  },
  states: { seriesOf: byState, type: 'bar', said: '', axis: 'applications', words: count },
}

function drawDays(list, series, { type, axis, range = {}, words }) {
  const isBar = type === 'bar'
  const colours = stateColours()
  const datasets = series.map(({ code, label, values }) => {
    const { line, fill, dash } = colours(code)
    return isBar
      ? { label, data: values, backgroundColor: fill, borderColor: line, borderWidth: 1 }
      : {
          ...{ label, data: values, borderColor: line, backgroundColor: line, borderDash: dash },
          // What is all of them lies on the upper edge, and is seen whole.
          ...{ borderWidth: 2, pointRadius: list.length < 32 ? 2 : 0, stepped: false, clip: 4 },
        }
  })
  const last = series.map(({ label, values }) => `${label} ${words(values.at(-1))}`).join(', ')
  draw(
    byId('days'),
    type,
    { labels: list.map(({ day: date }) => dayFormat.format(new Date(date))), datasets },
    {
      x: { title: '', isStacked: isBar },
      y: { title: axis, range, isStacked: isBar },
      hasLegend: true,
      label: `The funnel day by day, from ${list[0].day} to ${list.at(-1).day}; on the last day: ${last}`,
    },
  )
}

/** The same numbers, for whoever cannot see the picture or wants to copy them. */
function showTable(list, series, { words }) {
  const columns = [
    { label: 'Day (UTC)', cell: ({ day: date }) => date },
    ...series.map(({ label, values }) => ({ label, number: true, cell: ({ at }) => words(values[at]) })),
  ]
  const rows = list.map(({ day: date }, at) => ({ day: date, at })).toReversed()
  render(byId('days-numbers'), el('div.scroll', { tabindex: '0' }, table(columns, rows, 'table')))
}
