import Koa from 'koa'
import { expect, it } from 'vitest'
import { visitorReader } from '../../../../services/console/serve/visitor.ts'
import { ipRanges } from '../../../../services/platform/connections/ip-ranges.ts'
import { startHttpServer } from '../../../../services/platform/process/http-server.ts'

const OWN = ['127.0.0.1']
const told = { 'x-forwarded-for': '198.51.100.1', 'x-forwarded-proto': 'https' }

it.each([
  ['a browser itself', [], false, {}, { address: '127.0.0.1', isSecure: false, isForwarded: false }],
  [
    'a proxy that nobody trusts',
    [],
    false,
    told,
    { address: '127.0.0.1', isSecure: false, isForwarded: true },
  ],
  ['a proxy that says no more than its name', [], false, { via: '1.1 proxy' }, { isForwarded: true }],
  ['one that calls addresses otherwise', [], false, { 'x-real-ip': '192.0.2.1' }, { isForwarded: true }],
  ['one that tells of TLS alone', [], false, { 'x-forwarded-proto': 'http' }, { isForwarded: true }],
  ['a trusted proxy', OWN, false, told, { address: '198.51.100.1', isSecure: true, isForwarded: true }],
  [
    'a trusted proxy without TLS before it',
    OWN,
    false,
    { ...told, 'x-forwarded-proto': 'https, http' },
    { isSecure: false },
  ],
  ['whoever, where TLS is public', [], true, {}, { isSecure: true }],
])('believes of %s what it may', async (_who, proxies, isPublicSecure, headers, known) => {
  const visitorOf = visitorReader(ipRanges(proxies), isPublicSecure)
  const app = new Koa()
  app.use(ctx => {
    ctx.body = visitorOf(ctx)
  })
  const server = await startHttpServer({ app, host: '127.0.0.1', port: 0, portVariable: 'PORT' })
  try {
    const answer = await fetch(`http://127.0.0.1:${server.port}/`, { headers })
    expect(await answer.json()).toMatchObject({ remoteAddress: '127.0.0.1', ...known })
  } finally {
    await server.close()
  }
})
