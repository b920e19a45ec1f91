/**
 * When kafkajs 2.2.4 looks again at the requests that it holds back. It does so for ever after the first answer, each
 * millisecond and for each connection, though nothing waits, and asks for a timer in the past, of which Node complains.
 */
export interface RequestQueue {
  /** Milliseconds since the epoch; in the past when the broker asks for no pause. */
  readonly throttledUntil: number
  readonly pending: readonly unknown[]
  throttleCheckTimeoutId: NodeJS.Timeout | null
  readonly checkPendingRequests: () => void
  scheduleCheckPendingRequests: (this: RequestQueue) => void
}

/** An answer lets the next one go at once; this is for those that no answer will come for. */
const LOOK_AGAIN_MS = 10

/** Only what waits needs a look, and whatever begins to wait asks for one. */
export function scheduleWhilePending(this: RequestQueue): void {
  if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return
  const throttledMs = this.throttledUntil - Date.now()
  this.throttleCheckTimeoutId = setTimeout(
    () => {
      this.throttleCheckTimeoutId = null
      this.checkPendingRequests()
    },
    throttledMs > 0 ? throttledMs : LOOK_AGAIN_MS,
  )
}
