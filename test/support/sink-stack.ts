/** The sink as processes of their own, with a Pulsifi for each tenant, on a real broker. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../infra/local/ports.ts'
import { NODE_FLAGS } from '../../infra/node-flags.ts'
import type { SandboxInput } from '../../infra/pulsifi-sandbox/config.ts'
import { type RunningSandbox, startSandbox } from '../../infra/pulsifi-sandbox/server.ts'
import type { PulsifiInvitation, PulsifiResult } from '../../schemas/types.ts'
import {
  CANONICAL_CANDIDATE,
  CANONICAL_JOB,
  deadLetterTopic,
  PULSIFI_INVITATION,
  PULSIFI_RAW,
  PULSIFI_RESULT,
} from '../../services/core/topics.ts'
import { aCandidate, aJob, anApplication, provenance } from '../unit/pulsifi-sink/records.ts'
import { connectPipeline, type Pipeline } from './ops-records.ts'

const MAIN = fileURLToPath(new URL('../../services/pulsifi-sink/main.ts', import.meta.url))
const TOPICS = [PULSIFI_INVITATION, PULSIFI_RESULT, deadLetterTopic('pulsifi-sink')]

export interface SinkStack {
  readonly sandboxOf: (tenant: string) => RunningSandbox
  /** Every record of these keys, oldest first. */
  readonly invitations: ReadonlyMap<string, readonly PulsifiInvitation[]>
  readonly results: ReadonlyMap<string, readonly PulsifiResult[]>
  /** Tenants of callbacks that became dead letters. */
  readonly deadLetters: readonly string[]
  readonly apply: (tenant: string, applicationIds: readonly string[]) => Promise<void>
  readonly offerJob: (tenant: string) => Promise<void>
  /** A record of the normalizer. */
  readonly write: Pipeline['writeRecord']
  readonly callBack: (tenant: string) => Promise<void>
  /** For those who measure: the sandboxes share this process, and its time. */
  readonly stopWatching: () => Promise<void>
  readonly stop: () => Promise<void>
}

export interface SinkStackOptions {
  readonly brokers: string
  readonly registryUrl: string
  readonly tenants: Readonly<Record<string, SandboxInput>>
  readonly instances: number
  readonly env?: Readonly<Record<string, string>>
}

