/**
 * What an operator has said about logs that lost their end: everything known of them before that moment is given up. It
 * is kept as an offset with a note, in a group that nobody joins: an owner that waits for it reads no topic yet.
 */
import type { Admin } from 'kafkajs'
import { z } from 'zod'
import type { KafkaClient } from '../kafka/client.ts'
import { fence } from '../kafka/fence.ts'

export interface LostLog {
  readonly topic: string
  readonly partition: number
}

const Note = z.object({
  /** ms UTC. */
  atMs: z.number(),
  by: z.string(),
})

const groupOf = (group: string): string => `${group}-accepted-losses`

/** @param group of the process that keeps state of the logs */
export async function acceptLosses(
  kafka: KafkaClient,
  group: string,
  losses: readonly LostLog[],
  note: z.output<typeof Note>,
): Promise<void> {
  const producer = await fence(kafka, 'ops-accepted-losses')
  try {
    const transaction = await producer.transaction()
    const metadata = JSON.stringify(note)
    const topics = [...new Set(losses.map(({ topic }) => topic))].map(topic => ({
      topic,
      partitions: losses
        .filter(loss => loss.topic === topic)
        .map(({ partition }) => ({ partition, offset: '0', metadata })),
    }))
    await transaction.sendOffsets({ consumerGroupId: groupOf(group), topics })
    await transaction.commit()
  } finally {
    await producer.disconnect()
  }
}

/** When the loss of partition p was accepted, by topic, ms UTC. */
export async function acceptedAtMs(
  admin: Pick<Admin, 'fetchOffsets'>,
  group: string,
  topics: readonly string[],
  partition: number,
): Promise<ReadonlyMap<string, number>> {
  const offsets = await admin.fetchOffsets({ groupId: groupOf(group), topics: [...topics] })
  return new Map(
    offsets.flatMap(({ topic, partitions }) => {
      const note = noteOf(partitions.find(each => each.partition === partition)?.metadata ?? null)
      return note === null ? [] : [[topic, note.atMs]]
    }),
  )
}

function noteOf(metadata: string | null): z.output<typeof Note> | null {
  try {
    return Note.parse(JSON.parse(metadata ?? ''))
  } catch {
    return null
  }
}
