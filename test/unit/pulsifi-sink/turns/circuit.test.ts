import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  type CallKind,
  type Circuit,
  FAILURES_MAX,
  heard,
  isOnTrial,
  isProbeDue,
  probed,
  probing,
  untried,
} from '../../../../services/pulsifi-sink/turns/circuit.ts'
import { after, monotonic, msBetween } from '../../../../services/pulsifi-sink/turns/monotonic.ts'

const START = monotonic(0.25)

const healthy = heard(untried(START), 'create', true, START)
const failures = (circuit: Circuit, kind: CallKind, count: number): Circuit =>
  Array.from({ length: count }).reduce((it: Circuit) => heard(it, kind, false, START), circuit)

it('opens after so many failures in a row, and not before', () => {
  expect(failures(healthy, 'create', FAILURES_MAX - 1).state).toBe('closed')
  expect(failures(healthy, 'create', FAILURES_MAX).state).toBe('open')
})

it('opens when creations fail although looks are answered', () => {
  let circuit = healthy
  for (let count = 0; count < FAILURES_MAX; count++)
    circuit = heard(heard(circuit, 'create', false, START), 'look', true, START)
  expect(circuit.state).toBe('open')
})

it('stays closed while a failure is followed by a success', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(FAILURES_MAX - 1)), runs => {
      const end = runs.reduce(
        (circuit, count) => heard(failures(circuit, 'create', count), 'create', true, START),
        healthy,
      )
      expect(end.state).toBe('closed')
    }),
  )
})

it('is tried again after ever longer waits of at most five minutes', () => {
  let circuit = failures(healthy, 'create', FAILURES_MAX)
  let now = START
  const waits: number[] = []
  for (let count = 0; count < 9; count++) {
    if (circuit.state !== 'open') throw new Error('it should be open')
    waits.push(msBetween(now, circuit.retryAt) / 1_000)
    expect(isProbeDue(circuit, after(circuit.retryAt, -1))).toBe(false)
    now = circuit.retryAt
    expect(isProbeDue(circuit, now)).toBe(true)
    circuit = probed(probing(circuit), false, now)
  }
  expect(waits).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300])
})

it('is on trial after a probe: one failure opens it for longer, one creation closes it', () => {
  const trial = probed(probing(failures(healthy, 'create', FAILURES_MAX)), true, START)
  expect(isOnTrial(trial, START)).toBe(true)
  expect(heard(trial, 'create', false, START)).toMatchObject({ state: 'open', retryAt: after(START, 10_000) })
  expect(heard(trial, 'look', true, START)).toEqual(trial)
  expect(heard(trial, 'create', true, START)).toEqual(healthy)
  expect(isOnTrial(trial, after(START, 600_000))).toBe(false)
})

it.each(['create', 'look'] as const)('of an account that has never answered closes with any %s', kind => {
  expect(isOnTrial(untried(START), START)).toBe(true)
  expect(isOnTrial(heard(untried(START), kind, true, START), START)).toBe(false)
  expect(heard(untried(START), kind, false, START).state).toBe('open')
})

it('hears nothing of calls that end after it has opened', () => {
  const open = failures(healthy, 'look', FAILURES_MAX)
  for (const circuit of [open, probing(open)])
    for (const isWell of [true, false]) expect(heard(circuit, 'create', isWell, START)).toBe(circuit)
})
