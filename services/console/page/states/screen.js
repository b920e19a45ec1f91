/** What depends on where the page is shown: a phone, paper. */
import { byId } from '../dom.js'
import { ago, moment } from '../format.js'
import { FILTERS, state } from '../state.js'

const phone = matchMedia('(max-width: 40rem)')

export function startScreen() {
  fold()
  phone.addEventListener('change', fold)
  addEventListener('beforeprint', date)
}

/** Filters take no room of a phone before somebody wants to filter. */
function fold() {
  byId('filter-fold').open = !phone.matches
}

/** Paper does not renew itself: it says when this was so, and of what. */
function date() {
  const chosen = FILTERS.filter(name => state[name] !== '').map(name => `${name} ${state[name]}`)
  byId('printed').textContent = [`As of ${moment(new Date().toISOString())}`, ...chosen].join(', ')
}

/** How long ago something was changes without any answer. */
export function renewTimes() {
  for (const node of document.querySelectorAll('td time[datetime]')) {
    const text = ago(node.dateTime)
    if (node.textContent !== text) node.textContent = text
  }
}
