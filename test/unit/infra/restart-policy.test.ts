import { describe, expect, it } from 'vitest'
import { afterEnd } from '../../../infra/restart-policy.ts'

describe('afterEnd', () => {
  it.each([
    [0, 500],
    [1, 1_000],
    [2, 2_000],
    [6, 30_000],
    [1_000, 30_000],
  ])('after %i failures in a row waits %i ms', (failuresBefore, delayMs) => {
    expect(afterEnd({ code: 1, ranMs: 10, failuresBefore })).toMatchObject({ type: 'restart', delayMs })
  })

  it('starts again without a long pause when the process had run well before', () => {
    const ended = { code: null, ranMs: 60_000, failuresBefore: 9 }
    expect(afterEnd(ended)).toEqual({ type: 'restart', delayMs: 500, failures: 1 })
  })

  it('starts again a process that ended without a fault, because nobody asked it to end', () => {
    expect(afterEnd({ code: 0, ranMs: 10, failuresBefore: 0 }).type).toBe('restart')
  })

  it('does not try a faulty configuration again', () => {
    expect(afterEnd({ code: 78, ranMs: 60_000, failuresBefore: 0 })).toEqual({ type: 'give-up' })
  })
})
