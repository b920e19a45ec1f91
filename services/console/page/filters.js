import { createReader } from './api.js'
import { byId, fillSelect } from './dom.js'
import { count } from './format.js'
import { change, FILTERS, query, state } from './state.js'

const read = createReader('/api/choices')
const form = byId('filters')
const clear = byId('clear-filters')

export const filters = {
  start() {
    form.addEventListener('change', ({ target: { name, value } }) => change(narrowed(name, value)))
    form.addEventListener('submit', event => event.preventDefault())
    clear.addEventListener('click', () => {
      form.elements.source.focus()
      change(Object.fromEntries(FILTERS.map(name => [name, ''])))
    })
  },
  async update() {
    const choices = await read(query('job_key'))
    if (choices !== undefined) show(choices)
    for (const name of FILTERS)
      if (form.elements[name].value !== state[name]) form.elements[name].value = state[name]
    clear.hidden = FILTERS.every(name => state[name] === '')
  },
}

/** Days the wrong way round would be none: the other one follows. */
function narrowed(name, value) {
  const { from, to } = { from: state.from, to: state.to, [name]: value }
  if ((name !== 'from' && name !== 'to') || from === '' || to === '' || from <= to) return { [name]: value }
  return { from: value, to: value }
}

function show({ sources, tenants, jobs, jobs_total }) {
  const named = list => list.map(({ name, count: n }) => [name, `${name} (${count(n)})`])
  const { source, tenant_id, job_key } = form.elements
  const more = jobs_total - jobs.length
  fillSelect(source, [['', 'all'], ...named(sources)], state.source)
  fillSelect(tenant_id, [['', 'all'], ...named(tenants)], state.tenant_id)
  fillSelect(
    job_key,
    [
      ['', 'all'],
      ...jobs.map(({ job_key: key, title, count: n }) => [key, `${title ?? key} (${count(n)})`]),
      ...(more > 0 ? [['', `${count(more)} more: search them at Jobs`]] : []),
    ],
    state.job_key,
  )
}
