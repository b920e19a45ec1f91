import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { createRegistryClient } from '../../../../services/platform/avro/registry.ts'

it('logs in at the registry with what is configured by then', async () => {
  const seen: (string | undefined)[] = []
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization)
    response
      .writeHead(404, { 'content-type': 'application/json' })
      .end('{"error_code":40403,"message":"none"}')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  let password = 'old'
  const client = createRegistryClient({
    url: () => `http://kim:${password}@127.0.0.1:${port}`,
    retriesMax: 0,
  })
  expect(await client.writerSchema(1)).toBe(null)
  password = 'new%2F'
  expect(await client.writerSchema(2)).toBe(null)
  server.close()
  expect(seen).toEqual(['kim:old', 'kim:new/'].map(login => `Basic ${btoa(login)}`))
})

it('says whether the registry answers, and never fails for it', async () => {
  let status = 200
  const server = createServer((_, response) => void response.writeHead(status).end('[]'))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const { isReached } = createRegistryClient({ url: `http://127.0.0.1:${port}`, retriesMax: 0 })
  expect(await isReached()).toBe(true)
  status = 503
  expect(await isReached()).toBe(false)
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
  expect(await isReached()).toBe(false)
})
