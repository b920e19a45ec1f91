/** `ops blobs`: files and large bodies that are kept outside Kafka. */

import type { Command } from 'commander'
import { z } from 'zod'
import { attachmentsOf } from '../../core/canonical.ts'
import { DAY_MS } from '../../core/reading/dates.ts'
import { CANONICAL_CANDIDATE } from '../../core/topics.ts'
import { named } from '../../platform/avro/spelling.ts'
import { BlobSettings, openBlobStore } from '../../platform/blobs/settings.ts'
import { discoverSources } from '../../platform/connections/discover-sources.ts'
import { loadConfig } from '../../platform/process/config.ts'
import { readTopicsFile, type TopicDefinition } from '../../platform/topics/file.ts'
import type { Host } from '../cli/command-group.ts'
import { agreed, asking, type Consent, isAsked } from '../cli/consent.ts'
import { recordDecision } from '../cli/decision.ts'
import { OperatorError } from '../cli/exit.ts'
import { countArgument } from '../cli/moment.ts'
import { decode, read, type Session } from '../cli/session.ts'
import { type Swept, sweepBlobs } from './sweep.ts'

interface SweepArguments extends Consent {
  readonly olderThan?: number
}

export function blobs(program: Command, { run, nowMs }: Host): void {
  const group = program.command('blobs').description('files and large bodies that are kept outside Kafka')
  asking(group.command('sweep'))
    .description('remove what no candidate refers to and no event can refer to any more')
    .option(
      '--older-than <days>',
      'instead of the retention that infra/topics.yaml adds up to',
      countArgument,
    )
    .addHelpText(
      'after',
      '\nThe store is that of BLOB_DIR or BLOB_S3_*; run it daily, with --yes, where candidates are many.',
    )
    .action((options: SweepArguments) => run(session => sweep(session, options, nowMs())))
}

async function sweep(session: Session, options: SweepArguments, nowMs: number): Promise<void> {
  const { env, out, signal } = session
  const store = await openBlobStore(loadConfig(z.object(BlobSettings), env))
  await store.check()
  const days = options.olderThan ?? daysReferred(readTopicsFile([...(await discoverSources()).keys()]))
  const referred = await referredBy(session)
  const pass = (isDryRun: boolean) =>
    sweepBlobs({
      store,
      storedBeforeMs: nowMs - days * DAY_MS,
      isReferred: uri => referred.has(uri),
      isDryRun,
      signal,
    })
  const told = (swept: Swept) => out.facts(named({ olderThanDays: days, ...swept }))
  const counted = options.dryRun || isAsked(session, options) ? await pass(true) : null
  if (options.dryRun && counted !== null) told(counted)
  const what = `remove ${counted?.removed ?? 'all'} files that nothing refers to`
  if (!(await agreed(session, options, what))) return
  await recordDecision(session, [])
  told(await pass(false))
}

/**
 * For how many days an event may refer to its files: while it is raw, then as a dead letter, then sent back. What a
 * candidate's record refers to is kept for as long as the record says so.
 */
export function daysReferred(topics: readonly TopicDefinition[]): number {
  const longest = (pattern: RegExp): number =>
    Math.max(
      0,
      ...topics
        .filter(({ name }) => pattern.test(name))
        .map(({ config }) => Number(config['retention.ms'] ?? 0)),
    )
  return (longest(/(^|[.])raw([.]|$)/) + longest(/[.]dead-letter$/) + longest(/[.]redrive$/)) / DAY_MS
}

/** @throws OperatorError where the topic cannot tell: then everything would look forgotten. */
async function referredBy(session: Session): Promise<ReadonlySet<string>> {
  const newest = new Map<string, readonly string[]>()
  let records = 0
  const selection = { topics: [CANONICAL_CANDIDATE], from: 'beginning' as const }
  for await (const at of read(session, 'looking for what is referred to', selection)) {
    const candidate = await decode(session, CANONICAL_CANDIDATE, at.value)
    if (at.value !== null && candidate === undefined)
      throw new OperatorError(
        `${CANONICAL_CANDIDATE} ${at.partition}/${at.offset} cannot be read: nothing was removed`,
      )
    records++
    newest.set(at.key ?? '', candidate === undefined ? [] : attachmentsOf(candidate).flatMap(urisOf))
  }
  if (records === 0)
    throw new OperatorError(
      `${CANONICAL_CANDIDATE} is empty: is KAFKA_BROKERS the cluster that this store belongs to?`,
    )
  return new Set([...newest.values()].flat())
}

const urisOf = (attachment: ReturnType<typeof attachmentsOf>[number]): string[] =>
  [attachment.blob_uri, attachment.extracted_text_blob_uri].filter(uri => uri !== null)
