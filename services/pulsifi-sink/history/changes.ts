/**
 * The history of applications: what a new record of the ledger adds to `pulsifi.status.v1`. Pure.
 *
 * The ledger says how many changes there were, so each is written once, in the transaction of the decision, and all of
 * them can be erased without being read.
 */
import type {
  ApplicationState,
  PulsifiInvitation,
  PulsifiStatus,
  StatusActor,
} from '../../../schemas/types.ts'
import { derivedId, partsOfKey } from '../../core/identity.ts'
import { isNews, isOfPulsifi, type Standing, standingOf } from './standing.ts'

/** What led to a record. */
export interface Cause {
  readonly actor: Exclude<StatusActor, 'UNKNOWN'>
  readonly nowMs: number
  /** When the application was received, should this be the first that is heard of it. */
  readonly receivedAtMs: number | null
  /** When Pulsifi was asked, where it was. */
  readonly askedAtMs: number | null
  /** Two candidates in two partitions may name one application, and each has its own history. */
  readonly partition: number
}

export interface Told {
  /** The ledger's record, which knows of the changes. */
  readonly record: PulsifiInvitation
  /** In their order; empty when it stands where it stood. */
  readonly changes: readonly PulsifiStatus[]
}

/**
 * So many changes may be unknown to a ledger record: those of a tail that was lost, and those before an older version,
 * which keeps no count, has written it.
 */
const UNCOUNTED_MAX = 16

export function tell(before: PulsifiInvitation | undefined, after: PulsifiInvitation, cause: Cause): Told {
  const { source, tenant } = partsOfKey(after.application_key)
  const origin = { source: after.source ?? source, tenant_id: after.tenant_id ?? tenant }
  const known = before?.state ?? 'UNKNOWN'
  const standing = standingOf({ ...after, state: after.state === 'erased' ? 'erased' : known })
  const isUncounted = before !== undefined && known === 'UNKNOWN'
  const first = isUncounted ? UNCOUNTED_MAX : (before?.state_changes ?? 0)
  const steps = stepsOf(before, standing)
  const record = {
    ...{ ...after, ...origin },
    ...(steps.length === 0
      ? { state: known, state_changes: before?.state_changes ?? 0 }
      : { state: standing.state, state_changes: first + steps.length }),
  }
  const changes = steps.map((step, at) => changeOf({ ...record, ...origin }, step, first + at + 1, cause))
  return { record, changes }
}

interface Step {
  readonly from: ApplicationState | null
  readonly to: Standing
}

const RECEIVED: Standing = { state: 'received', reason: null }

function stepsOf(before: PulsifiInvitation | undefined, to: Standing): readonly Step[] {
  if (before === undefined)
    return [
      { from: null, to: RECEIVED },
      { from: 'received', to },
    ]
  // A version without a history wrote it: what came before is nowhere.
  if (before.state === 'UNKNOWN') return [{ from: null, to }]
  return isNews(standingOf(before), to) ? [{ from: before.state, to }] : []
}

function changeOf(
  { application_key, candidate_key, job_key, source, tenant_id }: PulsifiInvitation & Origin,
  { from, to }: Step,
  number: number,
  cause: Cause,
): PulsifiStatus {
  const { nowMs, partition } = cause
  const statusKey = keyOf(partition, application_key, number)
  const [code, ofReason] = [to.reason?.code ?? null, to.reason?.number ?? null]
  return {
    event_id: derivedId('status', statusKey, to.state, code ?? '', ofReason ?? '', nowMs),
    status_key: statusKey,
    ...{ application_key, candidate_key, job_key, source, tenant_id, number, from, to: to.state },
    reason: code,
    reason_number: ofReason,
    actor: cause.actor === 'pulsifi' && !isOfPulsifi(to.state) ? 'pipeline' : cause.actor,
    occurred_at: Math.min(nowMs, timeOf(to.state, cause) ?? nowMs),
    ingested_at: nowMs,
  }
}

type Origin = Readonly<Record<'source' | 'tenant_id', string>>

const timeOf = (state: ApplicationState, { receivedAtMs, askedAtMs }: Cause): number | null => {
  if (state === 'received') return receivedAtMs
  return isOfPulsifi(state) ? askedAtMs : null
}

const keyOf = (partition: number, applicationKey: string, number: number): string =>
  derivedId('status-of', partition, applicationKey, number)

/** Keys of every change of an application that there may be. */
export const keysOfChanges = (
  { application_key, state_changes }: PulsifiInvitation,
  partition: number,
): readonly string[] =>
  Array.from({ length: state_changes + UNCOUNTED_MAX }, (_, at) => keyOf(partition, application_key, at + 1))
