import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { startSandbox } from '../../infra/pulsifi-sandbox/server.ts'
import { createRegistryClient } from '../../services/platform/avro/registry.ts'
import { type IngressProcess, startIngress } from '../support/ingress-process.ts'
import { ops, opsJson } from '../support/ops.ts'

const scratch = mkdtempSync(join(tmpdir(), 'atsflow-doctor-'))
const stranger = createServer((_request, response) => response.end('hello'))
let sandbox: Awaited<ReturnType<typeof startSandbox>>
let ingress: IngressProcess
let env: Record<string, string>

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, logLevel: 'silent', clientId: 'id', clientSecret: 'sesame' })
  env = {
    ...{ KAFKA_BROKERS: inject('kafkaBrokers'), SCHEMA_REGISTRY_URL: inject('registryUrl') },
    ...{ PULSIFI_BASE_URL: sandbox.url, PULSIFI_CLIENT_ID: 'id', PULSIFI_CLIENT_SECRET: 'sesame' },
    ...{ SOURCE_PULSIFI_SECRET: 'callback-token', SOURCE_IDIBU_SECRET: 's', INVITE_SINCE: '2026-01-01' },
    STATE_DIR: join(scratch, 'state'),
    SPOOL_DIR: join(scratch, 'spool'),
    BLOB_DIR: join(scratch, 'blobs'),
    SPOOL_MAX_MIB: '1',
  }
  ingress = await startIngress(env)
  env.PUBLIC_URL = ingress.url
  await createRegistryClient({ url: inject('registryUrl') }).registerSubjects()
  await new Promise<void>(resolve => stranger.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  await ingress?.stop()
  await sandbox?.close()
  stranger.close()
  rmSync(scratch, { recursive: true })
})

interface Finding {
  readonly check: string
  readonly verdict: string
  readonly says: string
  readonly todo: string | null
}
async function examined(change: Readonly<Record<string, string>> = {}) {
  const where = ['--process', `ingress=${ingress.healthUrl}`]
  const { code, stdout, stderr } = await ops({ ...env, ...change }, '--json', 'doctor', ...where)
  const findings: readonly Finding[] = JSON.parse(stdout)
  return { code, stderr, findings, broken: findings.filter(({ verdict }) => verdict === 'fail') }
}

/** What waits on a broker that other tests use as well is theirs. */
const isTheirs = ({ check }: Finding) => /^(lag|dead)/.test(check)

it('finds nothing to do once all is in place', async () => {
  await opsJson(env, 'webhooks', 'ensure')
  const { code, findings } = await examined()
  expect(findings.filter(finding => finding.verdict !== 'ok' && !isTheirs(finding))).toEqual([])
  expect(findings.map(({ check }) => check)).toEqual([
    ...['configuration', 'sources', 'broker', 'topics', 'durability', 'registry', 'schemas'],
    ...['pulsifi default', 'webhook default', 'callback default', 'clock'],
    ...['STATE_DIR', 'SPOOL_DIR', 'BLOB_DIR'],
    ...['process ingress', 'versions', 'lag normalizer', 'lag pulsifi-sink', 'dead letters'],
  ])
  expect(findings.some(finding => isTheirs(finding) && finding.verdict === 'fail') ? 1 : 0).toBe(code)
})

it.each([
  ['a wrong secret', () => ({ PULSIFI_CLIENT_SECRET: 'wrong' }), 'pulsifi default', 'PULSIFI_CLIENT_SECRET'],
  ['nobody at Pulsifi', () => ({ PULSIFI_BASE_URL: 'http://127.0.0.1:9' }), 'pulsifi default', 'base URL'],
  ['half an account', () => ({ PULSIFI_CLIENT_ID: '' }), 'configuration', 'correct what is named'],
  ['no day since when', () => ({ INVITE_SINCE: '' }), 'configuration', 'correct what is named'],
  ['no broker', () => ({ KAFKA_BROKERS: '127.0.0.1:9' }), 'broker', 'npm run start:infra'],
  ['another number of partitions', () => ({ PARTITIONS: '7' }), 'topics', 'PARTITIONS=6'],
  ['no registry', () => ({ SCHEMA_REGISTRY_URL: 'http://127.0.0.1:9' }), 'registry', 'SCHEMA_REGISTRY_URL'],
  ['a registry that is none', () => ({ SCHEMA_REGISTRY_URL: `${sandbox.url}/none` }), 'registry', 'base of'],
  [
    'a token that is not the registered one',
    () => ({ SOURCE_PULSIFI_SECRET: 'other' }),
    'webhook default',
    'webhooks ensure',
  ],
  [
    'a stranger at our address',
    () => ({ PUBLIC_URL: strangerUrl() }),
    'callback default',
    'address of ingress',
  ],
  [
    'nobody at our address',
    () => ({ PUBLIC_URL: 'http://127.0.0.1:9' }),
    'callback default',
    'start ingress',
  ],
  ['a file in the place of a folder', () => ({ STATE_DIR: fileInTheWay() }), 'STATE_DIR', 'another folder'],
] as const)('with %s it fails, and says what to do', async (_what, change, check, words) => {
  const { code, stderr, broken } = await examined(change())
  expect(code).toBe(1)
  expect(broken).toContainEqual(expect.objectContaining({ check, todo: expect.stringContaining(words) }))
  expect(stderr).toContain(`${broken.length} of `)
  expect(JSON.stringify(broken)).not.toMatch(/sesame|callback-token/)
})

it('shows a webhook that somebody pointed elsewhere', async () => {
  const [{ id }] = (await opsJson(env, 'webhooks', 'list')) as [{ id: string }]
  await opsJson(env, 'webhooks', 'update', id, '--url', 'https://elsewhere.example.com')
  const { broken } = await examined()
  expect(broken.filter(finding => !isTheirs(finding))).toMatchObject([
    { check: 'webhook default', says: expect.stringContaining('elsewhere') },
  ])
  const { stdout } = await ops(env, 'doctor')
  expect(stdout).toMatch(/^fail +webhook default +atsflow points to .* +run "npm run ops -- webhooks ensure/m)
  await opsJson(env, 'webhooks', 'ensure')
})

const strangerUrl = () => `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`
function fileInTheWay(): string {
  const path = join(scratch, 'file')
  writeFileSync(path, '')
  return path
}
