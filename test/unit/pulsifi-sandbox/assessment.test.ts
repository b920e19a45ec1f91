import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { advance, nextStep, resultOf, statusAt } from '../../../infra/pulsifi-sandbox/assessment.ts'
import type { CandidateStatus } from '../../../infra/pulsifi-sandbox/state.ts'
import { candidateOf } from './candidate.ts'

const CREATED_MS = Date.parse('2026-01-31T12:00:00Z')
const EXPIRES_MS = Date.parse('2026-04-30T12:00:00Z')

describe('steps by hand', () => {
  it.each<[CandidateStatus, CandidateStatus, boolean]>([
    ['invited', 'opened', true],
    ['invited', 'completed', true],
    ['opened', 'started', true],
    ['started', 'completed', true],
    ['started', 'opened', false],
    ['opened', 'opened', false],
    ['started', 'expired', true],
    ['completed', 'expired', false],
    ['completed', 'completed', false],
    ['expired', 'opened', false],
    ['expired', 'expired', false],
  ])('from %s to %s: %s', (from, to, isPossible) => {
    const moved = advance(candidateOf({ status: from }), to, CREATED_MS)
    expect(moved?.status ?? null).toBe(isPossible ? to : null)
  })

  it('gives a result at completion only', () => {
    expect(advance(candidateOf(), 'started', CREATED_MS)?.result).toBeNull()
    expect(advance(candidateOf(), 'completed', CREATED_MS)?.result).toEqual(resultOf('ATS12345'))
  })

  it('ends an invitation at its deadline', () => {
    expect(statusAt(candidateOf(), EXPIRES_MS - 1)).toBe('invited')
    expect(statusAt(candidateOf(), EXPIRES_MS)).toBe('expired')
    expect(statusAt(candidateOf({ status: 'completed' }), EXPIRES_MS)).toBe('completed')
    expect(advance(candidateOf(), 'opened', EXPIRES_MS)).toBeNull()
  })
})

describe('steps by themselves', () => {
  const pace = { finishSeconds: 3, expireShare: 0 }

  it.each<[CandidateStatus, CandidateStatus, number]>([
    ['invited', 'opened', 1000],
    ['opened', 'started', 2000],
    ['started', 'completed', 3000],
  ])('go from %s to %s', (from, to, afterMs) => {
    expect(nextStep(candidateOf({ status: from }), pace)).toEqual({ to, atMs: CREATED_MS + afterMs })
  })

  it('stop at the end, and never begin when all is done by hand', () => {
    expect(nextStep(candidateOf({ status: 'completed' }), pace)).toBeNull()
    expect(nextStep(candidateOf({ status: 'expired' }), pace)).toBeNull()
    expect(nextStep(candidateOf(), { finishSeconds: 0, expireShare: 1 })).toBeNull()
  })

  it('let some expire instead', () => {
    const step = nextStep(candidateOf(), { finishSeconds: 3, expireShare: 1 })
    expect(step).toEqual({ to: 'expired', atMs: CREATED_MS + 3000 })
  })

  it('never go past the deadline', () => {
    const short = candidateOf({ invitation_expired_at: '2026-01-31T12:00:00.500Z' })
    expect(nextStep(short, pace)).toEqual({ to: 'expired', atMs: CREATED_MS + 500 })
  })
})

describe('scores', () => {
  it('follow from the reference alone', () => {
    expect(resultOf('a')).toEqual(resultOf('a'))
    expect(resultOf('a')).not.toEqual(resultOf('b'))
  })

  it('are whole numbers from 0 to 100, of every documented type', () => {
    fc.assert(
      fc.property(fc.string(), reference => {
        const { scores, additional_scores } = resultOf(reference)
        expect(scores?.map(score => score.score_type)).toEqual(['role_fit', 'organizational_fit'])
        expect(additional_scores).toHaveLength(9)
        for (const score of [...(scores ?? []), ...(additional_scores ?? [])]) {
          expect(score.score_format).toBe(100)
          expect(Number.isInteger(score.score_value)).toBe(true)
          expect(score.score_value).toBeGreaterThanOrEqual(0)
          expect(score.score_value).toBeLessThanOrEqual(100)
        }
      }),
    )
  })
})
