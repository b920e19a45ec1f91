/** Records that went by age go from the database too: what is deleted from a topic is deleted here. */
import type { Database } from './database.ts'
import { AGEING } from './topics.ts'

/** Removes the rows whose records stood before the first offset of their partition; says how many. */
export async function forgetBefore(
  { writer }: Pick<Database, 'writer'>,
  lows: ReadonlyMap<string, number>,
): Promise<number> {
  let removed = 0
  for (const { topic, table } of AGEING) {
    for (const [name, low] of lows) {
      const at = name.lastIndexOf('/')
      if (name.slice(0, at) !== topic || low === 0) continue
      const result = await writer.run(
        `DELETE FROM ${table} WHERE ${OF_TOPIC[table]} AND kafka_partition = $partition AND kafka_offset < $low`,
        { topic, partition: Number(name.slice(at + 1)), low: BigInt(low) },
      )
      removed += result.rowsChanged
    }
  }
  return removed
}

/** Scores have one topic, and so have changes. */
const OF_TOPIC: Readonly<Record<string, string>> = {
  score: '$topic IS NOT NULL',
  status: '$topic IS NOT NULL',
  dead_letter: 'topic = $topic',
}
