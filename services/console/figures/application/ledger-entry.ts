import type { InvitationOutcome } from '../../../../schemas/types.ts'
import type { Resolvable } from '../../../core/resolution.ts'
import { OF_APPLICATION } from '../conditions.ts'
import type { ApiContext } from '../endpoint.ts'
import type { Decided } from './answer.ts'

export interface LedgerEntry extends Resolvable, Decided {
  /** That owns the application. */
  readonly partition: number
}

/** The ledger's newest record of an application; null when it has none that the user may see. */
export async function ledgerEntryOf(
  { database }: Pick<ApiContext, 'database'>,
  key: string,
): Promise<LedgerEntry | null> {
  const [row] = await database.read(
    `SELECT outcome, status, reasons, attempt, is_tombstone, kafka_partition FROM invitation_event
     WHERE ${OF_APPLICATION} ORDER BY recorded_at DESC, kafka_offset DESC LIMIT 1`,
    { key },
  )
  if (row === undefined || row.is_tombstone === true) return null
  return {
    application_key: key,
    // Cast: the column holds what the enum of the ledger's schema has.
    outcome: String(row.outcome) as InvitationOutcome,
    status: row.status === null ? null : String(row.status),
    reasons: Array.isArray(row.reasons) ? row.reasons.map(String) : [],
    attempt: Number(row.attempt),
    partition: Number(row.kafka_partition),
  }
}
