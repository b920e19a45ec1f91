/** `ops topics`: the broker's topics and what they ought to be. */
import type { Command } from 'commander'
import { discoverSources } from '../../platform/connections/discover-sources.ts'
import { applyTopics, TOPICS_APPLY_COMMAND } from '../../platform/topics/admin.ts'
import { readTopicsFile, type TopicDefinition } from '../../platform/topics/file.ts'
import { reportTopics, type TopicReport } from '../../platform/topics/report.ts'
import type { Host } from '../cli/command-group.ts'
import { asking } from '../cli/consent.ts'
import { OperatorError } from '../cli/exit.ts'
import { waitOption } from '../cli/moment.ts'
import type { Session } from '../cli/session.ts'
import { acceptLoss } from './accept-loss.ts'
import { placeArgument, type RecordPlace, type SkipOptions, skip } from './skip.ts'

const definitionsOf = async ({ env }: Session): Promise<readonly TopicDefinition[]> =>
  readTopicsFile([...(await discoverSources()).keys()], env)

export function topics(program: Command, host: Host): void {
  const { run, nowMs } = host
  const group = program.command('topics').description("the broker's topics, and infra/topics.yaml")
  group
    .command('apply')
    .description('create what is missing and alter settings that differ; deletes nothing, safe to repeat')
    .action(() => run(apply))
  group
    .command('list')
    .description('what the broker has: partitions, offsets, cleanup')
    .option('--why', 'say what each topic is for')
    .action(({ why }: { why?: true }) => run(session => listTopics(session, why === true)))
  group
    .command('check')
    .description('compare without changing anything; exit code 1 when something differs')
    .action(() => run(check))
  acceptLoss(group, host)
  asking(group.command('skip'))
    .description('let what its owner knows take the place of a record that nobody can read')
    .argument('<record>', '<topic>/<partition>/<offset>, as the log names it', placeArgument)
    .option('--forget', 'also of the ledger of invitations, where it may have said that somebody was invited')
    .addOption(waitOption("for the owner's record"))
    .action((place: RecordPlace, options: SkipOptions) =>
      run(session => skip(session, place, options, nowMs)),
    )
}

async function apply(session: Session): Promise<void> {
  const { kafka, partitions, out } = session
  const changes = await applyTopics(kafka, await definitionsOf(session), partitions)
  out.list(
    changes,
    [
      { title: 'topic', value: ({ topic }) => topic },
      { title: 'change', value: ({ change }) => change },
      { title: 'settings', value: item => ('settings' in item ? item.settings.join(', ') : null) },
    ],
    'infra/topics.yaml declares no topics',
  )
}

async function listTopics(session: Session, why: boolean): Promise<void> {
  const { kafka, out } = session
  const definitions = await definitionsOf(session)
  const reports = await reportTopics(kafka, definitions)
  const items = reports.map(({ topic, found }, at) => ({
    topic,
    partitions: found?.partitions ?? null,
    offsets: found?.offsets ?? null,
    cleanup: found?.config['cleanup.policy'] ?? null,
    why: definitions[at]?.why ?? '',
  }))
  out.list(
    items,
    [
      { title: 'topic', value: ({ topic }) => topic },
      { title: 'partitions', value: ({ partitions }) => partitions },
      { title: 'offsets', value: ({ offsets }) => offsets },
      { title: 'cleanup', value: ({ cleanup }) => cleanup ?? 'missing' },
      ...(why ? [{ title: 'why', value: (item: (typeof items)[number]) => item.why }] : []),
    ],
    'infra/topics.yaml declares no topics',
  )
}

async function check(session: Session): Promise<void> {
  const { kafka, partitions, out } = session
  const definitions = await definitionsOf(session)
  const differences = differencesOf(definitions, await reportTopics(kafka, definitions), partitions)
  out.list(
    differences,
    [
      { title: 'topic', value: ({ topic }) => topic },
      { title: 'what', value: ({ what }) => what },
      { title: 'is', value: ({ is }) => is },
      { title: 'should be', value: ({ should_be }) => should_be },
    ],
    `all ${definitions.length} topics are as infra/topics.yaml has them`,
  )
  if (differences.length > 0)
    throw new OperatorError(`topics differ: "${TOPICS_APPLY_COMMAND}" mends all but partitions`)
}

export interface TopicDifference {
  readonly topic: string
  readonly what: string
  /** Null: the broker does not have it. */
  readonly is: string | null
  readonly should_be: string
}

/** What of the broker's topics is not as the definitions have it. Pure. */
export function differencesOf(
  definitions: readonly TopicDefinition[],
  reports: readonly TopicReport[],
  partitions: number,
): readonly TopicDifference[] {
  return definitions.flatMap(({ name: topic, config }): TopicDifference[] => {
    const found = reports.find(report => report.topic === topic)?.found ?? null
    if (found === null) return [{ topic, what: 'topic', is: null, should_be: 'there' }]
    const count = { topic, what: 'partitions', is: String(found.partitions), should_be: String(partitions) }
    const settings = Object.entries(config).map(([what, should_be]) => ({
      topic,
      what,
      is: found.config[what] ?? null,
      should_be,
    }))
    return [count, ...settings].filter(({ is, should_be }) => is !== should_be)
  })
}
