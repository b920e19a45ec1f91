/** `ops audit`: who has looked at people's data at the console, and who has decided what. */
import type { Command } from 'commander'
import type { AuditEntry } from '../../../schemas/types.ts'
import { AUDIT } from '../../core/topics.ts'
import { maskedRecord } from '../../platform/avro/masking.ts'
import type { StartAt } from '../../platform/readers/topic-ranges.ts'
import type { Host } from '../cli/command-group.ts'
import { countArgument, momentArgument } from '../cli/moment.ts'
import { decode, read, type Session } from '../cli/session.ts'
import { type Column, formatTime } from '../cli/table.ts'

interface Options {
  readonly since?: number
  readonly actor?: string
  readonly subject?: string
  readonly limit: number
}

export function audit(program: Command, { run }: Host): void {
  program
    .command('audit')
    .description(
      'who has looked at data about people at the console, and who has decided what, there or by command',
    )
    .option('--since <time>', 'ISO 8601, or how long ago, such as 2h', momentArgument)
    .option('--actor <name>', 'of this user alone')
    .option('--subject <key>', 'about this application_key, or dead letter, alone')
    .option('--limit <count>', 'the newest, at most so many', countArgument, 1_000)
    .action((options: Options) => run(session => show(session, options)))
}

async function show(session: Session, { since, actor, subject, limit }: Options): Promise<void> {
  const from: StartAt = since === undefined ? 'beginning' : { timeMs: since }
  const entries: AuditEntry[] = []
  for await (const { value } of read(session, 'reading', { topics: [AUDIT], from })) {
    const entry = value === null ? undefined : await decode(session, AUDIT, value)
    if (entry !== undefined && isWanted(entry, actor, subject)) entries.push(entry)
  }
  entries.sort((a, b) => a.occurred_at - b.occurred_at)
  const { out } = session
  const shown = entries.slice(-limit)
  if (out.isJson)
    out.list(
      shown.map(entry => maskedRecord(AUDIT, entry, EVERYTHING)),
      [],
      '',
    )
  else out.list(shown, COLUMNS, 'nobody has looked at anything, and nobody has decided anything')
}

/** Of those who look and decide: whom the record is for may see them. */
const EVERYTHING = new Set(['personal', 'secret'] as const)

const isWanted = ({ actor, subjects }: AuditEntry, wanted?: string, subject?: string): boolean =>
  (wanted === undefined || actor === wanted) && (subject === undefined || subjects.includes(subject))

const COLUMNS: readonly Column<AuditEntry>[] = [
  { title: 'time', value: ({ occurred_at }) => formatTime(occurred_at) },
  { title: 'who', value: ({ actor }) => actor },
  { title: 'from', value: ({ address }) => address },
  { title: 'kind', value: ({ kind }) => kind.toLowerCase() },
  { title: 'what', value: ({ action }) => action },
  { title: 'about', value: ({ subjects }) => subjects.join(' ') },
]
