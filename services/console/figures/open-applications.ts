/** Applications that have not come to an end, for the metrics. */
import type { OpenApplications } from '../../platform/process/metrics-when-asked.ts'
import type { Database } from '../store/database.ts'

/** WAITING and INTENDED go on by themselves; for the others a person has to do something. */
export const OPEN_OUTCOMES = ['WAITING', 'INTENDED', 'BLOCKED', 'FAILED', 'AMBIGUOUS'] as const

/** One entry for each outcome, whether there are any or not. */
export async function openApplications(
  database: Pick<Database, 'read'>,
): Promise<readonly OpenApplications[]> {
  const rows = await database.read(
    `SELECT outcome, count(*) AS count, epoch_ms(min(decided_at)) AS oldest
     FROM application WHERE outcome IS NOT NULL GROUP BY outcome`,
  )
  return OPEN_OUTCOMES.map(outcome => {
    const row = rows.find(each => each.outcome === outcome)
    return row === undefined
      ? { outcome, count: 0, oldestMs: null }
      : { outcome, count: Number(row.count), oldestMs: Number(row.oldest) }
  })
}
