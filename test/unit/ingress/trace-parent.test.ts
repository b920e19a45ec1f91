import { expect, it } from 'vitest'
import { traceParentOf } from '../../../services/ingress/trace-parent.ts'

// The example of W3C Trace Context.
const VALID = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
const ones = () => '11'.repeat(24)
const MADE = `00-${'11'.repeat(16)}-${'11'.repeat(8)}-01`

it('takes over a valid trace', () => {
  expect(traceParentOf(VALID)).toBe(VALID)
})

it.each([
  ['none', undefined],
  ['another version', VALID.replace('00-', 'ff-')],
  ['a trace id of zeros', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`],
  ['a span id of zeros', `00-4bf92f3577b34da6a3ce929d0e0e4736-${'0'.repeat(16)}-01`],
  ['capital letters', VALID.toUpperCase()],
  ['anything else', 'someone@example.com'],
])('begins a trace where there is %s', (_name, header) => {
  expect(traceParentOf(header, ones)).toBe(MADE)
})

it('gives every webhook a trace of its own', () => {
  const traces = Array.from({ length: 1_000 }, () => traceParentOf(undefined))
  for (const trace of traces) expect(traceParentOf(trace)).toBe(trace)
  expect(new Set(traces.flatMap(trace => trace.split('-').slice(1, 3))).size).toBe(2_000)
})
