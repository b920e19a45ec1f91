/** The log: every record, folded away until somebody wants to know how it came to this. */
import { el, render } from '../dom.js'
import { count, moment } from '../format.js'

export function records() {
  const name = el('summary', {})
  const list = el('ol.timeline', { 'aria-label': 'Records, oldest first' })
  return {
    node: el('details.log', {}, name, list),
    show({ records: all }) {
      name.textContent = `Log: ${count(all.length)} ${all.length === 1 ? 'record' : 'records'}`
      render(list, all.map(entry))
    },
  }
}

const entry = ({ happened_at, topic, partition, offset, kind, text, details }) =>
  el(
    'li',
    { class: kind },
    el('time', { datetime: happened_at }, el('small', {}, moment(happened_at))),
    el('p', {}, text),
    details.length === 0 ? null : el('small', {}, details.join(' · ')),
    el('small', {}, `${topic} / ${partition} / ${offset}`),
  )
