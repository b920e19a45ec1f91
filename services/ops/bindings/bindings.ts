/** `ops bindings`: which job at Pulsifi stands for which of ours. The only way for jobs that their source does not send. */
import { readFile } from 'node:fs/promises'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { z } from 'zod'
import type { BindingState, PulsifiJobBinding } from '../../../schemas/types.ts'
import type { OperatorCommand } from '../../core/inbox-command.ts'
import { PULSIFI_JOB_BINDING } from '../../core/topics.ts'
import { maskedRecord } from '../../platform/avro/masking.ts'
import { createPartitionOf } from '../../platform/kafka/partition-of.ts'
import { askOwners, NO_ANSWER } from '../cli/ask-owner.ts'
import type { Host } from '../cli/command-group.ts'
import { OperatorError, UsageError } from '../cli/exit.ts'
import { countArgument, waitOption } from '../cli/moment.ts'
import { decode, readTable, type Session } from '../cli/session.ts'
import { type Column, formatTime } from '../cli/table.ts'
import { isJobKey, parseBindings, type WantedBinding } from './file.ts'

const STATES = [
  'KNOWN',
  'WANTED',
  'PENDING',
  'BOUND',
  'BLOCKED',
  'AMBIGUOUS',
] as const satisfies readonly BindingState[]

interface ListOptions {
  readonly state?: string
  readonly source?: string
  readonly tenant?: string
  readonly limit: number
}
interface BindOptions {
  readonly replace?: true
  readonly dryRun?: true
  readonly wait: number
}

export function bindings(program: Command, { run, nowMs }: Host): void {
  const group = program.command('bindings').description('which job at Pulsifi stands for which job of ours')
  group
    .command('list')
    .description('newest first')
    .addOption(new Option('--state <state>').choices(STATES))
    .option('--source <name>', 'of this source')
    .option('--tenant <name>', 'of this tenant')
    .option('--limit <count>', 'at most so many', countArgument, 50)
    .action((options: ListOptions) => run(session => list(session, options)))
  binding(group.command('set'))
    .description('bind one job, and wait for what its owner writes')
    .argument('<job key>', '<source>:<tenant>:<job id>', jobKeyArgument)
    .argument('<pulsifi job id>', 'a UUID', jobIdArgument)
    .action((jobKey: string, pulsifiJobId: string, options: BindOptions) =>
      run(session => bind(session, [{ jobKey, pulsifiJobId }], options, nowMs)),
    )
  group
    .command('retry')
    .description('let the owner of a BLOCKED job try again, and wait for what it writes')
    .argument('<job key>', '<source>:<tenant>:<job id>', jobKeyArgument)
    .addOption(waitOption("for the owner's record"))
    .action((jobKey: string, { wait }: BindOptions) => run(session => retry(session, jobKey, wait, nowMs)))
  binding(group.command('import'))
    .description('bind many: a JSON object of job key → Pulsifi job id; one fault in it, and nothing is sent')
    .argument('<file>')
    .action((file: string, options: BindOptions) =>
      run(async session => bind(session, await readBindings(file), options, nowMs)),
    )
}

const binding = (command: Command): Command =>
  command
    .option('--replace', 'also where another job of Pulsifi is bound')
    .option('--dry-run', 'print what would be done')
    .addOption(waitOption("for the owners' records"))

function jobKeyArgument(text: string): string {
  if (!isJobKey(text)) throw new InvalidArgumentError('Write <source>:<tenant>:<job id>.')
  return text
}

function jobIdArgument(text: string): string {
  if (!z.uuid().safeParse(text).success)
    throw new InvalidArgumentError('Write the id of a job at Pulsifi, a UUID.')
  return text.toLowerCase()
}

async function readBindings(file: string): Promise<readonly WantedBinding[]> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new UsageError(`${file} cannot be read`)
  })
  const parsed = parseBindings(text)
  if (parsed.type === 'faults')
    throw new OperatorError(`${file} cannot be used, nothing was sent:\n  ${parsed.faults.join('\n  ')}`)
  return parsed.bindings
}

const COLUMNS: readonly Column<PulsifiJobBinding>[] = [
  { title: 'since', value: ({ updated_at }) => formatTime(updated_at) },
  { title: 'job', value: ({ job_key }) => job_key },
  { title: 'state', value: ({ state }) => state },
  { title: 'Pulsifi job', value: ({ pulsifi_job_id }) => pulsifi_job_id },
  { title: 'by', value: ({ state, origin }) => (state === 'BOUND' ? origin : null) },
  { title: 'reasons', value: ({ block_reasons }) => block_reasons.join(', ') },
]

async function list(session: Session, { state, source, tenant, limit }: ListOptions): Promise<void> {
  const table = await readTable(session, PULSIFI_JOB_BINDING)
  const found = [...table.values()]
    .map(({ record }) => record)
    .filter(record => state === undefined || record.state === state)
    .filter(({ job_key }) => source === undefined || job_key.startsWith(`${source}:`))
    .filter(({ job_key }) => tenant === undefined || job_key.split(':')[1] === tenant)
    .sort((a, b) => b.updated_at - a.updated_at)
  printBindings(session, found.slice(0, limit), 'no binding matches')
  if (found.length > limit) session.out.note(`${limit} of ${found.length} shown: --limit shows more`)
}

