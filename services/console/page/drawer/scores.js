/** The current scores, each with the scale that it is on. */
import { el, render } from '../dom.js'
import { moment, points, scoreName } from '../format.js'

const KINDS = { FIT: 'Fit', ADDITIONAL: 'Single traits' }

export function scores() {
  const node = el('section', { 'aria-labelledby': 'points-title' })
  return {
    node,
    show({ scores: all }) {
      node.hidden = all.length === 0
      if (all.length === 0) return
      const kinds = Object.keys(KINDS).filter(kind => all.some(score => score.kind === kind))
      const newest = all.map(({ observed_at }) => observed_at).sort()
      render(
        node,
        el('h3', { id: 'points-title' }, 'Scores'),
        kinds.map(kind =>
          el('dl.points', { 'aria-label': KINDS[kind] }, all.filter(score => score.kind === kind).map(row)),
        ),
        el('p.next', {}, `As Pulsifi gave them at ${moment(newest.at(-1))}. More is better.`),
      )
    },
  }
}

function row({ score_type, score_value, score_format }) {
  const bar = el('span.bar')
  bar.style.setProperty('--share', (score_value / Math.max(1, score_format)).toFixed(4))
  return el(
    'div',
    {},
    el('dt', {}, scoreName(score_type)),
    el(
      'dd',
      {},
      el('span.track', { 'aria-hidden': 'true' }, bar),
      el('b', {}, points(score_value)),
      ` of ${score_format}`,
    ),
  )
}
