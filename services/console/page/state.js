/** What is being looked at. It stands in the address, so that it can be shared, survives a reload, and goes back. */
/** One that there is: `2026-02-31` is none. */
const DAY = {
  test: text => /^\d{4}-\d\d-\d\d$/.test(text) && dayOf(Date.parse(text)) === text,
}
const dayOf = ms => (Number.isNaN(ms) ? '' : new Date(ms).toISOString().slice(0, 10))
/** As far as the API counts, at the most rows that a page has. */
const PAGE = { test: text => /^\d{1,6}$/.test(text) && Number(text) * 12 <= 1_000_000 }

/** By name: the fallback, and what else it may be where that is not everything. */
const KNOWN = {
  source: [''],
  tenant_id: [''],
  job_key: [''],
  from: ['', DAY],
  to: ['', DAY],
  q: [''],
  state: [
    '',
    /^(received|waiting|blocked|ambiguous|invited|opened|started|completed|expired|skipped|withdrawn|erased)$/,
  ],
  outcome: [''],
  reason: [''],
  reached: ['', /^(canonical|invited|opened|started|completed)$/],
  sort: ['', /^(received_at|completed_at|application_key|job_title|state)$/],
  order: ['', /^(asc|desc)$/],
  page: ['0', PAGE],
  score_type: [''],
  by: ['none', /^(job_key|source|tenant_id)$/],
  groups: ['6', /^20$/],
  interval: ['auto', /^(minute|hour|day|week|month)$/],
  days: ['stages', /^(conversion|states)$/],
  path: ['every_step', /^ends$/],
  job_q: [''],
  job_sort: ['applications', /^(title|invited|held|completed|score_p50)$/],
  job_order: ['', /^(asc|desc)$/],
  job_page: ['0', PAGE],
  code: [''],
}

/** What everything on the page is narrowed to. */
export const FILTERS = ['source', 'tenant_id', 'job_key', 'from', 'to']
/** What is seen of a list begins anew when something else is listed, or in another order. */
const PAGES = {
  page: [...FILTERS, 'q', 'state', 'outcome', 'reason', 'reached', 'sort', 'order'],
  job_page: [...FILTERS, 'job_q', 'job_sort', 'job_order'],
}

/** What an address cannot mean is left out of it. */
function stateOf(search) {
  const given = new URLSearchParams(search)
  return Object.fromEntries(
    Object.entries(KNOWN).map(([name, [fallback, pattern]]) => {
      const value = given.get(name) ?? fallback
      return [name, (pattern?.test(value) ?? true) ? value : fallback]
    }),
  )
}

export const state = stateOf(location.search)

const listeners = new Set()
/** Told, too, whether the change came from the address: then fields that somebody has typed in are to follow. */
export const onChange = listener => listeners.add(listener)
const tell = isFromAddress => {
  for (const listener of listeners) listener(isFromAddress)
}

/**
 * Each change is a step that Back takes back.
 * @param step `typing`: one step is enough for all letters; `none`: nobody has chosen it
 */
export function change(patch, step = 'new') {
  for (const [page, names] of Object.entries(PAGES))
    if (names.some(name => name in patch && patch[name] !== state[name])) state[page] = '0'
  const isNews = Object.entries(patch).some(([name, value]) => state[name] !== value)
  if (!isNews) return
  Object.assign(state, patch)
  const kept = Object.entries(state).filter(([name, value]) => value !== KNOWN[name]?.[0])
  const query = new URLSearchParams(kept).toString()
  const address = `${query === '' ? location.pathname : `?${query}`}${location.hash}`
  const isTyping = step === 'typing'
  if (step === 'none' || (isTyping && history.state?.isTyping))
    history.replaceState({ isTyping }, '', address)
  else history.pushState({ isTyping }, '', address)
  tell(false)
}

addEventListener('popstate', () => {
  const before = JSON.stringify(state)
  Object.assign(state, stateOf(location.search))
  if (JSON.stringify(state) !== before) tell(true)
})

/** The part of the state that an operation of the API takes; `[parameter, name]` where the state calls it otherwise. */
export function query(...names) {
  const chosen = names
    .map(name => (Array.isArray(name) ? [name[0], state[name[1]]] : [name, state[name]]))
    .filter(([, value]) => value !== '')
  return new URLSearchParams(chosen).toString()
}
