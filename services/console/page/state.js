/** What is being looked at. It stands in the address, so that it can be shared and survives a reload. */
const DEFAULTS = {
  source: '',
  tenant: '',
  job: '',
  q: '',
  outcome: '',
  reason: '',
  stage: '',
  page: '0',
  score_type: '',
  by: 'none',
  interval: 'auto',
  sort: 'applications',
  jobs: '',
  code: '',
}

const given = new URLSearchParams(location.search)
export const state = Object.fromEntries(
  Object.entries(DEFAULTS).map(([name, fallback]) => [name, given.get(name) ?? fallback]),
)

const listeners = new Set()
export const onChange = listener => listeners.add(listener)

export function change(patch) {
  Object.assign(state, { page: '0' }, patch)
  const kept = Object.entries(state).filter(([name, value]) => value !== DEFAULTS[name])
  const query = new URLSearchParams(kept).toString()
  history.replaceState(null, '', `${query === '' ? location.pathname : `?${query}`}${location.hash}`)
  for (const listener of listeners) listener()
}

/** The part of the state that an operation of the API takes. */
export function query(...names) {
  const chosen = names.map(name => [name, state[name]]).filter(([, value]) => value !== '')
  return new URLSearchParams(chosen).toString()
}
export const FILTERS = ['source', 'tenant', 'job']
