/** Looks at a candidate at Pulsifi: the source of truth of every result. */
import type { PulsifiInvitation, ResultTrigger } from '../../../schemas/types.ts'
import { partsOfKey } from '../../core/identity.ts'
import { ERASURE_REQUIRED } from '../ledger/invitation.ts'
import { invitationOf, isFinalStatus, openApplications } from '../ledger/state.ts'
import type { Prospect } from '../turns/poll-order.ts'
import type { Decider } from './decider.ts'
import { lastLookAt } from './policy.ts'

export function look(
  decider: Decider,
  applicationKey: string,
  trigger: ResultTrigger,
  hasTurn: boolean,
): void {
  const known = invitationOf(decider.state, applicationKey)
  const candidateId = known?.pulsifi_candidate_id ?? null
  if (known?.outcome !== 'INVITED' || candidateId === null) return
  // A poll ends with the assessment; a callback may tell of a result that changed after it.
  const isOver = isFinalStatus(known.status) || known.reasons.includes(ERASURE_REQUIRED)
  if (trigger === 'POLL' && isOver) return
  const { tenant } = partsOfKey(known.candidate_key)
  if (hasTurn) decider.effect({ type: 'look', tenant, applicationKey, candidateId, trigger })
  else {
    const input = { type: 'look', applicationKey, trigger, hasTurn: true } as const
    const key = `look ${applicationKey}`
    const rank =
      trigger === 'POLL'
        ? ({ urgency: 'poll', prospect: prospectOf(decider, known) } as const)
        : ({ urgency: 'look' } as const)
    decider.effect({ type: 'await-turn', tenant, key, input, ...rank })
  }
}

/** Callbacks that nobody understands come in numbers: what one of them asks for serves them all. */
const SWEEP_EVERY_MS = 30_000

export const planSweep = (decider: Decider, tenant: string): void =>
  decider.effect({
    type: 'wake',
    atMs: (Math.floor(decider.nowMs / SWEEP_EVERY_MS) + 1) * SWEEP_EVERY_MS,
    input: { type: 'poll-open', tenant },
  })

/** Every open invitation of the tenant is due for a poll; the budget decides how soon which comes. */
export function sweep(decider: Decider, tenant: string): void {
  for (const applicationKey of openApplications(decider.state))
    if (partsOfKey(applicationKey).tenant === tenant) look(decider, applicationKey, 'POLL', false)
}

function prospectOf({ ports, nowMs }: Decider, known: PulsifiInvitation): Prospect {
  const invitedAtMs = known.created_at ?? known.occurred_at
  const seenAtMs = lastLookAt(invitedAtMs, ports.policy.pollWaitsMs, nowMs)
  return { status: known.status, invitedAtMs, seenAtMs }
}
