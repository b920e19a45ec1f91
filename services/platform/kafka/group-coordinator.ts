import { setTimeout as delay } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import { isDenied } from '../kafkajs/denial.ts'
import { namingRight } from './denied.ts'
import { isPassing } from './lasting-consumer.ts'

const WAIT_MS_MAX = 60_000
const POLL_MS = 250

export interface Asking {
  /** As the cluster knows us. */
  readonly principal?: string
  readonly pause?: (ms: number) => Promise<unknown>
}

/**
 * Waits until the coordinator of a group answers for it. A broker that has just started loads its groups first, and
 * makes the topic that holds them when the first group asks; kafkajs gives up joining at once in both cases.
 * @throws the last error when that takes longer than a minute, or when waiting cannot help.
 */
export async function waitForCoordinator(
  admin: Pick<Admin, 'fetchOffsets'>,
  groupId: string,
  topics: readonly string[],
  { principal = 'this user', pause = delay }: Asking = {},
): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    try {
      await admin.fetchOffsets({ groupId, topics: [...topics] })
      return
    } catch (error) {
      if (isDenied(error) || !isPassing(error) || waitedMs >= WAIT_MS_MAX)
        throw namingRight(error, `Read on the group "${groupId}"`, principal)
      await pause(POLL_MS)
    }
  }
}
