/** A tombstone must not come before the last copy of what was deleted is gone: a redrive could revive the person. */
import { DAY_MS } from '../core/reading/dates.ts'
import { deadLetterTopic, rawTopic, redriveTopic } from '../core/topics.ts'
import { ConfigError } from '../platform/process/config.ts'
import { readTopicsFile, type TopicDefinition } from '../platform/topics/file.ts'

/** Days for which a record can still reach the normalizer: from its raw topic, or refused and sent back at the last moment. */
export function daysToComeBack(topics: readonly TopicDefinition[], sources: readonly string[]): number {
  const days = (name: string) =>
    Number(topics.find(topic => topic.name === name)?.config['retention.ms'] ?? 0) / DAY_MS
  const raw = Math.max(0, ...sources.map(source => days(rawTopic(source))))
  return Math.max(
    days(deadLetterTopic('ingress')) + raw,
    days(deadLetterTopic('normalizer')) + days(redriveTopic('normalizer')),
  )
}

/** @throws ConfigError naming the least number of days. */
export function checkTombstoneDays(tombstoneDays: number, sources: readonly string[]): void {
  const least = daysToComeBack(readTopicsFile(sources), sources)
  if (tombstoneDays > least) return
  throw new ConfigError(
    `DELETE_TOMBSTONE_DAYS is ${tombstoneDays}, and a deleted record can come back for ${least} days: set more, or shorten retention in infra/topics.yaml`,
  )
}
