/** `ops invitations`: who was invited, who was not and why; and what a person knows better than the ledger. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { PulsifiInvitation } from '../../../schemas/types.ts'
import { commandOf, objectionTo, type Resolution } from '../../core/resolution.ts'
import { PULSIFI_INVITATION } from '../../core/topics.ts'
import { maskedRecord } from '../../platform/avro/masking.ts'
import { createPartitionOf } from '../../platform/kafka/partition-of.ts'
import type { TopicRecord } from '../../platform/readers/topic-reader.ts'
import { askOwners, NO_ANSWER } from '../cli/ask-owner.ts'
import type { Host } from '../cli/command-group.ts'
import { agreed, asking, type Consent } from '../cli/consent.ts'
import { OperatorError, UsageError } from '../cli/exit.ts'
import { countArgument, waitOption } from '../cli/moment.ts'
import { decode, readTable, type Session } from '../cli/session.ts'
import { type Column, formatTime } from '../cli/table.ts'
import { candidateKeyIn, inLedger, type LedgerFilter, OUTCOMES } from './ledger.ts'
import { checkMany, type ManyOptions, resolveMany } from './resolve-many.ts'

interface ResolveOptions extends Consent {
  readonly invited?: string
  readonly notInvited?: true
  readonly decideAgain?: true
  readonly wait: number
}

export function invitations(program: Command, { run, nowMs }: Host): void {
  const group = program
    .command('invitations')
    .description('the ledger: what became of each application, and why')
  group
    .command('list')
    .description('newest decision of each application, newest first')
    .addOption(new Option('--outcome <outcome>').choices(OUTCOMES))
    .option('--reason <code>', 'such as EMAIL_MISSING or JOB_UNBOUND')
    .option('--source <name>', 'of this source')
    .option('--tenant <name>', 'of this tenant')
    .option('--job <job key>', 'for this job')
    .option('--limit <count>', 'at most so many', countArgument, 50)
    .action((options: LedgerFilter & { limit: number }) => run(session => list(session, options)))
  group
    .command('show')
    .description("one application's record; links and codes are not printed")
    .argument('<application key>')
    .action((key: string) => run(session => show(session, key)))
  asking(group.command('resolve'))
    .description('tell the owner of an application what became of it, and wait for what it writes')
    .argument(
      '[application key]',
      'without it, all with the --reason are decided again, or taken for the candidate that a reference knows',
    )
    .option('--reason <code>', 'without a key: of all with this reason, such as APPLIED_AT_UNKNOWN')
    .option('--source <name>', 'without a key: of this source')
    .option('--tenant <name>', 'without a key: of this tenant')
    .option('--job <job key>', 'without a key: for this job')
    .option(
      '--invited <candidate id>',
      'an AMBIGUOUS one was invited: its id at Pulsifi',
      candidateIdArgument,
    )
    .option('--not-invited', 'an AMBIGUOUS one was not: it is decided again, which may invite')
    .option('--decide-again', 'a SKIPPED, BLOCKED, WAITING or FAILED one, by what is known now')
    .addOption(waitOption("for the owner's record"))
    .action((key: string | undefined, options: ResolveOptions & ManyOptions) => {
      if (key === undefined) {
        checkMany(options)
        return run(session => resolveMany(session, options, nowMs))
      }
      const resolution = resolutionOf(options)
      return run(session => resolve(session, key, resolution, options, nowMs))
    })
}

/** Ids at Pulsifi have been seen as UUIDs; the guideline promises no more than a text. */
function candidateIdArgument(text: string): string {
  if (!/^\S{1,255}$/.test(text)) throw new InvalidArgumentError("Write the candidate's id at Pulsifi.")
  return text
}

function resolutionOf({ invited, notInvited, decideAgain }: ResolveOptions): Resolution {
  const said: Resolution[] = []
  if (invited !== undefined) said.push('invited')
  if (notInvited) said.push('not-invited')
  if (decideAgain) said.push('decide-again')
  const [only, second] = said
  if (only === undefined || second !== undefined)
    throw new UsageError('say one of --invited <candidate id>, --not-invited, --decide-again')
  return only
}

const COLUMNS: readonly Column<PulsifiInvitation>[] = [
  { title: 'since', value: ({ occurred_at }) => formatTime(occurred_at) },
  { title: 'application', value: ({ application_key }) => application_key },
  { title: 'outcome', value: ({ outcome }) => outcome },
  { title: 'status', value: ({ status }) => status },
  { title: 'reasons', value: ({ reasons }) => reasons.join(', ') },
  { title: 'job', value: ({ job_key }) => job_key },
  { title: 'calls', value: ({ attempt }) => attempt },
]

async function list(session: Session, { limit, ...filter }: LedgerFilter & { limit: number }): Promise<void> {
  const { out } = session
  const table = await readTable(session, PULSIFI_INVITATION)
  const found = [...table.values()].map(({ record }) => record).filter(record => inLedger(record, filter))
  found.sort((a, b) => b.occurred_at - a.occurred_at)
  const shown = found.slice(0, limit)
  if (out.isJson)
    out.list(
      shown.map(record => maskedRecord(PULSIFI_INVITATION, record)),
      [],
      '',
    )
  else out.list(shown, COLUMNS, 'no application matches')
  if (found.length > shown.length) out.note(`${shown.length} of ${found.length} shown: --limit shows more`)
}

/** In the partition where its key points, else in all of them. @throws OperatorError when there is none */
async function find(session: Session, key: string) {
  const guess = createPartitionOf(session.partitions)(candidateKeyIn(key))
  const found =
    (await readTable(session, PULSIFI_INVITATION, { partitions: [guess], key })).get(key) ??
    (await readTable(session, PULSIFI_INVITATION, { key })).get(key)
  if (found === undefined)
    throw new OperatorError(`the ledger has no application ${key}: "trace ${key}" shows what is known of it`)
  return found
}

async function show(session: Session, key: string): Promise<void> {
  const { record } = await find(session, key)
  session.out.facts(maskedRecord(PULSIFI_INVITATION, record))
}

async function resolve(
  session: Session,
  key: string,
  resolution: Resolution,
  options: ResolveOptions,
  nowMs: () => number,
): Promise<void> {
  const { record, at } = await find(session, key)
  const objection = objectionTo(record, resolution)
  if (objection !== null) throw new OperatorError(objection)
  if (!(await agreed(session, options, `${WORDS[resolution]} ${key}`))) return
  const command = commandOf(resolution, record, options.invited ?? null)
  const waiting = { topic: PULSIFI_INVITATION, waitMs: options.wait, nowMs } as const
  const answers = await askOwners(session, [{ command, key, partition: at.partition }], waiting)
  if (options.wait === 0) return session.out.note(`sent to the owner of partition ${at.partition}`)
  await answered(session, answers.get(key))
}

const WORDS: Readonly<Record<Resolution, string>> = {
  invited: 'take for invited',
  'not-invited': 'take for not invited, which may invite once more,',
  'decide-again': 'decide again, which may invite,',
}

async function answered(session: Session, answer: TopicRecord | undefined): Promise<void> {
  const record = answer && (await decode(session, PULSIFI_INVITATION, answer.value))
  if (record === undefined) throw new OperatorError(NO_ANSWER)
  session.out.facts(maskedRecord(PULSIFI_INVITATION, record))
}
