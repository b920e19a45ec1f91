/** What the last owner of a partition left open, as its store shows it: pure. */
import type { State } from '../../platform/partitions/processor.ts'
import {
  bindingOf,
  invitationOf,
  openApplications,
  openJobs,
  unclaimedApplications,
} from '../ledger/state.ts'
import type { Internal } from './effects.ts'

export interface LeftOpen {
  /** Null: at once. */
  readonly atMs: number | null
  readonly input: Internal
}

/**
 * Calls whose answer nobody wrote are given up only when they have ended for certain and an answer has had time to
 * come through the inbox, which may have been away until now; whatever waits is compared with what is known now; open
 * invitations are looked at again.
 */
export function* leftOpen(state: State, answerGraceMs: number, nowMs: number): Iterable<LeftOpen> {
  // Before anybody else is decided, who may be the same person.
  for (const applicationKey of unclaimedApplications(state))
    yield { atMs: null, input: { type: 'claim', applicationKey } }
  for (const applicationKey of openApplications(state)) {
    const known = invitationOf(state, applicationKey)
    if (known?.outcome === 'INTENDED') {
      const input = { type: 'give-up-application', applicationKey, attempt: known.attempt } as const
      yield { atMs: Math.max(known.call_deadline_at ?? 0, nowMs) + answerGraceMs, input }
    } else if (known?.outcome === 'INVITED')
      yield { atMs: null, input: { type: 'plan-look', applicationKey } }
    else yield { atMs: null, input: { type: 'decide-application', applicationKey, hasTurn: false } }
  }
  for (const jobKey of openJobs(state)) {
    const known = bindingOf(state, jobKey)
    if (known?.state === 'PENDING') {
      const input = { type: 'give-up-job', jobKey, attempt: known.attempt } as const
      yield { atMs: Math.max(known.call_deadline_at ?? 0, nowMs) + answerGraceMs, input }
    } else yield { atMs: null, input: { type: 'decide-job', jobKey, hasTurn: false } }
  }
}
