import { expect, it } from 'vitest'
import {
  intentOf,
  isLeftOut,
  isSampled,
  readTraceParent,
  traceIdOf,
  traceParentText,
} from '../../../../services/platform/tracing/trace-context.ts'

const VALID = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

it.each([VALID, VALID.replace(/1$/, '0')])('writes %s as it was read', text => {
  const context = readTraceParent(text)
  expect(context && traceParentText(context)).toBe(text)
})

it.each([
  ['01', true],
  ['00', false],
  ['03', true],
  ['02', false],
])('with flags %s a trace is kept: %s', (flags, isKept) => {
  const context = readTraceParent(VALID.replace(/01$/, flags))
  expect(context && isSampled(context)).toBe(isKept)
})

it.each([
  undefined,
  '',
  'someone@example.com',
  VALID.toUpperCase(),
  VALID.replace('4bf92f3577b34da6a3ce929d0e0e4736', '0'.repeat(32)),
])('reads no trace out of %s', text => {
  expect(readTraceParent(text)).toBeNull()
})

it('knows the trace of a key and the span of an intent whenever it is asked', () => {
  const key = 'jobylon:acme:42'
  expect(traceIdOf(key)).toBe(traceIdOf(key))
  expect(traceIdOf(key)).not.toBe(traceIdOf('jobylon:acme:43'))
  const intents = [1, 2].map(attempt => intentOf(key, `${key}#7`, attempt))
  expect(intents[0]).toEqual(intentOf(key, `${key}#7`, 1))
  expect(new Set(intents.map(({ spanId }) => spanId)).size).toBe(2)
  for (const intent of intents) {
    expect(intent.traceId).toBe(traceIdOf(key))
    expect(readTraceParent(traceParentText(intent))).toEqual(intent)
  }
})

it.each([
  ['01', false],
  ['00', true],
  ['02', true],
  ['0b', false],
  // Nobody writes it: it is read as others are.
  ['0a', false],
])('tells by the last digit of %s whether it may be passed over: %s', (flags, isPassed) => {
  const header = Buffer.from(VALID.replace(/01$/, flags))
  expect(isLeftOut({ traceparent: header })).toBe(isPassed)
})

it.each([undefined, 'no bytes', Buffer.from('short'), [Buffer.from(VALID)]])(
  'passes over no record whose header is %s',
  header => {
    expect(isLeftOut({ traceparent: header })).toBe(false)
  },
)
