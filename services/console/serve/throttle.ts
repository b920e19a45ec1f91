/** How often an address may present something wrong. */
import { isIP } from 'node:net'
import { TokenBucket } from 'limiter'

/** A person who mistypes has enough, and a program that guesses a secret of 16 characters needs for ever. */
export const TRIES = 10
const TRY_AGAIN_MS = 6_000
/** Of so many addresses it is remembered; the one that tried first is forgotten. */
const ADDRESSES_MAX = 10_000

export interface Throttle {
  /** Takes one try: 0 when there was one, else the milliseconds until the next. */
  readonly take: (address: string) => number
  /** What was presented was right. */
  readonly giveBack: (address: string) => void
}

export function createThrottle(): Throttle {
  const buckets = new Map<string, TokenBucket>()
  const bucketOf = (visitor: string): TokenBucket => {
    const address = networkOf(visitor)
    const known = buckets.get(address)
    if (known !== undefined) return known
    const bucket = new TokenBucket({ bucketSize: TRIES, tokensPerInterval: 1, interval: TRY_AGAIN_MS })
    bucket.content = TRIES
    const [first] = buckets.keys()
    if (buckets.size >= ADDRESSES_MAX && first !== undefined) buckets.delete(first)
    buckets.set(address, bucket)
    return bucket
  }
  return {
    // Taken before the answer is known, so that many tries at once are no way around.
    take(address) {
      const bucket = bucketOf(address)
      return bucket.tryRemoveTokens(1) ? 0 : Math.max(1, bucket.getWaitTime(1))
    },
    giveBack(address) {
      const bucket = bucketOf(address)
      bucket.content = Math.min(TRIES, bucket.content + 1)
    },
  }
}

/** Who has one address of IPv6 has all that begin with the same half. One of IPv4 in its form is that of IPv4. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address
  const [plain = ''] = address.split('%')
  const mapped = /^::ffff:(\d+(?:\.\d+){3})$/i.exec(plain)?.[1]
  if (mapped !== undefined) return mapped
  const [before = [], after = []] = plain.split('::').map(groupsOf)
  const left = Array.from({ length: GROUPS - before.length - after.length }, () => 0)
  const groups = [...before, ...left, ...after].slice(0, GROUPS / 2)
  return `${groups.map(group => group.toString(16)).join(':')}::/64`
}

const GROUPS = 8

/** The last four bytes may be written as those of IPv4: two groups, of which nobody here asks what they are. */
const groupsOf = (text: string): readonly number[] =>
  text === ''
    ? []
    : text.split(':').flatMap(group => (group.includes('.') ? [0, 0] : [Number.parseInt(group, 16)]))
