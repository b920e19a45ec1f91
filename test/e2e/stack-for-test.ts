/** A whole stack on the brokers of this run, in a data directory and a tenant of its own. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { inject } from 'vitest'
import { createSightings, type Sightings } from '../../infra/demo/sightings.ts'
import { type TopicWatch, watchTopics } from '../../infra/demo/watch-topics.ts'
import { freePort } from '../../infra/local/ports.ts'
import { type Stack, startStack } from '../../infra/stack.ts'
import { portSettings, stackProcesses } from '../../infra/stack-processes.ts'

export interface StackForTest {
  readonly stack: Stack
  readonly tenant: string
  /** The credential of every source of the tenant. */
  readonly secret: string
  readonly sightings: Sightings
  readonly watch: TopicWatch
  readonly post: (
    path: string,
    body: string | Uint8Array,
    headers?: Record<string, string>,
  ) => Promise<Answer>
  /** Whatever its JSON says. */
  readonly sandbox: (path: string, body?: unknown) => Promise<ReturnType<typeof JSON.parse>>
  readonly stop: () => Promise<void>
}

export interface Answer {
  readonly status: number
  readonly body: ReturnType<typeof JSON.parse>
}

const SOURCES = ['humansourcing', 'idibu', 'cleverconnect', 'jobylon', 'direct', 'pulsifi']

/** Settings by source, as in a CONNECTIONS_FILE. */
export async function stackForTest(
  env: Record<string, string> = {},
  settings: Record<string, Record<string, string>> = {},
): Promise<StackForTest> {
  const dataDir = mkdtempSync(join(tmpdir(), 'atsflow-e2e-'))
  const tenant = `t-${randomBytes(6).toString('hex')}`
  const secret = randomBytes(24).toString('base64url')
  const ports: Record<string, number> = { SANDBOX_PORT: await freePort() }
  for (const { variable } of stackProcesses().flatMap(portSettings)) ports[variable] = await freePort()
  const file = join(dataDir, 'connections.json')
  const account = { client_id: 'sandbox', client_secret: secret }
  const connections = {
    connections: SOURCES.map(source => ({ source, tenant, secret, settings: settings[source] ?? {} })),
    pulsifi: [{ tenant, base_url: `http://127.0.0.1:${ports.SANDBOX_PORT}`, ...account }],
  }
  writeFileSync(file, JSON.stringify(connections), { mode: 0o600 })
  const stack = await startStack({
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      KAFKA_BROKERS: inject('kafkaBrokers'),
      SCHEMA_REGISTRY_URL: inject('registryUrl'),
      CONNECTIONS_FILE: file,
      PULSIFI_CLIENT_SECRET: secret,
      PULSIFI_RATE_PER_SECOND: '100',
      PULSIFI_CONCURRENCY: '10',
      RESULT_POLL_PER_HOUR: '360000',
      SANDBOX_FINISH_SECONDS: '1',
      CALL_GRACE_SECONDS: '1',
      LOG_LEVEL: 'warn',
      ...env,
    },
    dataDir,
    ports,
    onEvent: line => console.error(`  ${line}`),
  })
  const sightings = createSightings(tenant)
  const watch = await watchTopics(stack.env, tenant, sightings)
  const stop = async () => {
    await watch.stop()
    await stack.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
  const sandbox: StackForTest['sandbox'] = async (path, body) => {
    const request = body === undefined ? {} : { method: 'POST', ...json(body) }
    return (await fetch(`${stack.urls.sandbox}${path}`, request)).json()
  }
  const post: StackForTest['post'] = async (path, body, headers = {}) => {
    const request = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body }
    const response = await fetch(`${stack.urls.ingress}/hooks/${path}`, request)
    return { status: response.status, body: await response.json() }
  }
  return { stack, tenant, secret, sightings, watch, post, sandbox, stop }
}

const json = (body: unknown) => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

/** Tells the sandbox to call this tenant back, as an operator does for a tenant of a CONNECTIONS_FILE. */
export async function registerCallback({ stack, tenant, secret }: StackForTest): Promise<void> {
  const basic = Buffer.from(`sandbox:${secret}`).toString('base64')
  const token = await fetch(`${stack.urls.sandbox}/partner/oauth2/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Basic ${basic}` },
    body: JSON.stringify({ grant_type: 'client_credentials' }),
  })
  const { access_token } = (await token.json()) as { access_token: string }
  const created = await fetch(`${stack.urls.sandbox}/partner/v1.0/webhooks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${access_token}` },
    body: JSON.stringify({
      name: 'test',
      url: `${stack.urls.ingress}/hooks/pulsifi/${tenant}/${secret}`,
      events: ['candidate_application_result_ready'],
    }),
  })
  if (!created.ok) throw new Error(`the sandbox answered ${created.status} to a webhook`)
}

/** Waits until `read` answers with something; the last answer before the deadline is told when it never does. */
export async function eventually<T>(
  what: string,
  deadlineMs: number,
  read: () => Promise<T | null> | T | null,
) {
  const giveUpAtMs = Date.now() + deadlineMs
  for (;;) {
    const value = await read()
    if (value !== null) return value
    if (Date.now() > giveUpAtMs) throw new Error(`not within ${deadlineMs / 1000} s: ${what}`)
    await delay(50)
  }
}

/** Kills a process; returns when the supervisor has started it again. */
export async function restarted(stack: Stack, name: string): Promise<void> {
  const pidOf = () => stack.processes.find(entry => entry.name === name)?.pid ?? null
  const pid = await eventually(`${name} runs`, 30_000, pidOf)
  process.kill(pid, 'SIGKILL')
  await eventually(`${name} is started again`, 30_000, () => {
    const now = pidOf()
    return now === null || now === pid ? null : now
  })
}
