/** Who a request comes from, where proxies stand before a process. */
import { isIP } from 'node:net'
import { list } from '../process/config.ts'
import { type IpRanges, isIpRange } from './ip-ranges.ts'

export const ProxySettings = {
  TRUSTED_PROXIES: list()
    .prefault('')
    .refine(ranges => ranges.every(isIpRange), 'expected addresses or ranges such as 192.0.2.0/24')
    .describe('proxies whose X-Forwarded-For and X-Forwarded-Proto are believed, comma separated'),
}

/**
 * Who sent a request, as far as it can be believed: each proxy appends whom it heard from to `X-Forwarded-For`, so
 * it is read from its end for as long as the one who says it is trusted.
 */
export function senderAddress(remote: string, forwardedFor: string, trustedProxies: IpRanges): string {
  const hops = forwardedFor
    .split(',')
    .map(hop => addressOf(hop.trim()))
    .filter(hop => hop !== '')
  let sender = remote
  while (trustedProxies.has(sender)) {
    const before = hops.pop()
    if (before === undefined) return sender
    sender = before
  }
  return sender
}

/** Some proxies append a port. */
function addressOf(hop: string): string {
  if (isIP(hop) !== 0) return hop
  return /^\[(.*)\](?::\d+)?$/.exec(hop)?.[1] ?? hop.replace(/:\d+$/, '')
}
