/** `infra/topics.yaml`, read and checked: which topics there are and how the broker must hold them. */

import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { DAY_MS } from '../../core/reading/dates.ts'
import { ConfigError, type Environment, loadConfig } from '../process/config.ts'
import type { Durability } from './durability.ts'
import { type TopicSetting, TopicSettings } from './settings.ts'

/** One topic as the broker must have it; the number of partitions is the same for all and comes from outside. */
export interface TopicDefinition {
  readonly name: string
  /** Kafka's own names and values. What is not named here stays as the broker has it. */
  readonly config: Readonly<Record<string, string>>
  readonly why: string
}

const TOPICS_FILE = new URL('../../../infra/topics.yaml', import.meta.url)
const SOURCE_PLACEHOLDER = '{source}'
const UNIT_MS = { h: 3_600_000, d: DAY_MS } as const

const duration = z
  .string()
  .regex(/^[1-9]\d*[hd]$/, 'expected hours or days, such as 12h or 14d')
  .transform(text => Number(text.slice(0, -1)) * (text.endsWith('h') ? UNIT_MS.h : UNIT_MS.d))

const common = {
  name: z.string().regex(/^[a-z0-9.{}-]{1,200}$/, 'expected lower-case letters, digits, dots and hyphens'),
  max_message_bytes: z.int().min(1024).optional(),
  why: z.string().regex(/[.]$/, 'expected a sentence'),
}
const age = {
  retention: duration,
  /** Days, which take the place of `retention` where they are set. */
  retention_setting: z.enum(Object.keys(TopicSettings) as [TopicSetting, ...TopicSetting[]]).optional(),
}
const compaction = z.strictObject({ from: duration, until: duration.optional(), tombstones: duration })
const DeletedByAge = z.strictObject({ ...common, cleanup: z.literal('delete'), ...age })
const Compacted = z.strictObject({ ...common, cleanup: z.literal('compact'), compaction })
/** Records go by age, and earlier by a tombstone under their own key. */
const Both = z.strictObject({ ...common, cleanup: z.literal('compact,delete'), ...age, compaction })
const TopicsFile = z.strictObject({
  durability: z
    .strictObject({
      replicas: z.int().min(1),
      min_in_sync: z.int().min(1),
      unclean_election: z.boolean(),
    })
    .default({ replicas: 3, min_in_sync: 2, unclean_election: false }),
  topics: z.array(z.discriminatedUnion('cleanup', [DeletedByAge, Compacted, Both])).min(1),
})
type Row = z.output<typeof TopicsFile>['topics'][number]

/** @throws ConfigError when the file is missing or cannot be used. */
export const readTopicsFile = (
  sources: readonly string[],
  env: Environment = {},
): readonly TopicDefinition[] => parseTopics(textOf(TOPICS_FILE), sources, env)

/** What is asked of every topic. @throws ConfigError when the file is missing or cannot be used. */
export function readDurability(file: URL = TOPICS_FILE): Durability {
  const { replicas, min_in_sync, unclean_election } = parsedFile(textOf(file)).durability
  return { replicas, minInSync: min_in_sync, uncleanElection: unclean_election }
}

function textOf(file: URL): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw new ConfigError('infra/topics.yaml cannot be read')
  }
}

/**
 * A row with `{source}` becomes one topic for each of `sources`.
 * @throws ConfigError naming every row at fault.
 */
export function parseTopics(
  text: string,
  sources: readonly string[],
  env: Environment = {},
): readonly TopicDefinition[] {
  const settings = loadConfig(z.object(TopicSettings), env)
  const definitions = parsedFile(text).topics.flatMap(row => expand(row, sources, settings))
  const names = definitions.map(definition => definition.name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new ConfigError(`infra/topics.yaml declares ${twice} twice`)
  return definitions
}

function parsedFile(text: string): z.output<typeof TopicsFile> {
  const parsed = TopicsFile.safeParse(parsedYaml(text))
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(issue => `  ${issue.path.join('.')}: ${issue.message}`)
  throw new ConfigError(`infra/topics.yaml cannot be used:\n${faults.join('\n')}`)
}

function parsedYaml(text: string): unknown {
  try {
    return parse(text)
  } catch (error) {
    throw new ConfigError(
      `infra/topics.yaml is not YAML: ${error instanceof Error ? error.message : 'unreadable'}`,
    )
  }
}

type Settings = Readonly<Partial<Record<TopicSetting, number | undefined>>>

function expand(row: Row, sources: readonly string[], settings: Settings): readonly TopicDefinition[] {
  const names = row.name.includes(SOURCE_PLACEHOLDER)
    ? sources.map(source => row.name.replace(SOURCE_PLACEHOLDER, source))
    : [row.name]
  return names.map(name => ({ name, config: brokerConfig(row, settings), why: row.why.trim() }))
}

function brokerConfig(row: Row, settings: Settings): Readonly<Record<string, string>> {
  const size: Record<string, string> =
    row.max_message_bytes === undefined ? {} : { 'max.message.bytes': String(row.max_message_bytes) }
  return {
    'cleanup.policy': row.cleanup,
    ...('retention' in row && { 'retention.ms': String(retentionMs(row, settings)) }),
    ...('compaction' in row && compactionConfig(row.compaction)),
    // Only closed segments go, by age or by compaction, and restoring state reads what compaction has left.
    'segment.ms': String(DAY_MS),
    ...size,
  }
}

function retentionMs(
  { retention, retention_setting: name }: z.output<typeof DeletedByAge> | z.output<typeof Both>,
  settings: Settings,
): number {
  const days = name === undefined ? undefined : settings[name]
  return days === undefined ? retention : days * DAY_MS
}

const compactionConfig = ({ from, until, tombstones }: z.output<typeof compaction>) => ({
  'min.compaction.lag.ms': String(from),
  ...(until === undefined ? {} : { 'max.compaction.lag.ms': String(until) }),
  'delete.retention.ms': String(tombstones),
})
