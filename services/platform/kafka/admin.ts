/** An admin client that is replaced whenever it fails: kafkajs's keeps for minutes what it knew of leaders. */
import type { Admin } from '../kafkajs/kafkajs.ts'
import type { KafkaClient } from './client.ts'
import { within } from './producer-client.ts'

/** kafkajs has been seen to wait for ever. */
const ANSWER_WITHIN_MS = 30_000

export interface AdminClient {
  /** @throws what `ask` throws, or an error when it takes longer than half a minute. */
  readonly use: <T>(ask: (admin: Admin) => Promise<T>) => Promise<T>
  readonly close: () => Promise<void>
}

export function createAdminClient(kafka: Pick<KafkaClient, 'admin'>): AdminClient {
  let current: Promise<Admin> | null = null
  const connect = async (): Promise<Admin> => {
    const admin = kafka.admin()
    await admin.connect()
    return admin
  }
  /** Whether a client of no more use can say goodbye does not matter. */
  const discard = (failed: Promise<Admin>): void => {
    if (current === failed) current = null
    failed.then(admin => admin.disconnect()).catch(() => undefined)
  }
  return {
    async use(ask) {
      const used = current ?? connect()
      current = used
      try {
        return await within(ANSWER_WITHIN_MS, used.then(ask))
      } catch (error) {
        discard(used)
        throw error
      }
    },
    async close() {
      const admin = await current?.catch(() => null)
      current = null
      await admin?.disconnect()
    },
  }
}
