import type { Database } from './database.ts'

/** @throws after a rollback: nothing of it is kept then. */
export async function inTransaction(writer: Database['writer'], run: () => Promise<void>): Promise<void> {
  await writer.run('BEGIN')
  try {
    await run()
    await writer.run('COMMIT')
  } catch (error) {
    await writer.run('ROLLBACK').catch(() => undefined)
    throw error
  }
}
