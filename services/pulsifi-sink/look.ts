/** Looks at a candidate at Pulsifi: the source of truth of every result. */
import type { ResultTrigger } from '../../schemas/types.ts'
import { partsOfKey } from '../core/identity.ts'
import type { Decider } from './decider.ts'
import { ERASURE_REQUIRED } from './invitation-ledger.ts'
import { invitationOf, isFinalStatus } from './state.ts'

/** Says whether the turn that came with it was used. */
export function look(
  decider: Decider,
  applicationKey: string,
  trigger: ResultTrigger,
  hasTurn: boolean,
): boolean {
  const known = invitationOf(decider.state, applicationKey)
  const candidateId = known?.pulsifi_candidate_id ?? null
  if (known?.outcome !== 'INVITED' || candidateId === null) return false
  // A poll ends with the assessment; a callback may tell of a result that changed after it.
  const isOver = isFinalStatus(known.status) || known.reasons.includes(ERASURE_REQUIRED)
  if (trigger === 'POLL' && isOver) return false
  const { tenant } = partsOfKey(known.candidate_key)
  if (hasTurn) decider.effect({ type: 'look', tenant, applicationKey, candidateId, trigger })
  else {
    const input = { type: 'look', applicationKey, trigger, hasTurn: true } as const
    decider.effect({ type: 'await-turn', tenant, urgency: 'look', key: `look ${applicationKey}`, input })
  }
  return hasTurn
}
