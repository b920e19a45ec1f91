import { describe, expect, it } from 'vitest'
import {
  type ArmedRule,
  arm,
  type Call,
  type FaultInput,
  faultRule,
  faultRules,
  strike,
} from '../../../infra/pulsifi-sandbox/faults.ts'

const CREATE: Call = { operation: 'candidates.create', reference: 'idibu_1' }

/** Which of `calls` calls are struck, counted from 1. */
function struckCalls(rule: FaultInput, calls: number, call: Call = CREATE): number[] {
  let armed: readonly ArmedRule[] = arm([faultRule.parse(rule)])
  const struck: number[] = []
  for (let number = 1; number <= calls; number++) {
    const result = strike(armed, call)
    armed = result.armed
    if (result.strikes.length > 0) struck.push(number)
  }
  return struck
}

const reset = (extra: object): FaultInput => ({
  operation: 'candidates.create',
  action: 'reset-after-write',
  ...extra,
})

describe('when a rule strikes', () => {
  it.each([
    ['every call without limits', {}, [1, 2, 3, 4, 5]],
    ['the nth call alone', { nth: 3 }, [3]],
    ['the first calls', { count: 2 }, [1, 2]],
    ['a run of calls', { nth: 2, count: 3 }, [2, 3, 4]],
    ['never by a lot of 0', { probability: 0 }, []],
    ['always by a lot of 1', { probability: 1 }, [1, 2, 3, 4, 5]],
  ])('strikes %s', (_case, extra, expected) => {
    expect(struckCalls(reset(extra), 5)).toEqual(expected)
  })

  it('strikes the same calls for the same seed, others for another', () => {
    const byLot = (seed: number) => struckCalls(reset({ probability: 0.5, seed }), 64)
    expect(byLot(1)).toEqual(byLot(1))
    expect(byLot(1)).not.toEqual(byLot(2))
    expect(byLot(1).length).toBeGreaterThan(16)
    expect(byLot(1).length).toBeLessThan(48)
  })

  it('counts what a lot struck, not what it looked at', () => {
    expect(struckCalls(reset({ probability: 0.5, seed: 1, count: 3 }), 64)).toHaveLength(3)
  })
})

describe('which calls a rule looks at', () => {
  it.each([
    ['candidates.create', 'candidates.create', true],
    ['candidates.*', 'candidates.get', true],
    ['candidates.*', 'jobs.get', false],
    ['*', 'jobs.get', true],
    ['*', 'callbacks.deliver', false],
    ['callbacks.deliver', 'callbacks.deliver', true],
    ['candidates.get', 'candidates.get-by-invitation', false],
  ])('%s against %s: %s', (pattern, operation, isStruck) => {
    const rule: FaultInput = { operation: pattern, action: 'hang' }
    expect(struckCalls(rule, 1, { operation, reference: null })).toEqual(isStruck ? [1] : [])
  })

  it('can look at one reference', () => {
    expect(struckCalls(reset({ reference: 'idibu_1' }), 1)).toEqual([1])
    expect(struckCalls(reset({ reference: 'idibu_2' }), 1)).toEqual([])
  })

  it('does not count the calls of others', () => {
    const armed = arm([faultRule.parse(reset({ nth: 1 }))])
    const other = strike(armed, { operation: 'jobs.create', reference: null })
    expect(strike(other.armed, CREATE).strikes).toHaveLength(1)
  })

  it('lets several rules strike one call', () => {
    const armed = arm([
      faultRule.parse({ operation: '*', action: 'latency', ms: 5 }),
      faultRule.parse(reset({})),
    ])
    expect(strike(armed, CREATE).strikes.map(rule => rule.action)).toEqual(['latency', 'reset-after-write'])
  })
})

describe('what a rule may say', () => {
  it.each([
    [{ operation: '*', action: 'explode' }],
    [{ operation: '*', action: 'latency' }],
    [{ operation: '*', action: 'status', status: 200 }],
    [{ operation: '*', action: 'hang', nth: 0 }],
    [{ operation: '*', action: 'hang', often: true }],
    [{ action: 'hang' }],
  ])('refuses %j', rule => {
    expect(faultRules.safeParse(rule).success).toBe(false)
  })

  it('takes one rule or a list of them', () => {
    expect(faultRules.parse(reset({}))).toHaveLength(1)
    expect(faultRules.parse([reset({}), reset({ nth: 2 })])).toHaveLength(2)
  })
})
