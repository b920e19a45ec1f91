import type Koa from 'koa'
import type { IpRanges } from '../../platform/connections/ip-ranges.ts'
import { senderAddress } from '../../platform/connections/sender-address.ts'
import type { Visitor } from './access.ts'

export type VisitorOf = (ctx: Koa.Context) => Visitor

/** A proxy names at least one of them, unless it keeps quiet about everything. */
const OF_PROXIES = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-server',
  'x-real-ip',
]

/** @param isPublicSecure browsers come by TLS, whatever a proxy says of it */
export function visitorReader(proxies: IpRanges, isPublicSecure: boolean): VisitorOf {
  return ctx => {
    const remoteAddress = ctx.req.socket.remoteAddress ?? ''
    const forwardedFor = ctx.get('x-forwarded-for')
    const scheme = ctx.get('x-forwarded-proto').split(',').at(-1)?.trim().toLowerCase()
    return {
      remoteAddress,
      address: senderAddress(remoteAddress, forwardedFor, proxies),
      isSecure: isPublicSecure || (scheme === 'https' && proxies.has(remoteAddress)),
      host: ctx.get('host'),
      authorization: ctx.get('authorization'),
      cookie: ctx.get('cookie'),
      isForwarded: OF_PROXIES.some(name => ctx.get(name) !== ''),
    }
  }
}
