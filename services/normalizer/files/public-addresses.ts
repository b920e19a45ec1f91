/** Which addresses belong to the open internet, and connections to no others. */
import { lookup as dnsLookup, type LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { ipRanges } from '../../platform/connections/ip-ranges.ts'

/** IANA's special-purpose registries: what is not globally reachable, or leads to IPv4 by way of IPv6. */
const SPECIAL = ipRanges([
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24'],
  ...['203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  ...['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'],
])
/** Of IPv6 only this block is handed out; IPv4 as a whole is. */
const GLOBAL = ipRanges(['0.0.0.0/0', '2000::/3'])

export const isPublicAddress = (address: string): boolean => GLOBAL.has(address) && !SPECIAL.has(address)

/** The code of the error when a name leads elsewhere than to the open internet. */
export const ADDRESS_NOT_PUBLIC = 'ADDRESS_NOT_PUBLIC'

type Resolve = (
  hostname: string,
  options: { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/**
 * For the option `lookup` of a socket: the connection is made to one of the addresses that were checked, so that the
 * name cannot lead somewhere else a moment later. One address that is not public refuses the name as a whole.
 */
export const publicLookup =
  (resolve: Resolve = dnsLookup): LookupFunction =>
  (hostname, options, callback) =>
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, [])
      const [first] = addresses
      if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address)))
        return callback(Object.assign(new Error('not a public address'), { code: ADDRESS_NOT_PUBLIC }), [])
      return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family)
    })
