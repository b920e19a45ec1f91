import { createReader } from './api.js'
import { byId, empty, render, table } from './dom.js'
import { capital, count, duration } from './format.js'
import { FILTERS, query } from './state.js'

const read = createReader('/api/steps')
const COLUMNS = [
  { label: 'Step', cell: ({ from, to }) => `${capital(from)} → ${to}` },
  { label: 'Half within', number: true, cell: ({ p50_seconds }) => duration(p50_seconds) },
  { label: '95 % within', number: true, cell: ({ p95_seconds }) => duration(p95_seconds) },
  { label: 'Seen', number: true, cell: ({ count: n }) => count(n) },
]

export const steps = {
  async update() {
    const answer = await read(query(...FILTERS))
    if (answer === undefined) return
    const seen = answer.steps.filter(({ count: n }) => n > 0)
    render(
      byId('steps'),
      seen.length > 0 ? table(COLUMNS, seen, 'table') : empty('Shows once the first invitation is out.'),
    )
  },
}
