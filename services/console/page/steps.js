import { createReader } from './api.js'
import { byId, el, empty, render, table } from './dom.js'
import { capital, count, duration } from './format.js'
import { change, FILTERS, query, state } from './state.js'

const read = createReader('/api/steps')
const COLUMNS = [
  { label: 'Step', cell: ({ from, to }) => `${capital(from)} → ${to}` },
  { label: 'Half within', number: true, cell: ({ p50_seconds }) => duration(p50_seconds) },
  {
    label: '95 % within',
    number: true,
    cell: ({ p95_seconds, count: n }) => (p95_seconds === null && n > 0 ? 'too few' : duration(p95_seconds)),
  },
]

export const steps = {
  async update() {
    const answer = await read(query(...FILTERS, 'path'))
    if (answer !== undefined) show(answer)
  },
}

function show({ count: n, left_out, steps: list }) {
  if (n + left_out === 0) {
    render(byId('steps'), empty('Shows once the first assessment is completed.'))
    return
  }
  render(byId('steps'), n === 0 ? null : table(COLUMNS, list, 'table'), population(n, left_out))
}

/** Every row is of the same people, so that they can be compared and come to the whole. */
function population(n, left_out) {
  const isByStep = state.path === 'every_step'
  const kind = isByStep ? 'completed assessments that were seen at every step' : 'completed assessments'
  const others = isByStep
    ? `${count(left_out)} more were completed, and a step of theirs was not seen.`
    : `${count(left_out)} more have no time of receipt or invitation.`
  const toggle = el(
    'button.plain',
    {
      type: 'button',
      'data-key': 'path',
      onclick: () => change({ path: isByStep ? 'ends' : 'every_step' }),
    },
    isByStep ? 'Without the steps between' : 'Step by step',
  )
  return el(
    'p.intake.population',
    {},
    el('span', {}, 'Of ', el('b', {}, count(n)), ` ${kind}. ${left_out === 0 ? '' : others}`),
    left_out > 0 || !isByStep ? toggle : null,
  )
}
