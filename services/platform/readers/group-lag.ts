/** How far a group is behind the topics that it reads. */
import type { Admin } from 'kafkajs'
import { partitionName, type topicBounds } from './topic-follower.ts'

export interface Committed {
  readonly group: string
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly metadata: string | null
}

export interface GroupLag {
  readonly group: string
  readonly topic: string
  /** Offsets between what is committed and the end of the topic. */
  readonly lag: number
}

/** What a group has committed, of whatever topics. */
export async function committedOffsets(
  admin: Pick<Admin, 'fetchOffsets'>,
  group: string,
): Promise<Committed[]> {
  const topics = await admin.fetchOffsets({ groupId: group })
  return topics.flatMap(({ topic, partitions }) =>
    partitions
      .filter(({ offset }) => Number(offset) >= 0)
      .map(({ partition, offset, metadata }) => ({
        group,
        topic,
        partition,
        offset: Number(offset),
        metadata,
      })),
  )
}

/** One for each topic of each group. */
export function lagsOf(
  committed: readonly Committed[],
  bounds: Awaited<ReturnType<typeof topicBounds>>,
): GroupLag[] {
  const byInput = new Map<string, GroupLag>()
  for (const { group, topic, partition, offset } of committed) {
    const name = `${group} ${topic}`
    const lag = Math.max(0, (bounds.get(partitionName(topic, partition))?.end ?? 0) - offset)
    byInput.set(name, { group, topic, lag: (byInput.get(name)?.lag ?? 0) + lag })
  }
  return [...byInput.values()]
}
