import { createReader } from './api.js'
import { byId, fillSelect } from './dom.js'
import { count } from './format.js'
import { change, FILTERS, state } from './state.js'

const read = createReader('/api/choices')
const form = byId('filters')

export const filters = {
  start() {
    form.addEventListener('change', ({ target }) => change({ [target.name]: target.value }))
    form.addEventListener('submit', event => event.preventDefault())
  },
  async update() {
    const choices = await read('')
    if (choices !== undefined) show(choices)
    for (const name of FILTERS)
      if (form.elements[name].value !== state[name]) form.elements[name].value = state[name]
  },
}

function show({ sources, tenants, jobs }) {
  const named = list => list.map(({ name, count: n }) => [name, `${name} (${count(n)})`])
  const { source, tenant, job } = form.elements
  fillSelect(source, [['', 'all'], ...named(sources)], state.source)
  fillSelect(tenant, [['', 'all'], ...named(tenants)], state.tenant)
  fillSelect(
    job,
    [
      ['', 'all'],
      ...jobs.map(({ job_key, title, count: n }) => [job_key, `${title ?? job_key} (${count(n)})`]),
    ],
    state.job,
  )
}
