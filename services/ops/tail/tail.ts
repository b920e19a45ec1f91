/** `ops tail`: the records of a topic, decoded, one line each. */
import { type Command, InvalidArgumentError } from 'commander'
import type { PersonalClass } from '../../platform/avro/masking.ts'
import { rangesOf, type StartAt, withoutEnd } from '../../platform/readers/topic-ranges.ts'
import { readRanges } from '../../platform/readers/topic-reader.ts'
import type { Host } from '../cli/command-group.ts'
import { countArgument, momentArgument } from '../cli/moment.ts'
import { READER, type Session } from '../cli/session.ts'
import { printedLine, toPrinted } from './printed-record.ts'
import { parseFilter, type RecordFilter } from './record-filter.ts'

interface TailOptions {
  readonly from?: StartAt
  readonly follow?: true
  readonly filter: readonly RecordFilter[]
  readonly partition?: number
  readonly limit?: number
  readonly personal?: true
  readonly secrets?: true
}

const EXAMPLES = `
Examples:
  ops tail pulsifi.invitation.v1 --follow
  ops tail pulsifi.invitation.v1 --filter outcome=BLOCKED --filter key~=^jobylon:
  ops tail ats.canonical.candidate.v1 --from 2h --json`

export function tail(program: Command, { run }: Host): void {
  program
    .command('tail')
    .description('records of a topic, decoded; what identifies a person is masked')
    .argument('<topic>')
    .option(
      '--from <where>',
      'beginning, latest or a time (default: beginning; latest with --follow)',
      fromArgument,
    )
    .option('--follow', 'go on with what comes, until Ctrl-C')
    .option(
      '--filter <filter>',
      '<path>=<text>, != or ~=<regular expression>; key, header.<name> or a field; all given must hold',
      (text: string, before: readonly RecordFilter[]) => [...before, parseFilter(text)],
      [],
    )
    .option('--partition <number>', 'only this one', partitionArgument)
    .option('--limit <count>', 'end after so many lines', countArgument)
    .option('--personal', 'print personal data too')
    .option('--secrets', 'print links and codes that open something too')
    .addHelpText('after', EXAMPLES)
    .action((topic: string, options: TailOptions) => run(session => print(session, topic, options)))
}

function fromArgument(text: string): StartAt {
  return text === 'beginning' || text === 'latest' ? text : { timeMs: momentArgument(text) }
}

function partitionArgument(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('Write the number of a partition.')
  return Number(text)
}

async function print(session: Session, topic: string, options: TailOptions): Promise<void> {
  const { kafka, out, signal } = session
  const { from = options.follow ? 'latest' : 'beginning', partition, limit } = options
  const ranges = await rangesOf(kafka, {
    topics: [topic],
    from,
    ...(partition !== undefined && { partitions: [partition] }),
  })
  const shown = shownClasses(options)
  let count = 0
  const reading = readRanges(kafka, options.follow ? withoutEnd(ranges) : ranges, {
    reader: READER,
    signal,
    onProgress: out.progress(topic),
  })
  for await (const record of reading) {
    const printed = await toPrinted(session, record, shown)
    if (!options.filter.every(filter => filter(printed))) continue
    out.line(printed, printedLine(printed))
    count += 1
    if (count === limit) break
  }
  out.clear()
  if (count === 0 && !signal.aborted) out.note('no record matches')
}

function shownClasses({ personal, secrets }: TailOptions): ReadonlySet<PersonalClass> {
  const shown = new Set<PersonalClass>()
  if (personal) shown.add('personal')
  if (secrets) shown.add('secret')
  return shown
}
