import { createReader } from './api.js'
import { announce, byId, el, render } from './dom.js'
import { count, duration, moment, points, time } from './format.js'

const read = createReader('/api/health')
const place = byId('health')
let fault = null
let shown = []
/** When everything was read last. */
let wholeAt = null

/** Says that the page is of the past, since when and why; null when it is not. */
export function lost(reason) {
  if (reason === null) wholeAt = new Date().toISOString()
  if (reason === fault) return
  fault = reason
  announce(reason === null ? 'Up to date again' : `Not up to date: ${reason}`)
  show()
}

export const health = {
  async update() {
    const answer = await read('')
    if (answer === undefined) return
    shown = [
      ...reading(answer),
      ...(answer.reading?.is_current === false ? present(answer).map(past) : present(answer)),
    ]
    show()
  },
}

const present = answer => [
  ...lags(answer),
  letters(answer),
  ...budget(answer),
  ...processes(answer),
  ...contract(answer),
  ...bugs(answer),
]

/** What was good a while ago is no good mark now. */
const past = ([, ...text]) => ['past', ...text]

function show() {
  const items = fault === null ? shown : [sinceWhen(), ...shown.filter(isOfPipeline).map(past)]
  render(
    place,
    items.map(([kind, ...text]) =>
      el('li', {}, el(`span.dot.${kind}`, { 'aria-hidden': 'true' }), el('span', {}, text)),
    ),
  )
}

/** How far the console has read is told by what stands in its place. */
const isOfPipeline = ([, label]) => !String(label).startsWith('Console')

const sinceWhen = () =>
  wholeAt === null
    ? item('bad', 'Not up to date: ', fault)
    : item('bad', `Not up to date since ${time(wholeAt)}: `, fault)

const item = (kind, label, value) => [kind, label, el('b', {}, value)]

function reading({ reading: at }) {
  if (at === null) return [item('wait', 'Console ', 'starting')]
  if (!at.is_current) return [item('bad', 'Kafka does not answer: this is as of ', moment(at.as_of))]
  if (at.behind < 500) return [item('good', 'Console ', 'up to date')]
  return [item('wait', 'Console reading ', `${Math.floor((1 - at.behind / at.total) * 100)} %`)]
}

/** What is of the past would look like the present. */
const lags = ({ reading: at, groups }) =>
  (at?.is_current === false ? [] : groups).map(({ group, lag }) =>
    item(lag > 1_000 ? 'wait' : 'good', `${group} lag `, count(lag)),
  )

const letters = ({ dead_letters }) => [
  dead_letters > 0 ? 'bad' : 'good',
  el('a', { href: '#dead-letters' }, 'Dead letters'),
  ' ',
  el('b', {}, count(dead_letters)),
]

function budget({ pulsifi: { requests_per_second: rate, budget_per_second: most } }) {
  if (rate === null) return []
  return [
    item(rate > most * 0.9 ? 'wait' : 'good', 'Pulsifi ', `${points(rate)} of ${points(most)} requests/s`),
  ]
}

const processes = ({ processes: all }) =>
  all.filter(({ is_up }) => !is_up).map(({ name }) => item('wait', `${name} `, 'not reachable'))

/** What the data contract promises, as measured. */
function contract({ freshness, completeness_delta }) {
  return [
    ...(freshness === null
      ? []
      : [
          item(freshness.p95_seconds > 1 ? 'wait' : 'good', 'Fresh within ', duration(freshness.p95_seconds)),
        ]),
    ...(completeness_delta === 0 ? [item('good', 'Every event ', 'accounted for')] : []),
  ]
}

/** Shown only when there is something to show. */
function bugs({ completeness_delta, unreadable, spooled }) {
  return [
    ...(spooled === null || spooled === 0 ? [] : [item('wait', 'Events not on Kafka yet ', count(spooled))]),
    ...(completeness_delta === null || completeness_delta === 0
      ? []
      : [item('bad', 'Unaccounted events ', count(completeness_delta))]),
    ...(unreadable === 0 ? [] : [item('bad', 'Unreadable records ', count(unreadable))]),
  ]
}
