/** Whom and what the application is about, and under which names it goes elsewhere. */
import { el, render } from '../dom.js'
import { moment } from '../format.js'

export function facts() {
  const node = el('section', { 'aria-labelledby': 'facts-title' })
  return {
    node,
    show({ application }) {
      node.hidden = application === null
      if (application === null) return
      render(
        node,
        el('h3', { id: 'facts-title' }, 'The application'),
        el(
          'dl.facts',
          {},
          rowsOf(application).flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]),
        ),
      )
    },
  }
}

const rowsOf = ({ job_title, job_key, candidate_key, ...application }) =>
  [
    ['E-mail', application.email],
    ['Job', job_title ?? job_key],
    ['Candidate', candidate_key],
    ['Reference at Pulsifi', application.ext_reference_id],
    ['Candidate at Pulsifi', application.pulsifi_candidate_id],
    ['Received', application.received_at && moment(application.received_at)],
    ['Decided', application.decided_at && moment(application.decided_at)],
    ['Invitation expires', application.expires_at && moment(application.expires_at)],
  ].filter(([, value]) => value !== null)