export async function startSinkStack(options: SinkStackOptions): Promise<SinkStack> {
  const { brokers, registryUrl, tenants, instances } = options
  const directory = mkdtempSync(join(tmpdir(), 'atsflow-sink-'))
  const sandboxes = new Map<string, RunningSandbox>()
  for (const [tenant, input] of Object.entries(tenants))
    sandboxes.set(tenant, await startSandbox({ port: 0, finishSeconds: 0, logLevel: 'silent', ...input }))
  const sandboxOf = (tenant: string) => sandboxes.get(tenant) as RunningSandbox
  const env = { KAFKA_BROKERS: brokers, SCHEMA_REGISTRY_URL: registryUrl }
  const pipeline = await connectPipeline(env)
  const watch = await watchSink(pipeline, new Set(sandboxes.keys()))
  const ingress = await callbackIngress(pipeline)
  const file = join(directory, 'connections.json')
  const pulsifi = [...sandboxes].map(([tenant, { url }]) => ({
    ...{ tenant, base_url: url, client_id: 'test', client_secret: 'test' },
  }))
  writeFileSync(file, JSON.stringify({ connections: [], pulsifi }), { mode: 0o600 })
  const processes = await Promise.all(
    Array.from({ length: instances }, (_, index) =>
      startSink({
        ...{ ...env, CONNECTIONS_FILE: file, STATE_DIR: join(directory, String(index)) },
        ...{
          INVITE_SINCE: '1970-01-01',
          INVITE_APPLIED_WITHIN_DAYS: '36500',
          CALL_GRACE_SECONDS: '1',
          LOG_LEVEL: 'warn',
          ...options.env,
        },
      }),
    ),
  )
  return {
    ...watch,
    sandboxOf,
    apply: (tenant, ids) => apply(pipeline, tenant, ids),
    offerJob: tenant =>
      pipeline.writeRecord(
        CANONICAL_JOB,
        `jobylon:${tenant}:42`,
        aJob({ job_key: `jobylon:${tenant}:42`, provenance: { ...provenance, tenant_id: tenant } }),
      ),
    write: pipeline.writeRecord,
    callBack: tenant => registerWebhook(sandboxOf(tenant), `${ingress.url}/${tenant}`),
    stopWatching: watch.close,
    stop: async () => {
      await Promise.all(processes.map(({ stop }) => stop()))
      await watch.close()
      await ingress.close()
      for (const sandbox of sandboxes.values()) await sandbox.close()
      await pipeline.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

async function apply(pipeline: Pipeline, tenant: string, ids: readonly string[]): Promise<void> {
  const from = { ...provenance, tenant_id: tenant }
  const job_key = `jobylon:${tenant}:42`
  for (const id of ids) {
    const key = `jobylon:${tenant}:${id}`
    const job = { job_key, external_id: '42', reference: null, title: null, status_raw: null }
    const applications = [anApplication({ external_id: id, application_key: key, job })]
    const candidate = aCandidate({ external_id: id, candidate_key: key, applications, provenance: from })
    await pipeline.writeRecord(CANONICAL_CANDIDATE, key, candidate)
  }
}

async function startSink(env: Readonly<Record<string, string>>) {
  const port = await freePort()
  const { NODE_OPTIONS: _options, ...inherited } = process.env
  const child = spawn(process.execPath, [...NODE_FLAGS, MAIN], {
    env: { ...inherited, ...env, PULSIFI_SINK_PORT: String(port) },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const url = `http://127.0.0.1:${port}`
  await until('the sink is ready', 60_000, async () => {
    if (child.exitCode !== null) throw new Error(`the sink ended with ${child.exitCode}`)
    return fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
  })
  return { url, stop: () => end(child) }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}

/** Reads what the sink says of these tenants, from the beginning of its topics; others write there what nobody can read. */
async function watchSink({ kafka, codec }: Pipeline, tenants: ReadonlySet<string>) {
  const invitations = new Map<string, PulsifiInvitation[]>()
  const results = new Map<string, PulsifiResult[]>()
  const deadLetters: string[] = []
  const add = <T>(map: Map<string, T[]>, key: string, record: T) => {
    map.set(key, [...(map.get(key) ?? []), record])
  }
  const consumer = kafka.consumer({ groupId: `sink-test-${Math.random()}`, maxWaitTimeInMs: 100 })
  await consumer.connect()
  await consumer.subscribe({ topics: TOPICS, fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ topic, message: { key, value, headers } }) => {
      if (value === null || key === null) return
      if (topic === deadLetterTopic('pulsifi-sink')) {
        deadLetters.push(String(headers?.ce_source).split('/').at(-1) ?? '')
        return
      }
      if (!tenants.has(key.toString().split(':')[1] ?? '')) return
      await codec.prepare([value])
      if (topic === PULSIFI_RESULT) add(results, key.toString(), codec.decode(PULSIFI_RESULT, value))
      else add(invitations, key.toString(), codec.decode(PULSIFI_INVITATION, value))
    },
  })
  return { invitations, results, deadLetters, close: () => consumer.disconnect() }
}

/** What ingress does with a callback, without its proof of where it comes from. */
async function callbackIngress(pipeline: Pipeline) {
  let count = 0
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const headers = { ce_source: `/hooks/pulsifi/${request.url?.slice(1)}` }
    await pipeline.write({
      topic: PULSIFI_RAW,
      key: `callback-${count++}`,
      value: Buffer.concat(chunks),
      headers,
    })
    response.writeHead(200).end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

async function registerWebhook({ url }: RunningSandbox, target: string): Promise<void> {
  const json = { 'content-type': 'application/json', accept: 'application/json' }
  const basic = Buffer.from('test:test').toString('base64')
  const token = await fetch(`${url}/partner/oauth2/token`, {
    ...{ method: 'POST', headers: { ...json, authorization: `Basic ${basic}` } },
    body: JSON.stringify({ grant_type: 'client_credentials' }),
  })
  const { access_token } = (await token.json()) as { access_token: string }
  const events = ['candidate_application_result_ready', 'candidate_job_recommendation_result_ready']
  await fetch(`${url}/partner/v1.0/webhooks`, {
    ...{ method: 'POST', headers: { ...json, authorization: `Bearer ${access_token}` } },
    body: JSON.stringify({ name: 'test', url: target, events }),
  })
}

/** Waits until it is true; says what it waited for when that never happens. */
export async function until(
  what: string,
  withinMs: number,
  isTrue: () => Promise<boolean> | boolean,
): Promise<void> {
  const giveUpAtMs = performance.now() + withinMs
  while (!(await isTrue())) {
    if (performance.now() > giveUpAtMs) throw new Error(`not within ${withinMs / 1000} s: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}
