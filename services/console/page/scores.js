import { createReader } from './api.js'
import { draw, onColourChange, palette, withAlpha } from './charts.js'
import { byId, el, empty, fillSelect, render, table } from './dom.js'
import { count, points, scoreName } from './format.js'
import { change, FILTERS, query, state } from './state.js'

const readTypes = createReader('/api/scores/types')
const readDistribution = createReader('/api/scores/distribution')
const readOverTime = createReader('/api/scores/over-time')
const form = byId('score-options')
let distribution
let overTime

export const scores = {
  start() {
    form.addEventListener('change', ({ target }) => change({ [target.name]: target.value, page: state.page }))
    form.addEventListener('submit', event => event.preventDefault())
    onColourChange(() => {
      if (distribution?.series.length > 0) showDistribution()
      if (overTime?.points.length > 0) showOverTime()
    })
  },
  async update() {
    const [types, spread, course] = await Promise.all([
      readTypes(query(...FILTERS)),
      readDistribution(`${chosenType()}&${query(...FILTERS, 'by')}`),
      readOverTime(`${chosenType()}&${query(...FILTERS, 'interval')}`),
    ])
    if (types !== undefined) showTypes(types)
    form.elements.by.value = state.by
    form.elements.interval.value = state.interval
    if (spread !== undefined) {
      distribution = spread
      showDistribution()
    }
    if (course !== undefined && course.points.length > 0) {
      overTime = course
      showOverTime()
    }
  },
}

/** Naming it spares the console to find out which one it is. */
function chosenType() {
  const type = state.score_type || form.elements.score_type.value
  return type === '' ? '' : new URLSearchParams({ score_type: type }).toString()
}

function showTypes({ types }) {
  const options = types.map(({ score_type, count: n }) => [
    score_type,
    `${scoreName(score_type)} (${count(n)})`,
  ])
  fillSelect(
    form.elements.score_type,
    options.length === 0 ? [['', 'none yet']] : options,
    state.score_type || (types[0]?.score_type ?? ''),
  )
}

const COLUMNS = [
  { label: 'Group', cell: ({ label }) => label },
  { label: 'Scores', number: true, cell: ({ count: n }) => count(n) },
  { label: 'Median', number: true, cell: ({ p50 }) => points(p50) },
  { label: 'Mean', number: true, cell: ({ mean }) => points(mean) },
]

function showDistribution() {
  const { series, bin_width, score_type } = distribution
  byId('score-charts').hidden = series.length === 0
  if (series.length === 0) {
    render(
      byId('score-table'),
      empty('Scores show here when the first candidate has completed an assessment.'),
    )
    return
  }
  const colours = palette()
  const isCompared = series.length > 1
  const labels = series[0].counts.map(
    (_, bin) => `${points(bin * bin_width)}–${points((bin + 1) * bin_width)}`,
  )
  // Groups of different size compare by share.
  const datasets = series.map(({ label, counts, count: total }, at) => ({
    label,
    data: isCompared ? counts.map(n => (n / total) * 100) : counts,
    borderColor: colours[at % colours.length],
    backgroundColor: withAlpha(colours[at % colours.length], isCompared ? 0.12 : 0.85),
    borderWidth: isCompared ? 2 : 0,
    pointRadius: 0,
    tension: 0.3,
    categoryPercentage: 0.95,
    barPercentage: 1,
  }))
  draw(
    byId('distribution'),
    isCompared ? 'line' : 'bar',
    { labels, datasets },
    {
      x: { title: 'score' },
      y: { title: isCompared ? '% of the group' : 'applications', range: {} },
      hasLegend: isCompared,
      label: `Distribution of ${scoreName(score_type)}: ${series.map(({ label, p50, count: n }) => `${label} median ${points(p50)} of ${n}`).join('; ')}`,
    },
  )
  render(
    byId('score-table'),
    isCompared ? el('div.scroll', {}, table(COLUMNS, series, 'table')) : summary(series[0]),
  )
}

const summary = ({ count: n, p50, mean }) =>
  el(
    'p.intake',
    {},
    el('b', {}, count(n)),
    ' scores, median ',
    el('b', {}, points(p50)),
    ', mean ',
    el('b', {}, points(mean)),
  )

const AXIS = {
  minute: { hour: '2-digit', minute: '2-digit' },
  hour: { day: 'numeric', month: 'short', hour: '2-digit' },
  day: { day: 'numeric', month: 'short' },
  week: { day: 'numeric', month: 'short', year: '2-digit' },
  month: { month: 'short', year: 'numeric' },
}

function showOverTime() {
  const { points: list, score_type, interval } = overTime
  const isUtcDay = ['day', 'week', 'month'].includes(interval)
  const format = new Intl.DateTimeFormat(undefined, {
    ...AXIS[interval],
    ...(isUtcDay ? { timeZone: 'UTC' } : {}),
  })
  const [colour] = palette()
  const line = { borderColor: colour, pointRadius: list.length < 30 ? 2.5 : 0, tension: 0.25 }
  const edge = { borderWidth: 0, pointRadius: 0, tension: 0.25, backgroundColor: withAlpha(colour, 0.16) }
  const datasets = [
    { ...line, label: 'Median', data: list.map(({ p50 }) => p50), borderWidth: 2, backgroundColor: colour },
    { ...edge, label: 'Upper quarter from', data: list.map(({ p75 }) => p75), fill: '+1' },
    { ...edge, label: 'Lower quarter to', data: list.map(({ p25 }) => p25) },
  ]
  const labels = list.map(({ starts_at }) => format.format(new Date(starts_at)))
  draw(
    byId('over-time'),
    'line',
    { labels, datasets },
    {
      x: { title: '' },
      y: { title: 'score', range: { max: 100 } },
      hasLegend: false,
      label: `${scoreName(score_type)} over time, newest median ${points(list.at(-1).p50)}`,
    },
  )
}
