/** Whether a body keeps coming: whoever holds memory that others wait for has to use it. */

/** How often it is looked at. */
const WINDOW_MS = 10_000
/** What has to come in a window of any body, bytes: less than the slowest line brings. */
const BYTES_A_WINDOW_MIN = 16 * 1024
/** And of what it said it would be: half of the pace that brings it in the minute that a request may last. */
const PART_A_WINDOW_MIN = 1 / 12
/** A window that took longer than this beyond its time was held up here, and says nothing of the sender. */
const LATE_MS_MAX = 1_000

export interface Progress {
  readonly end: () => void
}

/**
 * @param received bytes so far
 * @param declared length of the body; 0 when it does not say
 * @param tooSlow called at most once, before `end`
 */
export function watchProgress(received: () => number, declared: number, tooSlow: () => void): Progress {
  const wanted = Math.max(BYTES_A_WINDOW_MIN, declared * PART_A_WINDOW_MIN)
  let before = 0
  let timer: NodeJS.Timeout | undefined
  const next = (): void => {
    const beganMs = performance.now()
    timer = setTimeout(() => look(performance.now() - beganMs), WINDOW_MS)
  }
  const look = (tookMs: number): void => {
    const [wasHeldUp, now] = [tookMs > WINDOW_MS + LATE_MS_MAX, received()]
    if (!wasHeldUp && now - before < wanted) return tooSlow()
    before = now
    next()
  }
  next()
  return { end: () => clearTimeout(timer) }
}
