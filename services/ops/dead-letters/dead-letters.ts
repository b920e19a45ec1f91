/** `ops dead-letters`: what no process could use, and what becomes of it. */
import { type Command, Option } from 'commander'
import { named } from '../../platform/avro/spelling.ts'
import type { Wanted } from '../../platform/dead-letters/plan.ts'
import { readDecisions, readLetters } from '../../platform/dead-letters/topics.ts'
import {
  type DeadLetter,
  type LetterFilter,
  PROCESSES,
  parsePlace,
} from '../../platform/dead-letters/view.ts'
import type { Host } from '../cli/command-group.ts'
import { asking, type Consent } from '../cli/consent.ts'
import { UsageError } from '../cli/exit.ts'
import { countArgument, momentArgument, rateArgument } from '../cli/moment.ts'
import type { Session } from '../cli/session.ts'
import { type Column, formatTime } from '../cli/table.ts'
import { letterReading } from './ports.ts'
import { type ResolveOptions, resolveByCommand } from './resolve.ts'
import { showLetter } from './show.ts'

interface FilterOptions extends LetterFilter {
  readonly group?: string
  readonly since?: number
  readonly until?: number
  readonly limit: number
}
interface ListOptions extends FilterOptions {
  readonly decided?: true
}
interface ResolvingOptions extends FilterOptions, Consent {
  readonly all?: true
  readonly perSecond: number
  readonly by: string
}

export function deadLetters(program: Command, host: Host): void {
  const group = program
    .command('dead-letters')
    .description('records that a process refused: look, send back, discard')
  filtered(group.command('list'), 50)
    .description('newest first; those that were sent back or discarded are left out')
    .option('--decided', 'show those instead')
    .action((options: ListOptions) => host.run(session => list(session, options)))
  group
    .command('show')
    .description('one dead letter with its headers')
    .argument('<id>', '<topic>/<partition>/<offset>, as "list" prints it')
    .option('--value', 'print its value too, which may hold personal data; alone with --raw')
    .option('--raw', 'print the bytes of the value and nothing else')
    .action((id: string, options: { value?: true; raw?: true }) => {
      requirePlace(id)
      return host.run(session => showLetter(session, id, options))
    })
  resolving(group.command('redrive'), host, 'redrive').description(
    'send dead letters back to the process that refused them; what ingress could not read is read again',
  )
  resolving(group.command('discard'), host, 'discard').description(
    'record that nothing will be done about dead letters; they stay readable until their topic drops them',
  )
}

function filtered(command: Command, limit: number): Command {
  return command
    .addOption(new Option('--process <name>', 'refused by this process').choices(PROCESSES))
    .addOption(
      new Option('--group <name>', 'the same, by its consumer group').choices(PROCESSES).conflicts('process'),
    )
    .option('--code <code>', 'reason, such as PAYLOAD_INVALID')
    .option('--source <name>', 'from this source')
    .option('--tenant <name>', 'of this tenant')
    .option('--since <time>', 'failed at or after: 2h, 7d or an ISO time', momentArgument)
    .option('--until <time>', 'failed before', momentArgument)
    .option('--limit <count>', 'at most so many', countArgument, limit)
}

function resolving(command: Command, host: Host, wanted: Wanted): Command {
  return asking(filtered(command, 1_000))
    .argument('[ids...]', 'letters by name; else those that match the options')
    .option('--all', 'every letter, when no other option says which')
    .option('--per-second <rate>', 'at most so many a second', rateArgument, 20)
    .option('--by <name>', 'who decides, for the record', host.operator.name)
    .action((ids: readonly string[], options: ResolvingOptions) => {
      requireSelection(ids, options)
      for (const id of ids) requirePlace(id)
      const names = new Set(ids)
      const resolving: ResolveOptions = {
        wanted,
        ...consentOf(options),
        selection: names.size > 0 ? { ids: names } : selectionOf(options),
        limit: names.size > 0 ? names.size : options.limit,
        perSecond: options.perSecond,
        operator: options.by,
      }
      return host.run(session => resolveByCommand(session, resolving, host.nowMs))
    })
}

