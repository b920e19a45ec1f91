/** Addresses and ranges of addresses, IPv4 and IPv6. */
import { BlockList, isIP } from 'node:net'

export interface IpRanges {
  /** False for what is no address. An IPv4 address in IPv6 form is the IPv4 address. */
  readonly has: (address: string) => boolean
}

export const isIpRange = (text: string): boolean => readRange(text) !== null

/** @param texts addresses, or ranges such as `192.0.2.0/24`; what is neither is in no range */
export function ipRanges(texts: readonly string[]): IpRanges {
  const list = new BlockList()
  for (const text of texts) {
    const range = readRange(text)
    if (range !== null) list.addSubnet(range.address, range.prefix, range.family)
  }
  return {
    has(address) {
      const family = isIP(address)
      return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6')
    },
  }
}

function readRange(text: string): { address: string; prefix: number; family: 'ipv4' | 'ipv6' } | null {
  const [address = '', suffix, ...more] = text.split('/')
  const version = isIP(address)
  if (version === 0 || more.length > 0) return null
  const prefixMax = version === 4 ? 32 : 128
  const prefix = suffix === undefined ? prefixMax : Number(suffix)
  const isPrefix = suffix === undefined || (/^\d{1,3}$/.test(suffix) && prefix <= prefixMax)
  return isPrefix ? { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' } : null
}
