/** Where an application stands, in the words of `pulsifi.status.v1`, from the newest record of the ledger. */
import type { ApplicationState } from '../../../schemas/types.ts'

/** In the order in which they follow one another; the last ones are ends. */
export const STATES = [
  ...(['received', 'waiting', 'blocked', 'ambiguous', 'invited', 'opened', 'started', 'completed'] as const),
  ...(['expired', 'skipped', 'withdrawn', 'erased'] as const),
] satisfies readonly ApplicationState[]

/** SQL, over a record of the ledger, kept with each application: as the sink says it of the same record (`pulsifi-sink/history/standing.ts`). */
export const STATE = `CASE
  WHEN list_contains(reasons, 'PULSIFI_ERASURE_REQUIRED') THEN 'erased'
  WHEN outcome IS NULL THEN 'received'
  WHEN outcome IN ('WAITING', 'INTENDED') THEN 'waiting'
  WHEN outcome IN ('BLOCKED', 'FAILED') THEN 'blocked'
  WHEN outcome = 'AMBIGUOUS' THEN 'ambiguous'
  WHEN outcome = 'SKIPPED' THEN CASE WHEN list_contains(reasons, 'SOURCE_DELETED') THEN 'withdrawn' ELSE 'skipped' END
  WHEN status IN ('opened', 'started', 'completed', 'expired') THEN status
  ELSE 'invited' END`

/** Steps of an invitation; the number of each is its place, from 1. */
export const REACHED = ['invited', 'opened', 'started', 'completed'] as const
