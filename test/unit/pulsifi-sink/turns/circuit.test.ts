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

const healthy = heard(untried(0), 'create', true, 0)
const failures = (circuit: Circuit, kind: CallKind, count: number, nowMs = 0): Circuit =>
  Array.from({ length: count }).reduce((it: Circuit) => heard(it, kind, false, nowMs), circuit)

it('opens after so many failures in a row, and not before', () => {
  expect(failures(healthy, 'create', FAILURES_MAX - 1).state).toBe('closed')
  expect(failures(healthy, 'create', FAILURES_MAX).state).toBe('open')
})

it('opens when creations fail although looks are answered', () => {
  let circuit = healthy
  for (let count = 0; count < FAILURES_MAX; count++)
    circuit = heard(heard(circuit, 'create', false, 0), 'look', true, 0)
  expect(circuit.state).toBe('open')
})

it('stays closed while a failure is followed by a success', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(FAILURES_MAX - 1)), runs => {
      const end = runs.reduce(
        (circuit, count) => heard(failures(circuit, 'create', count), 'create', true, 0),
        healthy,
      )
      expect(end.state).toBe('closed')
    }),
  )
})

it('is tried again after ever longer waits of at most five minutes', () => {
  let circuit = failures(healthy, 'create', FAILURES_MAX)
  let nowMs = 0
  const waits: number[] = []
  for (let count = 0; count < 9; count++) {
    if (circuit.state !== 'open') throw new Error('it should be open')
    waits.push((circuit.retryAtMs - nowMs) / 1_000)
    expect(isProbeDue(circuit, circuit.retryAtMs - 1)).toBe(false)
    nowMs = circuit.retryAtMs
    expect(isProbeDue(circuit, nowMs)).toBe(true)
    circuit = probed(probing(circuit), false, nowMs)
  }
  expect(waits).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300])
})

it('is on trial after a probe: one failure opens it for longer, one creation closes it', () => {
  const trial = probed(probing(failures(healthy, 'create', FAILURES_MAX)), true, 0)
  expect(isOnTrial(trial, 0)).toBe(true)
  expect(heard(trial, 'create', false, 0)).toMatchObject({ state: 'open', retryAtMs: 10_000 })
  expect(heard(trial, 'look', true, 0)).toEqual(trial)
  expect(heard(trial, 'create', true, 0)).toEqual(healthy)
  expect(isOnTrial(trial, 600_000)).toBe(false)
})

it.each(['create', 'look'] as const)('of an account that has never answered closes with any %s', kind => {
  expect(isOnTrial(untried(0), 0)).toBe(true)
  expect(isOnTrial(heard(untried(0), kind, true, 0), 0)).toBe(false)
  expect(heard(untried(0), kind, false, 0).state).toBe('open')
})

it('hears nothing of calls that end after it has opened', () => {
  const open = failures(healthy, 'look', FAILURES_MAX)
  for (const circuit of [open, probing(open)])
    for (const isWell of [true, false]) expect(heard(circuit, 'create', isWell, 0)).toBe(circuit)
})