const printBindings = ({ out }: Session, records: readonly PulsifiJobBinding[], none: string): void =>
  out.isJson
    ? out.list(
        records.map(record => maskedRecord(PULSIFI_JOB_BINDING, record)),
        [],
        '',
      )
    : out.list(records, COLUMNS, none)

export interface BindingPlan extends WantedBinding {
  readonly plan: 'bind' | 'unchanged' | 'refused'
  /** What is bound now; null when nothing is. */
  readonly boundTo: string | null
  /** The job at Pulsifi that its record names, bound or refused. */
  readonly replaces: string | null
}

/** What becomes of each wanted binding. Pure. */
export const planBindings = (
  wanted: readonly WantedBinding[],
  known: (jobKey: string) => PulsifiJobBinding | undefined,
  replace: boolean,
): readonly BindingPlan[] =>
  wanted.map(binding => {
    const current = known(binding.jobKey)
    const replaces = current?.pulsifi_job_id ?? null
    const boundTo = current?.state === 'BOUND' ? replaces : null
    if (boundTo === binding.pulsifiJobId) return { ...binding, boundTo, replaces, plan: 'unchanged' }
    return { ...binding, boundTo, replaces, plan: boundTo === null || replace ? 'bind' : 'refused' }
  })

async function bind(
  session: Session,
  wanted: readonly WantedBinding[],
  { replace, dryRun, wait }: BindOptions,
  nowMs: () => number,
): Promise<void> {
  const table = await readTable(session, PULSIFI_JOB_BINDING)
  const plans = planBindings(wanted, key => table.get(key)?.record, replace === true)
  const refused = plans.filter(({ plan }) => plan === 'refused')
  if (refused.length > 0) {
    const jobs = refused.map(({ jobKey, boundTo }) => `  ${jobKey} is bound to ${boundTo}`)
    throw new OperatorError(`nothing was sent: --replace says that these shall change\n${jobs.join('\n')}`)
  }
  if (dryRun) return printPlans(session, plans, () => null)
  const partitionOf = createPartitionOf(session.partitions)
  const asks = plans
    .filter(({ plan }) => plan === 'bind')
    .map(({ jobKey, pulsifiJobId, replaces }) => ({
      command: { command: 'bind-job', jobKey, pulsifiJobId, replaces } as const,
      key: jobKey,
      partition: partitionOf(jobKey),
    }))
  const answers = await askOwners(session, asks, { topic: PULSIFI_JOB_BINDING, waitMs: wait, nowMs })
  const states = new Map<string, string>()
  for (const [key, { value }] of answers) {
    const record = await decode(session, PULSIFI_JOB_BINDING, value)
    states.set(key, record?.state ?? 'unreadable')
  }
  printPlans(session, plans, key => states.get(key) ?? null)
  if (wait > 0 && states.size < asks.length) throw new OperatorError(NO_ANSWER)
}

async function retry(session: Session, jobKey: string, waitMs: number, nowMs: () => number): Promise<void> {
  const partition = createPartitionOf(session.partitions)(jobKey)
  const record = (
    await readTable(session, PULSIFI_JOB_BINDING, { partitions: [partition], key: jobKey })
  ).get(jobKey)?.record
  if (record?.state !== 'BLOCKED')
    throw new OperatorError(`${jobKey} is ${record?.state ?? 'not known'}: only BLOCKED jobs are tried again`)
  const command: OperatorCommand = { command: 'decide-job-again', jobKey, attempt: record.attempt }
  const waiting = { topic: PULSIFI_JOB_BINDING, waitMs, nowMs } as const
  const answer = (await askOwners(session, [{ command, key: jobKey, partition }], waiting)).get(jobKey)
  if (waitMs === 0) return session.out.note(`sent to the owner of partition ${partition}`)
  const next = answer && (await decode(session, PULSIFI_JOB_BINDING, answer.value))
  if (next === undefined) throw new OperatorError(NO_ANSWER)
  printBindings(session, [next], '')
}

const printPlans = (
  { out }: Session,
  plans: readonly BindingPlan[],
  stateOf: (jobKey: string) => string | null,
) =>
  out.list(
    plans.map(({ jobKey: job_key, pulsifiJobId: pulsifi_job_id, plan, boundTo: bound_to, replaces }) => ({
      ...{ job_key, pulsifi_job_id, plan, bound_to, replaces, state: stateOf(job_key) },
    })),
    [
      { title: 'job', value: ({ job_key }) => job_key },
      { title: 'Pulsifi job', value: ({ pulsifi_job_id }) => pulsifi_job_id },
      { title: 'plan', value: ({ plan }) => plan },
      { title: 'state now', value: ({ state }) => state },
    ],
    'the file names no job',
  )
