/** `ops invitations resolve` without a key: all of one reason are decided again, or taken for the candidate that is known. */
import type { PulsifiInvitation } from '../../../schemas/types.ts'
import { PULSIFI_INVITATION } from '../../core/topics.ts'
import { maskedRecord } from '../../platform/avro/masking.ts'
import { type Ask, askOwners } from '../cli/ask-owner.ts'
import { agreed, type Consent, isAsked } from '../cli/consent.ts'
import { UsageError } from '../cli/exit.ts'
import { decode, readTable, type Session } from '../cli/session.ts'
import { type Column, formatTime } from '../cli/table.ts'
import { commandInBulk, inLedger, type LedgerFilter } from './ledger.ts'

export interface ManyOptions extends LedgerFilter, Consent {
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
  { yes, dryRun, wait, ...filter }: ManyOptions,
  nowMs: () => number,
): Promise<void> {
  const { out } = session
  const table = await readTable(session, PULSIFI_INVITATION)
  const found = [...table.values()].filter(({ record }) => inLedger(record, filter))
  const chosen = found.flatMap(({ record, at: { partition } }) => {
    const command = commandInBulk(record)
    return command === null ? [] : [{ record, ask: { command, key: record.application_key, partition } }]
  })
  const left = found.filter(({ record }) => record.outcome === 'AMBIGUOUS').length - count(chosen, 'resolve')
  if (left > 0)
    out.note(`${left} are AMBIGUOUS: look for each at Pulsifi, and say --invited or --not-invited`)
  const consent = { ...(yes && { yes }), ...(dryRun && { dryRun }) }
  const records = chosen.map(({ record }) => record)
  if (dryRun || isAsked(session, consent)) print(session, records, 'no application matches')
  if (dryRun && chosen.length === 0) return
  if (chosen.length > 0 && !(await agreed(session, consent, `ask for ${sayCounts(chosen)}`))) return
  const asks = chosen.map(({ ask }) => ask)
  const answers = await askOwners(session, asks, { topic: PULSIFI_INVITATION, waitMs: wait, nowMs })
  const decided = await Promise.all(
    [...answers.values()].map(answer => decode(session, PULSIFI_INVITATION, answer.value)),
  )
  print(
    session,
    decided.filter(record => record !== undefined),
    'none has been decided otherwise yet',
  )
  out.note(`${sayCounts(chosen)} asked for, ${answers.size} with a new outcome so far`)
}

type Chosen = readonly { readonly ask: Ask }[]
const count = (chosen: Chosen, name: Ask['command']['command']): number =>
  chosen.filter(({ ask }) => ask.command.command === name).length

function sayCounts(chosen: Chosen): string {
  const named = count(chosen, 'resolve')
  const again = `${chosen.length - named} new decisions`
  return named === 0 ? again : `${again} and ${named} looks at the candidate that is known`
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
