import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { onTestFinished } from 'vitest'
import type { SandboxInput } from '../../infra/pulsifi-sandbox/config.ts'
import { startSandbox } from '../../infra/pulsifi-sandbox/server.ts'

const agent = new Agent()

/** The body is read as a foreign client would read it: whatever its JSON says. */
type Reply = { status: number; headers: Record<string, unknown>; body: ReturnType<typeof JSON.parse> }

/** A client that knows the guideline and nothing of the sandbox's code. */
export async function clientOf(input: SandboxInput = {}) {
  const sandbox = await startSandbox({ port: 0, finishSeconds: 0, logLevel: 'silent', ...input })
  onTestFinished(() => sandbox.close())
  let token = ''
  async function call(method: string, path: string, body?: unknown, headers = {}): Promise<Reply> {
    const reply = await request(`${sandbox.url}${path}`, {
      method: method as 'GET',
      dispatcher: agent,
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
    })
    const text = await reply.body.text()
    const isJson = String(reply.headers['content-type']).includes('json')
    return { status: reply.statusCode, headers: reply.headers, body: isJson ? JSON.parse(text) : text }
  }
  async function login(): Promise<Reply> {
    const authorization = `Basic ${Buffer.from('acme:sesame').toString('base64')}`
    const reply = await call(
      'POST',
      '/partner/oauth2/token',
      { grant_type: 'client_credentials' },
      { authorization },
    )
    token = reply.body.access_token
    return reply
  }
  await login()
  return { sandbox, call, login }
}

export const job = (external_id = 'humanica_1001') => ({
  title: 'Job Title',
  description: 'd'.repeat(300),
  skills: ['NodeJS'],
  external_id,
})
export const candidate = (job_id: string, ext_reference_id = 'ATS12345') => ({
  job_id,
  ext_reference_id,
  is_anonymous_candidate: false,
  email: 'johndoe@gmail.com',
  first_name: 'John',
  last_name: 'Doe',
})

type Received = { headers: Record<string, unknown>; body: string }

/** A webhook endpoint that answers with the given statuses in turn, then with 200. */
export async function receiverOf(statuses: number[] = []) {
  const received: Received[] = []
  const arrivals = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    received.push({ headers: incoming.headers, body: Buffer.concat(chunks).toString() })
    outgoing.writeHead(statuses.shift() ?? 200).end()
    arrivals.emit('arrival')
  })
  arrivals.listen(0, '127.0.0.1')
  await once(arrivals, 'listening')
  onTestFinished(async () => {
    arrivals.closeAllConnections()
    await new Promise(resolve => arrivals.close(resolve))
  })
  return {
    url: `http://127.0.0.1:${(arrivals.address() as AddressInfo).port}/hook`,
    received,
    async arrived(count: number): Promise<Received[]> {
      while (received.length < count) await once(arrivals, 'arrival')
      return received
    },
  }
}

/** Waits for what happens after a callback was answered. */
export async function eventually(isTrue: () => boolean): Promise<void> {
  const deadlineMs = Date.now() + 5000
  while (!isTrue()) {
    if (Date.now() > deadlineMs) throw new Error('it did not happen within 5 s')
    await wait(10)
  }
}

/** A directory for a journal, gone after the test. */
export async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'sandbox-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return path
}
