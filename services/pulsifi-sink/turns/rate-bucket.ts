/**
 * A rate that is never exceeded over its whole interval. A bucket refills continuously, so what it holds at the
 * beginning comes on top of the rate: the rate is lowered by as much.
 */
import { TokenBucket } from 'limiter'

export class RateBucket {
  readonly #bucket: TokenBucket
  readonly #intervalMs: number
  readonly #burstShare: number

  /** @param burstShare part of an interval's tokens that may be saved up, beside the one that always may */
  constructor(intervalMs: number, burstShare: number) {
    this.#intervalMs = intervalMs
    this.#burstShare = burstShare
    this.#bucket = new TokenBucket({ bucketSize: 1, tokensPerInterval: 1, interval: intervalMs })
    this.#bucket.content = 1
  }

  /** Tokens an interval from now on. */
  setRate(tokens: number): void {
    this.#bucket.drip()
    this.#bucket.bucketSize = 1 + tokens * this.#burstShare
    this.#bucket.tokensPerInterval = Math.max(1e-6, tokens * (1 - 2 * this.#burstShare))
  }

  has(count = 1): boolean {
    this.#bucket.drip()
    return this.#bucket.content >= count
  }
  take(): boolean {
    return this.#bucket.tryRemoveTokens(1)
  }
  /** A request was made that had not asked. */
  spend(): void {
    this.#bucket.content -= 1
  }
  giveBack(): void {
    this.#bucket.content = Math.min(this.#bucket.bucketSize, this.#bucket.content + 1)
  }
  /** Until there is a token, at least 1 ms. */
  waitMs(): number {
    return Math.min(this.#intervalMs, Math.max(1, Math.ceil(this.#bucket.getWaitTime(1))))
  }
}
