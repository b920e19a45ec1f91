/** What depends on where the page is shown: a phone, paper. */
import { byId } from '../dom.js'
import { moment } from '../format.js'
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
