import { setTimeout as delay } from 'node:timers/promises'

/** Waits for `isTrue`. @throws naming `what` when that takes longer than `deadlineMs`. */
export async function eventually(
  what: string,
  isTrue: () => boolean | Promise<boolean>,
  deadlineMs = 30_000,
): Promise<void> {
  const deadline = performance.now() + deadlineMs
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`)
    await delay(25)
  }
}
