/** Records that went by age go from the database too: what is deleted from a topic is deleted here. */
import type { Database } from './database.ts'
import { forgetStatuses } from './merge/history.ts'
import { AGEING } from './topics.ts'
import { inTransaction } from './transaction.ts'

/** Removes the rows whose records stood before the first offset of their partition; says whether there were any. */
export async function forgetBefore(
  { writer }: Pick<Database, 'writer'>,
  lows: ReadonlyMap<string, number>,
): Promise<boolean> {
  let removed = 0
  for (const { topic, table } of AGEING) {
    for (const [name, low] of lows) {
      const at = name.lastIndexOf('/')
      if (name.slice(0, at) !== topic || low === 0) continue
      const statements = forget(table, topic, Number(name.slice(at + 1)), low)
      await inTransaction(writer, async () => {
        for (const statement of statements) removed += (await writer.run(statement)).rowsChanged
      })
    }
  }
  return removed > 0
}

/** Scores have one topic, and so have changes. */
function forget(table: string, topic: string, partition: number, low: number): readonly string[] {
  if (table === 'status') return forgetStatuses(partition, low)
  const ofTopic = table === 'dead_letter' ? `topic = '${topic}' AND ` : ''
  return [`DELETE FROM ${table} WHERE ${ofTopic}kafka_partition = ${partition} AND kafka_offset < ${low}`]
}
