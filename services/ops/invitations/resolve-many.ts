/** `ops invitations resolve` without a key: all that wait, are skipped or blocked for one reason are decided again. */
import type { PulsifiInvitation } from '../../../schemas/types.ts'
import { PULSIFI_INVITATION } from '../../core/topics.ts'
import { askOwners } from '../cli/ask-owner.ts'
import { UsageError } from '../cli/exit.ts'
import { decode, readTable, type Session } from '../cli/session.ts'
import { type Column, formatTime } from '../cli/table.ts'
import { maskedRecord } from '../tail/masking.ts'
import { inLedger, type LedgerFilter, objectionTo } from './ledger.ts'

export interface ManyOptions extends LedgerFilter {
  readonly dryRun?: true
  readonly wait: number
}

const COLUMNS: readonly Column<PulsifiInvitation>[] = [
  { title: 'since', value: ({ occurred_at }) => formatTime(occurred_at) },
  { title: 'application', value: ({ application_key }) => application_key },
  { title: 'outcome', value: ({ outcome }) => outcome },
  { title: 'reasons', value: ({ reasons }) => reasons.join(', ') },
  { title: 'job', value: ({ job_key }) => job_key },
]

/** Whoever releases them in one go says what for: a whole ledger is never meant. */
export function checkMany({ reason }: LedgerFilter): void {
  if (reason === undefined)
    throw new UsageError('name an application, or a --reason to resolve all that have it')
}

/** Prints whom it concerns; with `dryRun` that is all. */
export async function resolveMany(
  session: Session,
  { dryRun, wait, ...filter }: ManyOptions,
  nowMs: () => number,
): Promise<void> {
  const { out } = session
  const table = await readTable(session, PULSIFI_INVITATION)
  const chosen = [...table.values()].filter(
    ({ record }) => inLedger(record, filter) && objectionTo(record, 'decide-again') === null,
  )
  if (dryRun) {
    print(
      session,
      chosen.map(({ record }) => record),
      'no application matches',
    )
    return out.note(`${chosen.length} would be decided again`)
  }
  const asks = chosen.map(({ record, at }) => ({
    command: {
      command: 'decide-again' as const,
      applicationKey: record.application_key,
      attempt: record.attempt,
    },
    key: record.application_key,
    partition: at.partition,
  }))
  const answers = await askOwners(session, asks, { topic: PULSIFI_INVITATION, waitMs: wait, nowMs })
  const decided = await Promise.all(
    [...answers.values()].map(answer => decode(session, PULSIFI_INVITATION, answer.value)),
  )
  print(
    session,
    decided.filter(record => record !== undefined),
    'none has been decided otherwise yet',
  )
  out.note(`${asks.length} decided again, ${answers.size} of them with a new outcome so far`)
}

/** In the order of their keys, as two runs are compared. Links and codes are not printed. */
function print({ out }: Session, unsorted: readonly PulsifiInvitation[], none: string): void {
  const records = unsorted.toSorted((a, b) => (a.application_key < b.application_key ? -1 : 1))
  if (!out.isJson) return out.list(records, COLUMNS, none)
  out.list(
    records.map(record => maskedRecord(PULSIFI_INVITATION, record)),
    [],
    '',
  )
}
