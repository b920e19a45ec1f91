/** Compares what a sample process wrote with what its inputs ask for: all of it read back, read committed. */

import { isDeepStrictEqual } from 'node:util'
import type { Admin } from 'kafkajs'
import type { KafkaClient } from '../../services/platform/kafka/client.ts'
import type { Counts } from '../../services/platform/partitions/input-cursor.ts'
import { type ReadTopic, readTopic } from './partition-kafka.ts'
import { readJson, type SampleInput, type SampleTopics, type SampleVersion } from './partition-sample.ts'

/** Accepted versions by key. */
type Versions = Map<string, number[]>

export interface Verdict {
  /** What is wrong, one sentence each; empty when everything is exact. */
  readonly faults: readonly string[]
  readonly outputs: number
  /** Offsets of transactional inputs that carry nothing. */
  readonly void: number
}

export async function verifySample(kafka: KafkaClient, admin: Admin, topics: SampleTopics): Promise<Verdict> {
  const [plain, transactional, output, table] = await Promise.all(
    [topics.plain, topics.transactional, topics.output, topics.table].map(topic =>
      readTopic(kafka, admin, topic),
    ),
  )
  if (!plain || !transactional || !output || !table) throw new Error('read nothing')
  const expected: Versions[] = plain.records.map(() => new Map())
  const faults: string[] = []
  let voids = 0
  const inputs = [topics.plain, topics.transactional]
  const committed = await admin.fetchOffsets({ groupId: topics.group, topics: inputs })
  for (const [topic, read] of [
    [topics.plain, plain],
    [topics.transactional, transactional],
  ] as const) {
    const partitions = committed.find(item => item.topic === topic)?.partitions ?? []
    for (const { partition, offset, metadata } of partitions) {
      const truth = truthOf(read.records[partition] ?? [], expected[partition] ?? new Map())
      const counts = readJson<Counts>(Buffer.from(metadata ?? '{}'))
      const at = { offset: Number(offset), end: read.ends[partition] ?? 0 }
      faults.push(...countFaults(`${topic}/${partition}`, at, counts, truth))
      if (topic === topics.plain && counts.void !== 0)
        faults.push(`${topic}/${partition}: ${counts.void} offsets void`)
      voids += counts.void
    }
  }
  const outputs = output.records.reduce((sum, records) => sum + records.length, 0)
  return {
    faults: [...faults, ...outputFaults(output, expected), ...tableFaults(table, expected)],
    outputs,
    void: voids,
  }
}

interface Truth {
  readonly published: number
  readonly duplicate: number
  readonly skipped: number
  readonly lastOffset: number
}

/** What must become of these records; adds what they publish to `expected`. */
function truthOf(records: ReadTopic['records'][number], expected: Versions): Truth {
  const truth = { published: 0, duplicate: 0, skipped: 0, lastOffset: records.at(-1)?.offset ?? -1 }
  for (const { key, value } of records) {
    const { version, skip } = readJson<SampleInput>(value)
    const versions = expected.get(key) ?? []
    expected.set(key, versions)
    if (skip) truth.skipped++
    else if ((versions.at(-1) ?? 0) >= version) truth.duplicate++
    else {
      versions.push(version)
      truth.published++
    }
  }
  return truth
}

function countFaults(
  name: string,
  { offset, end }: { offset: number; end: number },
  counts: Counts,
  truth: Truth,
): string[] {
  const faults = (['published', 'duplicate', 'skipped'] as const)
    .filter(outcome => counts[outcome] !== truth[outcome])
    .map(outcome => `${name}: ${outcome} counted ${counts[outcome]}, truth ${truth[outcome]}`)
  const { first, published, duplicate, skipped, dead_lettered, void: nothing } = counts
  const delta = offset - first - published - duplicate - skipped - dead_lettered - nothing
  if (delta !== 0) faults.push(`${name}: delta ${delta}`)
  if (offset <= truth.lastOffset || offset > end) faults.push(`${name}: committed ${offset} of ${end}`)
  return faults
}

/** The output of each key is its accepted versions in order, each once, and `seen` counts them. */
function outputFaults({ records }: ReadTopic, expected: readonly Versions[]): string[] {
  return records.flatMap((partition, p) => {
    const faults: string[] = []
    const got: Versions = new Map()
    for (const { key, value } of partition) {
      const { version, seen } = readJson<SampleVersion>(value)
      const versions = got.get(key) ?? []
      got.set(key, versions)
      if (versions.push(version) !== seen)
        faults.push(`output/${p} ${key}@${version}: seen ${seen}, is ${versions.length}`)
    }
    for (const key of new Set([...got.keys(), ...(expected[p]?.keys() ?? [])])) {
      const [is, should] = [got.get(key) ?? [], expected[p]?.get(key) ?? []]
      if (!isDeepStrictEqual(is, should)) faults.push(`output/${p} ${key}: ${is}, expected ${should}`)
    }
    return faults
  })
}

/** The table ends at the newest version of every key. */
function tableFaults({ records }: ReadTopic, expected: readonly Versions[]): string[] {
  return expected.flatMap((versions, p) => {
    const last = new Map(
      (records[p] ?? []).map(({ key, value }) => [key, readJson<SampleVersion>(value).version]),
    )
    return [...versions]
      .filter(([key, accepted]) => last.get(key) !== accepted.at(-1))
      .map(([key, accepted]) => `table/${p} ${key}: ${last.get(key)}, expected ${accepted.at(-1)}`)
  })
}

/** Offsets of inputs that are not committed yet. `trailing`: how many markers of transactions may end an input. */
export async function lagOf(
  admin: Admin,
  { group, plain, transactional }: SampleTopics,
  trailing: number,
): Promise<number> {
  const inputs = [plain, transactional]
  let lag = 0
  for (const { topic, partitions } of await admin.fetchOffsets({ groupId: group, topics: inputs })) {
    const ends = await admin.fetchTopicOffsets(topic)
    for (const { partition, offset } of partitions) {
      const high = Number(ends.find(end => end.partition === partition)?.high ?? 0)
      const behind = high - Math.max(0, Number(offset))
      lag += behind > trailing ? behind : 0
    }
  }
  return lag
}
