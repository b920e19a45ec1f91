import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findAddresses, findLocalAddresses } from '../../../../services/platform/kafka/local-addresses.ts'
import { UnreachableError } from '../../../../services/platform/process/config.ts'

let server: Server
let port: number
beforeAll(async () => {
  server = createServer()
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  port = (server.address() as AddressInfo).port
})
afterAll(() => new Promise(closed => server.close(closed)))

/** Nothing listens below 1024 on loopback but what an administrator put there: 9 is nobody's. */
const NOBODY = 9

it('finds what listens on the local ports, for whoever was told nothing', async () => {
  const env = { LOCAL_KAFKA_PORT: String(port), LOCAL_REGISTRY_PORT: '18081' }
  const found = {
    KAFKA_BROKERS: `127.0.0.1:${port}`,
    SCHEMA_REGISTRY_URL: 'http://127.0.0.1:18081/apis/ccompat/v7',
  }
  expect([await findAddresses(env), await findLocalAddresses(env)]).toEqual([found, found])
})

it('says what to start where nothing listens', async () => {
  const found = findLocalAddresses({ LOCAL_KAFKA_PORT: String(NOBODY) })
  await expect(found).rejects.toThrow(/no broker answers at 127.0.0.1:9: run "npm run start:infra"/)
  await expect(found).rejects.toThrow(UnreachableError)
})

it('asks nobody for a process that was told where its brokers are, since it waits for them', async () => {
  const env = { KAFKA_BROKERS: `127.0.0.1:${NOBODY}` }
  expect(await findLocalAddresses(env)).toEqual({})
  await expect(findAddresses(env)).rejects.toThrow(UnreachableError)
})
