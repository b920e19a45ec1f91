/** A look at Kafka and at the other processes, every now and then: what no record says. */
import type { KafkaClient } from '../../platform/kafka/client.ts'
import type { NamedUrl } from '../../platform/process/config.ts'
import { type Committed, committedOffsets, type GroupLag, lagsOf } from '../../platform/readers/group-lag.ts'
import { topicBounds } from '../../platform/readers/topic-follower.ts'
import { FOLLOWED_TOPICS } from '../store/topics.ts'
import { type Counts, intakeOf, type RawStanding } from './intake.ts'
import { type ProcessNumbers, type RateWatch, scrape } from './scrape.ts'

type Admin = ReturnType<KafkaClient['admin']>
type Bounds = Awaited<ReturnType<typeof topicBounds>>

export interface Snapshot {
  readonly atMs: number
  /** Counts of the raw topics; null when the normalizer has committed nothing. */
  readonly intake: (source?: string) => Counts | null
  readonly groups: readonly GroupLag[]
  /** Offsets that the console has not read. */
  readonly behind: number
  readonly total: number
  /** First offset by `topic/partition`. */
  readonly lows: ReadonlyMap<string, number>
  readonly processes: readonly ProcessNumbers[]
  /** Requests to Pulsifi a second, over the last looks; null before the second. */
  readonly pulsifiPerSecond: number | null
  /** End of what the console follows, by `topic/partition`. */
  readonly ends: ReadonlyMap<string, number>
}

export interface SnapshotOptions {
  readonly kafka: KafkaClient
  readonly rawTopics: readonly string[]
  readonly targets: readonly NamedUrl[]
  readonly positions: () => ReadonlyMap<string, number>
  readonly rate: RateWatch
  readonly nowMs: () => number
}

const FOLLOWED = new Set(FOLLOWED_TOPICS)
const isFollowed = (name: string): boolean => FOLLOWED.has(name.slice(0, name.lastIndexOf('/')))

const GROUPS = ['normalizer', 'pulsifi-sink']

export interface Snapshots {
  readonly look: () => Promise<Snapshot>
  readonly close: () => Promise<void>
}

export async function createSnapshots(options: SnapshotOptions): Promise<Snapshots> {
  const admin: Admin = options.kafka.admin()
  await admin.connect()
  return {
    look: () => look(admin, options),
    close: () => admin.disconnect(),
  }
}

async function look(admin: Admin, options: SnapshotOptions): Promise<Snapshot> {
  const { rawTopics, targets, positions, rate, nowMs } = options
  const [committed, processes] = await Promise.all([
    Promise.all(GROUPS.map(group => committedOffsets(admin, group))),
    Promise.all(targets.map(scrape)),
  ])
  const topics = new Set([...FOLLOWED_TOPICS, ...rawTopics, ...committed.flat().map(({ topic }) => topic)])
  const bounds = await topicBounds(admin, [...topics])
  const groups = lagsOf(committed.flat(), bounds)
  const standings = rawStandings(committed.flat(), bounds, rawTopics)
  const { behind, total } = reading(positions(), bounds)
  const counts = intakeOf(standings)
  return {
    atMs: nowMs(),
    intake: source => (source === undefined ? counts : intakeOf(standings, source)),
    groups,
    behind,
    total,
    lows: new Map([...bounds].map(([name, { low }]) => [name, low])),
    processes,
    pulsifiPerSecond: rate.perSecond(processes, nowMs()),
    ends: new Map([...bounds].filter(([name]) => isFollowed(name)).map(([name, { end }]) => [name, end])),
  }
}

function rawStandings(
  committed: readonly Committed[],
  bounds: Bounds,
  rawTopics: readonly string[],
): RawStanding[] {
  const raw = new Set(rawTopics)
  const decided = new Map(
    committed
      .filter(({ group, topic }) => group === 'normalizer' && raw.has(topic))
      .map(item => [`${item.topic}/${item.partition}`, item]),
  )
  return [...bounds]
    .filter(([name]) => raw.has(name.slice(0, name.lastIndexOf('/'))))
    .map(([name, { low, end }]) => {
      const at = decided.get(name)
      const topic = name.slice(0, name.lastIndexOf('/'))
      return { topic, low, end, committed: at?.offset ?? null, metadata: at?.metadata ?? null }
    })
}

function reading(positions: ReadonlyMap<string, number>, bounds: Bounds): { behind: number; total: number } {
  let behind = 0
  let total = 0
  for (const [name, { low, end }] of bounds) {
    if (!isFollowed(name)) continue
    total += end - low
    behind += Math.max(0, end - (positions.get(name) ?? low))
  }
  return { behind, total }
}
