import { createReader } from './api.js'
import { boxes } from './boxes.js'
import { draw, onColourChange, palette, surface, withAlpha } from './charts.js'
import { byId, el, empty, fillSelect, render } from './dom.js'
import { count, FEW, points, scoreName } from './format.js'
import { change, FILTERS, query, state } from './state.js'
import { takeAlong } from './take-along.js'

const readTypes = createReader('/api/scores/types')
const readDistribution = createReader('/api/scores/distribution')
const readOverTime = createReader('/api/scores/over-time')
const form = byId('score-options')
let distribution
let overTime

export const scores = {
  start() {
    form.addEventListener('change', ({ target }) => change({ [target.name]: target.value }))
    form.addEventListener('submit', event => event.preventDefault())
    onColourChange(() => {
      if (distribution?.series.length > 0) showDistribution()
      if (overTime?.points.length > 0) showOverTime()
    })
  },
  async update() {
    const [types, spread, course] = await Promise.all([
      readTypes(query(...FILTERS)),
      readDistribution(`${chosenType()}&${query(...FILTERS, 'by', 'groups')}`),
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

function showDistribution() {
  const { series, score_type } = distribution
  const isCompared = state.by !== 'none' && series.length > 0
  byId('score-charts').hidden = series.length === 0
  byId('distribution-figure').hidden = isCompared
  if (series.length === 0) {
    render(byId('score-table'), nothing())
    return
  }
  if (isCompared) {
    render(byId('score-table'), boxes(series), groupsShown(distribution))
    return
  }
  const [all] = series
  drawHistogram(distribution)
  render(byId('score-table'), summary(all), take(score_type))
}

const nothing = () =>
  FILTERS.some(name => state[name] !== '')
    ? empty('No score fits. Take a filter away.')
    : empty('Scores show here when the first candidate has completed an assessment.')

function drawHistogram({ series: [all], bin_width, score_type }) {
  const [colour] = palette()
  const labels = all.counts.map((_, bin) => `${points(bin * bin_width)}–${points((bin + 1) * bin_width)}`)
  const bars = { data: all.counts, backgroundColor: withAlpha(colour, 0.85), borderWidth: 0 }
  draw(
    byId('distribution'),
    'bar',
    { labels, datasets: [{ ...bars, label: 'Scores', categoryPercentage: 0.95, barPercentage: 1 }] },
    {
      x: { title: 'score' },
      y: { title: 'applications', range: {} },
      hasLegend: false,
      label: `Distribution of ${scoreName(score_type)}: median ${points(all.p50)} of ${all.count}`,
    },
  )
}

const GROUPS = { job_key: 'jobs', source: 'sources', tenant_id: 'tenants' }
const GROUPS_MOST = '20'

/** Whoever sees a part of the groups is told so. */
function groupsShown({ series, groups_total, score_type }) {
  const kinds = GROUPS[state.by]
  const isAll = groups_total <= series.length
  const toggle = el(
    'button.plain',
    {
      type: 'button',
      'data-key': 'groups',
      onclick: () => change({ groups: state.groups === GROUPS_MOST ? '6' : GROUPS_MOST }),
    },
    state.groups === GROUPS_MOST ? 'Show fewer' : `Show ${Math.min(groups_total, Number(GROUPS_MOST))}`,
  )
  return el(
    'p.intake.population',
    {},
    el(
      'span',
      {},
      isAll
        ? `All ${count(groups_total)} ${kinds} with scores. `
        : `The ${count(series.length)} ${kinds} with the most scores, of ${count(groups_total)}. `,
      'A box is the middle half of a group, the line in it the median; a dot is one score.',
    ),
    groups_total > 6 ? toggle : null,
    take(score_type),
  )
}

const take = type =>
  takeAlong(
    'scores',
    [query(...FILTERS), new URLSearchParams({ score_type: type, is_current: 'true' })]
      .filter(part => String(part) !== '')
      .join('&'),
    'These scores:',
  )

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
  // Of a few the median is no more than a hint: its point stays hollow.
  const isFew = list.map(({ count: n }) => n < FEW)
  const line = {
    ...{
      borderColor: colour,
      tension: 0.25,
      pointRadius: isFew.map(few => (few || list.length < 30 ? 3 : 0)),
    },
    pointBackgroundColor: isFew.map(few => (few ? surface() : colour)),
  }
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
      note: at => `of ${count(list[at].count)} scores${isFew[at] ? ', too few to compare' : ''}`,
      label: `${scoreName(score_type)} over time, newest median ${points(list.at(-1).p50)} of ${count(list.at(-1).count)}`,
    },
  )
}
