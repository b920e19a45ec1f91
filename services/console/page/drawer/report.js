/** Links to the report: asked for by hand, since each look is recorded and whoever has a link has the report. */
import { getJson } from '../api.js'
import { el, render } from '../dom.js'
import { moment } from '../format.js'

const NAMES_OFF = 'There is a report. It names the person, and this console is set to show no names.'

export function report(key) {
  const node = el('section', { 'aria-labelledby': 'report-title' })
  let state = ''
  return {
    node,
    show({ report: is }) {
      node.hidden = is === 'none'
      // Links that were asked for stay.
      if (is === state || is === 'none') return
      state = is
      say(is === 'names-off' ? el('p.next', {}, NAMES_OFF) : button())
    },
  }

  function say(...children) {
    render(node, el('h3', { id: 'report-title' }, 'Report'), ...children)
  }
  function button() {
    const go = el('button.plain', { type: 'button', 'data-key': 'report' }, 'Show the links')
    go.addEventListener('click', () => void ask(go))
    return [go, el('p.next', {}, 'It is recorded who asks for them.')]
  }
  async function ask(go) {
    go.disabled = true
    try {
      const links = await getJson(`/api/applications/report?key=${encodeURIComponent(key)}`)
      say(...shown(links))
      node.querySelector('a')?.focus()
    } catch (error) {
      say(button(), el('p.fault', { role: 'alert' }, error.message))
    }
  }
}

function shown({ page, pdf, pdf_expires_at }) {
  const link = (href, text, note) =>
    href === null
      ? null
      : el(
          'li',
          {},
          el('a', { href, target: '_blank', rel: 'noreferrer' }, text),
          note === null ? null : el('small', {}, note),
        )
  const until = pdf_expires_at === null ? null : ` works until ${moment(pdf_expires_at)}`
  return page === null && pdf === null
    ? [el('p.next', {}, 'Pulsifi has given no report yet.')]
    : [
        el('ul.links', {}, link(page, 'Report as a page', null), link(pdf, 'Report as a PDF', until)),
        el('p.next', {}, 'They open in a new tab. Whoever has a link has the report.'),
      ]
}
