/** Counts everything again from the topics and from Pulsifi's side, and compares it with what was sent. */
import type { PulsifiInvitation } from '../../schemas/types.ts'
import {
  CANONICAL_CANDIDATE,
  CANONICAL_JOB,
  deadLetterTopic,
  HEADER,
  PULSIFI_INVITATION,
  PULSIFI_SCORE,
  PULSIFI_STATUS,
  rawTopic,
} from '../../services/core/topics.ts'
import { faultsOfHistory, type Placed } from '../support/history-check.ts'
import { readAmbiguousJobs } from './jobs.ts'
import type { Posted } from './poster.ts'
import type { Expected } from './story.ts'
import type { TopicsReader } from './topics.ts'

export interface Window {
  readonly fault: string
  readonly fromMs: number
  toMs: number
  readonly losesReplies: boolean
}

export interface Count {
  readonly sent: number
  readonly acknowledged: number
  readonly published: number
  readonly duplicates: number
  readonly invited: number
  readonly invitedTwice: number
  /** Applications and jobs. */
  readonly ambiguous: number
  /** AMBIGUOUS entries that no injected fault explains. */
  readonly unexplained: number
  /** Acknowledged events that are nowhere, versions that did not win, applications without an end. */
  readonly lost: number
  /** Offsets without outcome, and how far the canonical records differ from the outcomes that say `published`. */
  readonly unaccounted: number
  /** Changes in the history of applications that are doubled, missing, or not what the ledger says. */
  readonly wrongChanges: number
  /** Input partitions that stood still for more than a minute while the processes said that they live. */
  readonly stuck: number
  /** What was wrong, in words; empty when all is well. */
  readonly faults: readonly string[]
}

const RAW_TOPICS = ['humansourcing', 'jobylon', 'cleverconnect'].map(rawTopic)
/** An answer may take the call's time-out and its grace to be given up. */
const EXPLAINED_WITHIN_MS = 60_000

export async function count(
  reader: TopicsReader,
  sandboxUrl: string,
  posted: Posted,
  expected: Expected,
  windows: readonly Window[],
  stoodStill: readonly string[],
): Promise<Count> {
  const faults: string[] = [...stoodStill]
  // Each read is a consumer of its own, most of whose time is joining.
  const [events, outcomes, wrongChanges, ends] = await Promise.all([
    missingEvents(reader, posted, faults),
    sumOutcomes(reader, faults),
    wrongHistory(reader, faults),
    countEnds(reader, sandboxUrl, expected, faults),
  ])
  const { canonical, ledger, jobs } = ends
  const different = Math.abs(canonical.size - outcomes.published)
  if (different > 0)
    faults.push(`${canonical.size} canonical records, ${outcomes.published} counted as published`)
  const ambiguous = [...ledger.newest.values()].filter(({ outcome }) => outcome === 'AMBIGUOUS')
  const intended = [
    ...ambiguous.map(({ application_key: key }) => ({
      key,
      intendedAtMs: ledger.intents.get(key) ?? null,
    })),
    ...jobs,
  ]
  const unexplained = intended.filter(({ intendedAtMs }) => !isExplained(intendedAtMs, windows))
  for (const { key } of unexplained) faults.push(`AMBIGUOUS without a reason: ${key}`)
  return {
    sent: posted.sent,
    acknowledged: posted.acknowledged,
    published: outcomes.published,
    duplicates: outcomes.duplicate,
    invited: [...ledger.newest.values()].filter(({ outcome }) => outcome === 'INVITED').length,
    invitedTwice: ends.invitedTwice,
    ambiguous: intended.length,
    unexplained: unexplained.length,
    lost: events + ends.lost,
    unaccounted: outcomes.unaccounted + different,
    wrongChanges,
    stuck: stoodStill.length,
    faults,
  }
}

/** What holds whatever has become of offsets: everything has its newest version and its end, and nobody two invitations. */
export async function countEnds(
  reader: TopicsReader,
  sandboxUrl: string,
  expected: Expected,
  faults: string[],
) {
  const [canonical, ledger, jobs, twice] = await Promise.all([
    readCanonical(reader),
    readLedger(reader),
    readAmbiguousJobs(reader),
    invitedTwice(sandboxUrl, faults),
  ])
  const lost =
    wrongVersions(canonical, expected, faults) +
    applicationsWithoutEnd(ledger.newest, new Set(jobs.map(({ key }) => key)), expected, faults) +
    (await completedWithoutScores(reader, ledger.newest, faults))
  return { canonical, ledger, jobs, invitedTwice: twice, lost }
}

