import { TokenBucket } from 'limiter'

/** Resolves when the next one may go; the first goes at once, and a pause is no licence for a burst. */
export function createPace(perSecond: number): () => Promise<void> {
  const bucket = new TokenBucket({ bucketSize: 1, tokensPerInterval: perSecond, interval: 'second' })
  bucket.content = 1
  return async () => void (await bucket.removeTokens(1))
}