const consentOf = ({ yes, dryRun }: Consent): Consent => ({ ...(yes && { yes }), ...(dryRun && { dryRun }) })

/** @throws UsageError when a command would mean everything without saying so */
function requireSelection(ids: readonly string[], options: ResolvingOptions): void {
  const { process, group, code, source, tenant, since, until, all } = options
  const says = [process, group, code, source, tenant, since, until, all].some(option => option !== undefined)
  if (ids.length === 0 && !says)
    throw new UsageError('say which letters: their ids, --code, --process, … or --all')
  if (ids.length > 0 && says) throw new UsageError('name letters by id or by options, not both')
}

function requirePlace(text: string): void {
  if (parsePlace(text) === null)
    throw new UsageError(
      `"${text}" names no dead letter: write <topic>/<partition>/<offset>, as "dead-letters list" prints it`,
    )
}

const selectionOf = ({ process, group, code, source, tenant, since, until }: FilterOptions) => {
  const name = process ?? group
  return {
    ...(name !== undefined && { process: name }),
    ...(code !== undefined && { code }),
    ...(source !== undefined && { source }),
    ...(tenant !== undefined && { tenant }),
    ...(since !== undefined && { sinceMs: since }),
    ...(until !== undefined && { untilMs: until }),
  }
}

const LETTER_COLUMNS: readonly Column<DeadLetter & { readonly decision?: string | null }>[] = [
  { title: 'failed', value: ({ failedAtMs }) => formatTime(failedAtMs) },
  { title: 'id', value: ({ id }) => id },
  { title: 'code', value: ({ code }) => code },
  { title: 'source', value: ({ source }) => source },
  { title: 'tenant', value: ({ tenant }) => tenant },
  { title: 'kind', value: ({ kind }) => kind },
  { title: 'key', value: ({ key }) => key },
  { title: 'times', value: ({ deliveries }) => deliveries },
  { title: 'why', value: ({ message }) => message },
]

async function list(session: Session, options: ListOptions): Promise<void> {
  const { out } = session
  const decisions = await readDecisions(letterReading(session))
  const letters: (DeadLetter & { decision: string | null })[] = []
  for await (const { letter } of readLetters(letterReading(session), selectionOf(options))) {
    const decided = decisions.get(letter.id)
    if ((decided !== undefined) !== (options.decided === true)) continue
    letters.push({
      ...letter,
      decision: decided === undefined ? null : `${decided.decision} ${decided.at} by ${decided.by}`,
    })
  }
  letters.sort((a, b) => b.failedAtMs - a.failedAtMs)
  const shown = letters.slice(0, options.limit)
  const columns = options.decided ? [...LETTER_COLUMNS, DECISION_COLUMN] : LETTER_COLUMNS
  if (out.isJson) out.list(shown.map(printedLetter), [], '')
  else out.list(shown, columns, options.decided ? 'nothing was decided' : 'no dead letters')
  if (letters.length > shown.length)
    out.note(`${shown.length} of ${letters.length} shown: --limit shows more`)
  if (letters.length > 0) out.note(tally(letters))
}

/** A tenant is called as in the records. */
const printedLetter = ({ tenant, ...letter }: DeadLetter & { readonly decision: string | null }) =>
  named({ ...letter, tenantId: tenant })

const DECISION_COLUMN: Column<DeadLetter & { readonly decision?: string | null }> = {
  title: 'decision',
  value: ({ decision }) => decision ?? null,
}

/** `3 PAYLOAD_INVALID, 1 NOT_ROUTABLE`: the commonest first. */
export function tally(letters: readonly Pick<DeadLetter, 'code'>[]): string {
  const counts = new Map<string, number>()
  for (const { code } of letters) counts.set(code, (counts.get(code) ?? 0) + 1)
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([code, count]) => `${count} ${code}`)
    .join(', ')
}