/** Acknowledged events that are on no topic: lost, or still in a spool. */
export async function eventsOnNoTopic(
  reader: TopicsReader,
  { eventIds }: Posted,
): Promise<readonly string[]> {
  const found = new Set<string>()
  const topics = [...RAW_TOPICS, deadLetterTopic('ingress')]
  for (const { records } of await Promise.all(topics.map(topic => reader.read(topic))))
    for (const { headers } of records) found.add(headers[HEADER.id] ?? '')
  return [...eventIds].filter(id => !found.has(id))
}

async function missingEvents(reader: TopicsReader, posted: Posted, faults: string[]): Promise<number> {
  const missing = await eventsOnNoTopic(reader, posted)
  if (missing.length > 0)
    faults.push(`${missing.length} acknowledged events are on no topic, such as ${missing[0]}`)
  return missing.length
}

async function sumOutcomes(reader: TopicsReader, faults: string[]) {
  const sum = { published: 0, duplicate: 0, unaccounted: 0 }
  for (const topic of RAW_TOPICS) {
    const { ends } = await reader.read(topic)
    const committed = await reader.committed('normalizer', topic)
    for (const [partition, end] of ends) {
      const { offset, metadata } = committed.get(partition) ?? { offset: -1, metadata: '' }
      if (metadata === '') {
        if (end > 0) faults.push(`${topic}/${partition}: ${end} records and no counts`)
        sum.unaccounted += end
        continue
      }
      const counts = JSON.parse(metadata) as Record<string, number>
      const {
        first = 0,
        published = 0,
        duplicate = 0,
        skipped = 0,
        dead_lettered = 0,
        void: nothing = 0,
      } = counts
      const missing = end - first - published - duplicate - skipped - dead_lettered
      if (missing !== 0 || nothing !== 0 || offset !== end)
        faults.push(`${topic}/${partition}: end ${end}, committed ${offset}, ${metadata}`)
      sum.published += published
      sum.duplicate += duplicate
      sum.unaccounted += Math.abs(missing) + nothing
    }
  }
  return sum
}

interface Canonical {
  /** Of all versions. */
  readonly size: number
  /** The version that stands last, by key; null when it says that the entity is deleted. */
  readonly final: ReadonlyMap<string, number | null>
}

async function readCanonical(reader: TopicsReader): Promise<Canonical> {
  const final = new Map<string, number | null>()
  const jobs = await reader.decode(CANONICAL_JOB, await reader.read(CANONICAL_JOB))
  for (const { key, record } of jobs) final.set(key, versionOf(record?.reference))
  const candidates = await reader.decode(CANONICAL_CANDIDATE, await reader.read(CANONICAL_CANDIDATE))
  for (const { key, record } of candidates) {
    const version = versionOf(record?.tags[0] ?? record?.last_name?.split(' ').at(-1))
    final.set(`candidate ${key}`, record?.lifecycle === 'DELETED' ? null : version)
  }
  return { size: jobs.length + candidates.length, final }
}

function wrongVersions({ final }: Canonical, { versions }: Expected, faults: string[]): number {
  const wrong = [...versions].filter(([key, version]) => final.get(key) !== version)
  for (const [key, version] of wrong.slice(0, 5))
    faults.push(`${key}: ${final.get(key)} instead of ${version}`)
  return wrong.length
}

const versionOf = (text: string | null | undefined): number | null =>
  text?.startsWith('v') ? Number(text.slice(1)) : null

interface Ledger {
  /** Records read. */
  readonly size: number
  readonly newest: ReadonlyMap<string, PulsifiInvitation>
  /** When the last attempt was intended, by application. What is noted about it later does not count. */
  readonly intents: ReadonlyMap<string, number>
}

export async function readLedger(reader: TopicsReader): Promise<Ledger> {
  const newest = new Map<string, PulsifiInvitation>()
  const intents = new Map<string, number>()
  const records = await reader.decode(PULSIFI_INVITATION, await reader.read(PULSIFI_INVITATION))
  for (const { key, record } of records) {
    if (record === null) continue
    const before = newest.get(key)
    const isNoted = before?.outcome === 'INTENDED' && before.attempt === record.attempt
    if (record.outcome === 'INTENDED' && !isNoted) intents.set(key, record.occurred_at)
    newest.set(key, record)
  }
  return { size: records.length, newest, intents }
}

const ERASURE = 'PULSIFI_ERASURE_REQUIRED'
const isErased = ({ reasons }: PulsifiInvitation): boolean => reasons.includes(ERASURE)

