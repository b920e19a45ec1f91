/** A panel at the side of the page, about one thing that its address names. It renews itself with the rest of the page. */
import { el, empty, render } from '../dom.js'
import { time } from '../format.js'

/**
 * `hash` begins the part of the address that names what is open. `ask` reads it: undefined when nothing has changed.
 * `partsOf` makes what is shown, once: parts that stay while what they show changes.
 */
export function createPanel({ dialog, hash, ask, partsOf, headingOf }) {
  /** What the reader came from, by name: the page renews itself meanwhile, so the element itself may be gone. */
  let openedFrom = ''
  let shown = null

  dialog.addEventListener('close', () => {
    shown = null
    if (document.activeElement === document.body)
      document.querySelector(`[data-key="${CSS.escape(openedFrom)}"]`)?.focus()
    if (location.hash.startsWith(hash)) history.replaceState(null, '', location.pathname + location.search)
  })
  // A click beside the panel is a click on the dialog itself.
  dialog.addEventListener('click', event => {
    if (event.target === dialog && event.offsetX < 0) dialog.close()
  })

  async function open(name) {
    const body = el('div.told', { 'aria-busy': 'true' }, empty('Reading …'))
    const heading = el(
      'div',
      {},
      headingOf(name).map(([kind, text]) => el(kind, idOf(kind, dialog), text)),
    )
    shown = { name, body, heading, read: ask(name), note: el('div', { role: 'status' }), parts: null }
    const close = { type: 'button', 'data-key': 'close', onclick: () => dialog.close() }
    render(dialog, el('header', {}, heading, el('button.plain', close, 'Close')), shown.note, body)
    if (!dialog.open) {
      openedFrom = document.activeElement?.dataset.key ?? ''
      dialog.showModal()
    }
    dialog.scrollTop = 0
    history.replaceState(null, '', `${location.pathname}${location.search}${hash}${encodeURIComponent(name)}`)
    await renew(shown)
  }

  /** A fault leaves what was read before, and says so; before anything was read there is nothing but the fault. */
  async function renew(at) {
    const told = await at.read().catch(error => failed(at, error.message))
    if (at !== shown || told === null) return
    at.readAt = new Date().toISOString()
    render(at.note)
    if (told === undefined) return
    if (at.parts === null) {
      at.parts = partsOf(at.name, at.heading)
      render(
        at.body,
        at.parts.map(part => part.node),
      )
    }
    for (const part of at.parts) part.show(told)
    at.body.removeAttribute('aria-busy')
  }

  return {
    open,
    close: () => dialog.close(),
    openFromAddress() {
      if (location.hash.startsWith(hash)) void open(decodeURIComponent(location.hash.slice(hash.length)))
    },
    async update() {
      if (shown !== null) await renew(shown)
    },
  }
}

const idOf = (kind, dialog) => (kind === 'h2' ? { id: `${dialog.id}-title` } : {})

function failed(at, reason) {
  const since = at.parts === null ? '' : `Not up to date since ${time(at.readAt)}: `
  render(at.note, el('p.fault', {}, `${since}${reason}`))
  if (at.parts === null) render(at.body)
  at.body.removeAttribute('aria-busy')
  return null
}
