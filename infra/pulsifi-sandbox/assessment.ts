/** The life of an assessment: which status may follow which, when, and the scores at its end. Pure. */
import { createHash } from 'node:crypto'
import type { Candidate, CandidateStatus, Result, Score } from './state.ts'

const ORDER: readonly CandidateStatus[] = ['invited', 'opened', 'started', 'completed']
const FIT_TYPES = ['role_fit', 'organizational_fit']
const ADDITIONAL_TYPES = [
  'hard_skill',
  'work_experience',
  'work_interest',
  'work_style',
  'work_value',
  'reasoning_average',
  'reasoning_logical',
  'reasoning_numeric',
  'reasoning_verbal',
]

/** The status that a reader sees: an invitation that nobody finished expires by itself. */
export function statusAt(candidate: Candidate, nowMs: number): CandidateStatus {
  const isOpen = candidate.status !== 'completed' && candidate.status !== 'expired'
  return isOpen && Date.parse(candidate.invitation_expired_at) <= nowMs ? 'expired' : candidate.status
}

/** The candidate after a step forward, or null where the step is not possible: back, twice, or after the end. */
export function advance(
  candidate: Candidate,
  to: CandidateStatus,
  nowMs: number,
  result: Result = resultOf(candidate.ext_reference_id),
): Candidate | null {
  const from = statusAt(candidate, nowMs)
  const isOver = from === 'completed' || candidate.status === 'expired'
  if (isOver) return null
  if (to === 'expired') return { ...candidate, status: 'expired' }
  if (from === 'expired' || ORDER.indexOf(to) <= ORDER.indexOf(from)) return null
  return { ...candidate, status: to, result: to === 'completed' ? result : null }
}

export type Step = { readonly to: CandidateStatus; readonly atMs: number }

export type Pace = { readonly finishSeconds: number; readonly expireShare: number }

/** The next thing that happens by itself, or null: at the end, or when everything is done by hand. */
export function nextStep(candidate: Candidate, pace: Pace): Step | null {
  const reached = ORDER.indexOf(candidate.status)
  if (pace.finishSeconds === 0 || reached === -1 || candidate.status === 'completed') return null
  const expiresAtMs = Date.parse(candidate.invitation_expired_at)
  const step = stepAfter(candidate, reached, pace)
  return step.atMs < expiresAtMs ? step : { to: 'expired', atMs: expiresAtMs }
}

function stepAfter(candidate: Candidate, reached: number, pace: Pace): Step {
  const at = (share: number) => Date.parse(candidate.created_at) + pace.finishSeconds * 1000 * share
  if (unitInterval(`expire:${candidate.ext_reference_id}`) < pace.expireShare)
    return { to: 'expired', atMs: at(1) }
  return { to: ORDER[reached + 1] ?? 'completed', atMs: at((reached + 1) / 3) }
}

/** The same reference always scores the same: a demo can be told beforehand. */
export const resultOf = (reference: string): Result => ({
  scores: FIT_TYPES.map(type => scoreOf(reference, type)),
  additional_scores: ADDITIONAL_TYPES.map(type => scoreOf(reference, type)),
})

const scoreOf = (reference: string, type: string): Score => ({
  score_format: 100,
  score_type: type,
  score_value: Math.floor(unitInterval(`${type}:${reference}`) * 101),
})

/** A number in [0, 1) that depends on the text alone. */
export const unitInterval = (text: string): number =>
  createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32