/** Whether something can still happen to it by itself. Nobody looks at the results of a deleted person. */
export const isPending = (record: PulsifiInvitation): boolean =>
  record.outcome === 'INTENDED' ||
  record.outcome === 'WAITING' ||
  (record.outcome === 'INVITED' && record.status !== 'completed' && !isErased(record))

function applicationsWithoutEnd(
  newest: Ledger['newest'],
  ambiguousJobs: ReadonlySet<string>,
  expected: Expected,
  faults: string[],
): number {
  const wrong = [
    ...[...expected.invited].filter(key => !isEnd(newest.get(key), ambiguousJobs, newest)),
    ...[...expected.blocked].filter(key => newest.get(key)?.outcome !== 'BLOCKED'),
  ]
  for (const key of wrong.slice(0, 5)) {
    const { outcome, reasons, status } = newest.get(key) ?? {}
    faults.push(`${key}: ${outcome ?? 'no record'} ${reasons ?? ''} ${status ?? ''}`)
  }
  return wrong.length
}

/** Whoever waits for a job that an operator must name waits for a named thing. */
const isEnd = (
  record: PulsifiInvitation | undefined,
  ambiguousJobs: ReadonlySet<string>,
  newest: Ledger['newest'],
): boolean =>
  (record?.follows != null && holds(newest.get(record.follows.application_key), record)) ||
  record?.outcome === 'AMBIGUOUS' ||
  (record?.outcome === 'INVITED' && record.status === 'completed') ||
  (record?.outcome === 'WAITING' && ambiguousJobs.has(record.job_key ?? ''))

/** Whether it has what the other one waits for. */
const holds = (holder: PulsifiInvitation | undefined, { claims }: PulsifiInvitation): boolean =>
  (holder?.outcome === 'AMBIGUOUS' || (holder?.outcome === 'INVITED' && holder.status === 'completed')) &&
  holder.claims.some(claim => claims.includes(claim))

/** In every partition, since two candidates may name one application. */
async function wrongHistory(reader: TopicsReader, faults: string[]): Promise<number> {
  const changes = await reader.decode(PULSIFI_STATUS, await reader.read(PULSIFI_STATUS))
  const newest = new Map<string, Placed<PulsifiInvitation>>()
  const records = await reader.decode(PULSIFI_INVITATION, await reader.read(PULSIFI_INVITATION))
  for (const placed of records) newest.set(`${placed.partition} ${placed.key}`, placed)
  const wrong = faultsOfHistory(changes, [...newest.values()])
  faults.push(...wrong.slice(0, 5).map(fault => `history of ${fault}`))
  return wrong.length
}

async function completedWithoutScores(
  reader: TopicsReader,
  newest: Ledger['newest'],
  faults: string[],
): Promise<number> {
  const scores = await reader.decode(PULSIFI_SCORE, await reader.read(PULSIFI_SCORE))
  const scored = new Set(scores.map(({ record }) => record?.application_key))
  const missing = [...newest.values()].filter(record => {
    const { status, reasons } = newest.get(record.follows?.application_key ?? '') ?? record
    const isErased = [...reasons, ...record.reasons].includes(ERASURE)
    return status === 'completed' && !isErased && !scored.has(record.application_key)
  })
  if (missing.length > 0)
    faults.push(`${missing.length} completed without scores, such as ${missing[0]?.application_key}`)
  return missing.length
}

async function invitedTwice(sandboxUrl: string, faults: string[]): Promise<number> {
  const response = await fetch(`${sandboxUrl}/_sandbox/stats`)
  const stats = (await response.json()) as Record<
    'candidates_per_ext_reference_id' | 'candidates_per_person_and_job',
    Record<string, number>
  >
  const doubled = [
    ...Object.entries(stats.candidates_per_ext_reference_id),
    ...Object.entries(stats.candidates_per_person_and_job),
  ]
  for (const [name, times] of doubled.slice(0, 5)) faults.push(`${name} was invited ${times} times`)
  return doubled.length
}

/** A fault that can lose an answer lay between the intent and the time at which an answer is given up. */
const isExplained = (intendedAtMs: number | null, windows: readonly Window[]): boolean =>
  intendedAtMs !== null &&
  windows.some(
    ({ losesReplies, fromMs, toMs }) =>
      losesReplies && toMs >= intendedAtMs - 1_000 && fromMs <= intendedAtMs + EXPLAINED_WITHIN_MS,
  )
