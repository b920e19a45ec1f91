/** What became of an application, told to those that follow it, and how they publish it. */
import type {
  FollowedApplication,
  PulsifiInvitation,
  PulsifiResult,
  ResultTrigger,
} from '../../../schemas/types.ts'
import { partsOfKey } from '../../core/identity.ts'
import { PULSIFI_RESULT, PULSIFI_SCORE } from '../../core/topics.ts'
import type { CandidateReply } from '../../platform/pulsifi/pulsifi-api.ts'
import { toReply, toResult, toScores } from '../ledger/result.ts'
import { followersOf, invitationOf, resultOf } from '../ledger/state.ts'
import type { Decider } from './decider.ts'
import type { InboxMessage } from './inbox.ts'

interface Answer {
  readonly reply: CandidateReply
  readonly trigger: ResultTrigger
  /** When Pulsifi was asked, ms since the epoch. */
  readonly askedAtMs: number
}

/** Publishes what Pulsifi said, unless that is known. */
export function publish(
  decider: Decider,
  invitation: PulsifiInvitation,
  { reply, trigger, askedAtMs }: Answer,
  sharedFrom: string | null,
): void {
  const { application_key, candidate_key, job_key, ext_reference_id } = invitation
  const last = resultOf(decider.state, application_key)
  const result = toResult(reply, {
    ...{ application_key, candidate_key, job_key, ext_reference_id },
    ...{ trigger, observedAtMs: askedAtMs, scoreSets: last?.score_sets ?? [], sharedFrom },
  })
  if (last?.content_sha256 === result.content_sha256 && last.shared_from === sharedFrom) return
  decider.write(PULSIFI_RESULT, application_key, result)
  if (reply.status === 'completed' && sharedFrom === null) decider.finishedBy = trigger
  const { source, tenant } = partsOfKey(candidate_key)
  for (const score of toScores(result, { source, tenant_id: tenant }))
    decider.write(PULSIFI_SCORE, score.event_id, score)
  share(
    decider,
    result,
    [...followersOf(decider.state, application_key)].map(([, follower]) => follower),
  )
}

/** Whoever names the same application reads the same records. */
export function share(
  decider: Decider,
  result: PulsifiResult,
  followers: readonly FollowedApplication[],
): void {
  const { application_key: sharedFrom, trigger, observed_at: askedAtMs } = result
  const reply = toReply(result)
  for (const { application_key: applicationKey, partition } of followers)
    if (applicationKey !== sharedFrom)
      decider.send(
        { kind: 'SHARED_RESULT', applicationKey, sharedFrom, reply, trigger, askedAtMs },
        partition,
      )
}

export function hearResult(
  decider: Decider,
  { applicationKey, sharedFrom, ...answer }: Extract<InboxMessage, { kind: 'SHARED_RESULT' }>,
): void {
  const known = invitationOf(decider.state, applicationKey)
  if (known?.follows?.application_key !== sharedFrom) return
  const last = resultOf(decider.state, applicationKey)
  if (last !== undefined && answer.askedAtMs < last.observed_at) return
  publish(decider, known, answer, sharedFrom)
}
