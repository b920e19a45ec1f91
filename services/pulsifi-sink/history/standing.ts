/** Where an application stands, as its ledger record says: one word, and why. Pure. */
import type { ApplicationState, PulsifiInvitation } from '../../../schemas/types.ts'
import { type CountedReason, countedReason } from '../../core/reasons.ts'
import { isErasure, SOURCE_DELETED } from '../ledger/invitation.ts'

export interface Standing {
  readonly state: ApplicationState
  /** Null when nothing needs explaining. */
  readonly reason: CountedReason | null
}

/** @param record its `state` is where it stood before, or `erased` once its person is */
export function standingOf(record: PulsifiInvitation): Standing {
  const state = stateOf(record)
  return { state, reason: EXPLAINED.has(state) ? reasonIn(record) : null }
}

const EXPLAINED: ReadonlySet<ApplicationState> = new Set([
  ...(['waiting', 'blocked', 'skipped', 'ambiguous', 'withdrawn', 'erased'] as const),
])

function reasonIn({ outcome, reasons }: PulsifiInvitation): CountedReason | null {
  // Beside an intent stands how the request differs from the record.
  const reason = reasons.find(isErasure) ?? (outcome === 'INTENDED' ? undefined : reasons[0])
  return reason === undefined ? null : countedReason(reason)
}

function stateOf({ outcome, reasons, status, state }: PulsifiInvitation): ApplicationState {
  if (reasons.some(isErasure)) return 'erased'
  switch (outcome) {
    case 'WAITING':
    case 'INTENDED':
      return 'waiting'
    case 'BLOCKED':
    case 'FAILED':
      return 'blocked'
    case 'AMBIGUOUS':
      return 'ambiguous'
    case 'SKIPPED':
      if (!reasons.includes(SOURCE_DELETED)) return 'skipped'
      return state === 'erased' ? 'erased' : 'withdrawn'
    case 'INVITED':
      return atPulsifi(status, state)
    case 'UNKNOWN':
      return 'UNKNOWN'
  }
}

const AT_PULSIFI: ReadonlySet<string> = new Set<ApplicationState>([
  'invited',
  'opened',
  'started',
  'completed',
  'expired',
])
const isAtPulsifi = (word: string): word is ApplicationState => AT_PULSIFI.has(word)

/** A word that nobody knows moves nothing. */
function atPulsifi(status: string | null, before: ApplicationState): ApplicationState {
  if (status !== null && isAtPulsifi(status)) return status
  return isAtPulsifi(before) ? before : 'invited'
}

/** What Pulsifi alone can bring about. */
export const isOfPulsifi = (state: ApplicationState): boolean => isAtPulsifi(state) || state === 'blocked'

/** On its way, for as long as that takes: how far is no news. */
const ON_ITS_WAY = /^(?:CLAIM_PENDING|PULSIFI_TURN|PULSIFI_RETRY)(?::|$)/

const isOnItsWay = ({ reason }: Standing): boolean => reason === null || ON_ITS_WAY.test(reason.code)

/** Whether the second says something new: another state, or another reason for it. */
export function isNews(before: Standing, after: Standing): boolean {
  if (before.state !== after.state) return true
  if (after.state === 'erased') return false
  if (after.state === 'waiting' && isOnItsWay(before) && isOnItsWay(after)) return false
  return before.reason?.code !== after.reason?.code
}
