import { setTimeout as delay } from 'node:timers/promises'

/** @throws Error naming what was waited for when the deadline has passed. A check that throws counts as not yet. */
export async function waitUntil(
  what: string,
  deadlineMs: number,
  isSo: () => Promise<boolean> | boolean,
): Promise<void> {
  const until = performance.now() + deadlineMs
  for (;;) {
    const answer = await Promise.resolve()
      .then(isSo)
      .catch(() => false)
    if (answer) return
    if (performance.now() > until) throw new Error(`waited ${deadlineMs / 1000} s for ${what}`)
    await delay(100)
  }
}
