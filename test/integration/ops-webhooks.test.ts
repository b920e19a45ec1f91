import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSandbox } from '../../infra/pulsifi-sandbox/server.ts'
import { ops, opsJson } from '../support/ops.ts'

const scratch = mkdtempSync(join(tmpdir(), 'atsflow-webhooks-'))
const file = (name: string, content: string) => {
  const path = join(scratch, name)
  writeFileSync(path, content)
  return path
}
let sandbox: Awaited<ReturnType<typeof startSandbox>>
let env: Record<string, string>

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, logLevel: 'silent', clientId: 'id', clientSecret: 'sesame' })
  const acme = { base_url: sandbox.url, client_id: 'id', client_secret: 'sesame', webhook_secret: 'of-acme' }
  env = {
    PULSIFI_BASE_URL: sandbox.url,
    PULSIFI_CLIENT_ID: 'id',
    PULSIFI_CLIENT_SECRET: 'sesame',
    PUBLIC_URL: 'http://127.0.0.1:9',
    SOURCE_PULSIFI_SECRET: 'token-of-default',
    CONNECTIONS_FILE: file(
      'connections.json',
      JSON.stringify({
        connections: [{ source: 'pulsifi', tenant: 'acme', secret: 'token-of-acme' }],
        pulsifi: [{ tenant: 'acme', ...acme }],
      }),
    ),
  }
})
afterAll(async () => {
  await sandbox?.close()
  rmSync(scratch, { recursive: true })
})

interface Row {
  readonly id: string
  readonly ours: string
  readonly status: string
  readonly url: string
}
const list = async (...args: string[]) => (await opsJson(env, 'webhooks', 'list', ...args)) as Row[]

describe('ensure', () => {
  it('registers the callback, once, and a second time finds nothing to do', async () => {
    expect(await opsJson(env, 'webhooks', 'ensure', '--dry-run')).toMatchObject([{ type: 'create' }])
    expect(await list()).toEqual([])
    expect(await opsJson(env, 'webhooks', 'ensure')).toMatchObject([{ type: 'create' }])
    expect(await opsJson(env, 'webhooks', 'ensure')).toEqual([])
    expect(await list()).toMatchObject([
      { ours: 'yes', status: 'active', url: 'http://127.0.0.1:9/hooks/pulsifi/default/…' },
    ])
  })

  it('mends what was switched off or points elsewhere', async () => {
    const [{ id = '' } = {}] = await list()
    await opsJson(env, 'webhooks', 'update', id, '--url', 'https://elsewhere.example.com')
    await opsJson(env, 'webhooks', 'status', id, 'inactive')
    expect(await list()).toMatchObject([{ id, ours: 'differs', status: 'inactive' }])
    expect(await opsJson(env, 'webhooks', 'ensure')).toMatchObject([{ type: 'update' }, { type: 'activate' }])
    expect(await list()).toMatchObject([{ id, ours: 'yes', status: 'active' }])
  })

  it('of another tenant of the same account leaves the first alone', async () => {
    await opsJson(env, 'webhooks', 'ensure', '--tenant', 'acme')
    expect((await list('--tenant', 'acme')).map(({ ours }) => ours).toSorted()).toEqual(['no', 'yes'])
    expect((await list()).map(({ ours }) => ours).toSorted()).toEqual(['no', 'yes'])
  })
})

it('creates, changes, tests and deletes a registration of any address', async () => {
  const secret = file('secret.txt', 'for-them\n')
  const created = (await opsJson(
    ...([env, 'webhooks', 'create'] as const),
    ...['--url', 'http://127.0.0.1:9/theirs', '--name', 'theirs', '--secret-file', secret],
  )) as Row
  expect(created).toMatchObject({ ours: 'no', url: 'http://127.0.0.1:9/theirs' })
  expect(await opsJson(env, 'webhooks', 'update', created.id, '--name', 'renamed')).toMatchObject({
    ...{ id: created.id, name: 'renamed', url: 'http://127.0.0.1:9/theirs' },
  })
  expect(await opsJson(env, 'webhooks', 'test')).toMatchObject({ sent: true })
  expect(await opsJson(env, 'webhooks', 'delete', created.id, '--yes')).toMatchObject({ status: 'deleted' })
  expect((await list()).map(({ id }) => id)).not.toContain(created.id)
  expect(await ops(env, 'webhooks', 'delete', created.id, '--yes')).toMatchObject({
    ...{ code: 1, stderr: expect.stringContaining('no such webhook') },
  })
})

it.each([
  [
    'a wrong secret',
    { PULSIFI_CLIENT_SECRET: 'wrong' },
    1,
    'check PULSIFI_CLIENT_ID and PULSIFI_CLIENT_SECRET',
  ],
  ['nobody there', { PULSIFI_BASE_URL: 'http://127.0.0.1:9' }, 69, 'does not answer'],
  ['half an account', { PULSIFI_CLIENT_SECRET: '' }, 78, 'PULSIFI_BASE_URL needs'],
  ['no public address', { PUBLIC_URL: '' }, 1, 'set PUBLIC_URL and SOURCE_PULSIFI_SECRET'],
])('with %s says what to do', async (_what, change, code, words) => {
  const ended = await ops({ ...env, ...change }, 'webhooks', 'ensure')
  expect(ended).toMatchObject({ code, stderr: expect.stringContaining(words) })
  expect(ended.stderr).not.toMatch(/sesame|token-of/)
})

it('names the tenants that there are', async () => {
  const { code, stderr } = await ops(env, 'webhooks', 'list', '--tenant', 'nobody')
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('default, acme') })
})
