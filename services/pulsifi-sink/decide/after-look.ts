/** What a look at a candidate shows: ledger, result and scores follow from it, each only when it says something new. */
import { confirmed, ERASURE_REQUIRED, isOfAnother, observed } from '../ledger/invitation.ts'
import { invitationOf, resultOf } from '../ledger/state.ts'
import { invited, planLook, scheduleLook } from './after-call.ts'
import type { Decider } from './decider.ts'
import type { Observation } from './effects.ts'
import { look } from './look.ts'
import { publish } from './share.ts'

export function observe(decider: Decider, observation: Observation): void {
  const { applicationKey, reply, trigger, askedAtMs } = observation
  const known = invitationOf(decider.state, applicationKey)
  if (known === undefined) return
  const by = { actor: 'pulsifi', askedAtMs } as const
  if (isOfAnother(known, reply)) {
    decider.invitation(observed(known, reply, decider.nowMs), by)
    return scheduleLook(decider, known)
  }
  const last = resultOf(decider.state, applicationKey)
  // Two looks may end in another order than they began, and be stamped by two clocks: a new one decides.
  if (last !== undefined && askedAtMs < last.observed_at) return planLook(decider, applicationKey, trigger)
  const record = observed(known, reply, decider.nowMs)
  decider.invitation(record, by)
  const current = record ?? known
  if (current.outcome !== 'INVITED') return
  const isKnown =
    known.outcome === 'INVITED' &&
    known.pulsifi_candidate_id === current.pulsifi_candidate_id &&
    known.invite_code === current.invite_code
  if (isKnown) scheduleLook(decider, current)
  else invited(decider, current)
  // Of a deleted person nothing more is published.
  if (!current.reasons.includes(ERASURE_REQUIRED)) publish(decider, current, observation, null)
}

/**
 * Pulsifi speaks of the application: we look at the candidate that we know of it.
 * @param notBeforeMs when others have asked for it just now, ms since the epoch
 */
export function hear(decider: Decider, applicationKey: string, notBeforeMs = 0): void {
  const known = invitationOf(decider.state, applicationKey)
  if (known !== undefined) decider.invitation(confirmed(known, decider.nowMs))
  if (notBeforeMs <= decider.nowMs) return look(decider, applicationKey, 'WEBHOOK', false)
  const input = { type: 'look', applicationKey, trigger: 'WEBHOOK', hasTurn: false } as const
  decider.effect({ type: 'wake', atMs: notBeforeMs, input })
}
