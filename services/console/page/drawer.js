/** One application and every record about it. */
import { getJson } from './api.js'
import { byId, el, empty, render } from './dom.js'
import { moment, outcome } from './format.js'

const drawer = byId('drawer')
const HASH = '#application='

/** What the reader came from, by name: the page renews itself meanwhile, so the element itself may be gone. */
let openedFrom = ''

drawer.addEventListener('close', () => {
  if (document.activeElement === document.body)
    document.querySelector(`[data-key="${CSS.escape(openedFrom)}"]`)?.focus()
  if (location.hash.startsWith(HASH)) history.replaceState(null, '', location.pathname + location.search)
})
// A click beside the drawer is a click on the dialog itself.
drawer.addEventListener('click', event => {
  if (event.target === drawer && event.offsetX < 0) drawer.close()
})

export function openFromAddress() {
  if (location.hash.startsWith(HASH))
    void openApplication(decodeURIComponent(location.hash.slice(HASH.length)))
}

export async function openApplication(key) {
  show(key, empty('Reading the records …'))
  if (!drawer.open) {
    openedFrom = document.activeElement?.dataset.key ?? ''
    drawer.showModal()
  }
  history.replaceState(null, '', `${location.pathname}${location.search}${HASH}${encodeURIComponent(key)}`)
  try {
    const { application, records } = await getJson(
      `/api/applications/timeline?key=${encodeURIComponent(key)}`,
    )
    show(key, application === null ? null : facts(application), timeline(records))
  } catch (error) {
    show(key, empty(error.message))
  }
}

function show(key, ...children) {
  const close = el(
    'button.plain',
    { type: 'button', 'data-key': 'close', onclick: () => drawer.close() },
    'Close',
  )
  const title = el('h2', { id: 'drawer-title' }, key)
  render(drawer, el('header', {}, title, close), ...children)
}

function facts(application) {
  const { job_title, job_key, reason_texts, status } = application
  const state = application.outcome === 'INVITED' ? (status ?? 'invited') : outcome(application.outcome)
  const rows = [
    ['Name', application.name],
    ['E-mail', application.email],
    ['State', reason_texts.length === 0 ? state : `${state}: ${reason_texts.join('; ')}`],
    ['Job', job_title ?? job_key],
    ['Candidate', application.candidate_key],
    ['At Pulsifi', application.pulsifi_candidate_id],
    ['Reference', application.ext_reference_id],
    ['Expires', application.expires_at === null ? null : moment(application.expires_at)],
  ].filter(([, value]) => value !== null)
  return el(
    'dl.facts',
    {},
    rows.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]),
  )
}

function timeline(records) {
  if (records.length === 0) return empty('No record is left of it.')
  return el('ol.timeline', { 'aria-label': 'Records, oldest first' }, records.map(entry))
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
