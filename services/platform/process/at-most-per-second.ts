import { TokenBucket } from 'limiter'

/** Resolves when the next one may go; the first goes at once, and a pause is no licence for a burst. */
export function createPace(perSecond: number): () => Promise<void> {
  const bucket = new TokenBucket({ bucketSize: 1, tokensPerInterval: perSecond, interval: 'second' })
  bucket.content = 1
  return async () => void (await bucket.removeTokens(1))
}

/**
 * For warnings that a stranger can cause: the first few are said at once, then one a `everyMs`. What is said learns how
 * many of its kind there were since the last that was said, itself included.
 */
export function createSample(everyMs: number, burst = 5): (say: (count: number) => void) => void {
  const bucket = new TokenBucket({ bucketSize: burst, tokensPerInterval: 1, interval: everyMs })
  bucket.content = burst
  let count = 0
  return say => {
    count++
    if (!bucket.tryRemoveTokens(1)) return
    say(count)
    count = 0
  }
}
