/**
 * Pulsifi's callback. Its payload is documented nowhere, so it is a hint: any identifier in it leads to a look at the
 * candidate, and scores in it are never believed. Earlier public versions of the guideline show `event_body`,
 * `invitation_code` and one event a score; the names below are all that have been seen.
 */
import { z } from 'zod'

export interface CallbackHint {
  readonly candidateId: string | null
  readonly inviteCode: string | null
  readonly extReferenceId: string | null
}

const NESTED = ['data', 'event_body', 'payload', 'body'] as const
const identifier = z.union([z.string().trim().min(1).max(255), z.number().transform(String)])

/** Null when the body names nothing that could be ours. */
export function hintOf(body: unknown): CallbackHint | null {
  const levels = [body, ...NESTED.map(name => memberOf(body, name))]
  const hint = {
    candidateId: find(levels, ['candidate_id']),
    inviteCode: find(levels, ['invitation_code', 'invite_code']),
    extReferenceId: find(levels, ['ext_reference_id']),
  }
  return Object.values(hint).every(value => value === null) ? null : hint
}

/**
 * What all callbacks about one candidate are told by: they name the same identifiers, in whatever envelope. Null of a body
 * that names nothing.
 */
export function subjectOf(body: unknown): string | null {
  const hint = hintOf(body)
  return hint && (hint.candidateId ?? hint.inviteCode ?? hint.extReferenceId)
}

/** Jobs that Pulsifi recommends to a candidate: no result of an application, and kept as they came. */
export const isJobRecommendation = (body: unknown): boolean =>
  find([body, ...NESTED.map(name => memberOf(body, name))], ['event', 'event_type', 'type']) ===
  'candidate_job_recommendation_result_ready'

function find(levels: readonly unknown[], names: readonly string[]): string | null {
  for (const level of levels) {
    for (const name of names) {
      const parsed = identifier.safeParse(memberOf(level, name))
      if (parsed.success) return parsed.data
    }
  }
  return null
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined
