/**
 * What each part of the page shows: what was asked for, something older, or nothing yet. A part says in `data-from` which
 * answers it is made of. While another answer is awaited than the one that is shown, old rows are not to be seen.
 */
import { el } from '../dom.js'
import { time } from '../format.js'

/** By path: the address that is wanted, the one that is shown, since when, and what went wrong since. */
const reads = new Map()
const readOf = path => {
  if (!reads.has(path)) reads.set(path, { wanted: null, shown: null, atMs: 0, fault: null })
  return reads.get(path)
}

export const asking = (path, address) => tell(path, { wanted: address })
export const answered = (path, address) =>
  tell(path, { wanted: address, shown: address, atMs: Date.now(), fault: null })
export const failed = (path, fault) => tell(path, { fault })

function tell(path, change) {
  Object.assign(readOf(path), change)
  for (const part of document.querySelectorAll(`[data-from~="${path}"]`)) paint(part)
}

function paint(part) {
  const own = part.dataset.from.split(' ').map(readOf)
  const state = stateOf(own)
  const text = wordsOf(state, own)
  const before = part.dataset.state
  if (before === state && part.querySelector(':scope > .state')?.textContent === text) return
  if (state === 'busy')
    part.dataset.focused = part.contains(document.activeElement)
      ? (document.activeElement.dataset.key ?? '')
      : ''
  part.dataset.state = state
  part.setAttribute('aria-busy', String(state === 'busy' || state === 'unread'))
  part.querySelector(':scope > .state')?.remove()
  if (text !== '') part.append(el('p.state', {}, text))
}

function stateOf(own) {
  const isOther = own.some(({ wanted, shown }) => shown === null || wanted !== shown)
  if (own.some(({ fault }) => fault !== null)) return isOther ? 'failed' : 'stale'
  if (own.some(({ shown }) => shown === null)) return 'unread'
  return isOther ? 'busy' : 'shown'
}

function wordsOf(state, own) {
  if (state === 'busy' || state === 'unread') return 'Reading …'
  const fault = own.find(read => read.fault !== null)?.fault
  if (state === 'failed') return `Could not be read: ${fault}. It is tried again.`
  const oldest = Math.min(...own.map(({ atMs }) => atMs))
  return state === 'stale' ? `As of ${time(new Date(oldest).toISOString())}` : ''
}

/** What was hidden while it was busy has lost the focus: whoever had it has it again. */
export function giveFocusBack() {
  for (const part of document.querySelectorAll('[data-focused]')) {
    if (part.dataset.state === 'busy') continue
    const key = part.dataset.focused
    delete part.dataset.focused
    if (key === '' || document.activeElement !== document.body) continue
    part.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true })
  }
}
