import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { IngressConfig } from '../../services/ingress/config.ts'
import { createKafka } from '../../services/platform/kafka/client.ts'
import { loadConfig } from '../../services/platform/process/config.ts'
import { createLogger } from '../../services/platform/process/logger.ts'
import { type IngressProcess, startIngress } from '../support/ingress-process.ts'
import { readTopics } from '../support/read-topic.ts'

const POSTS = 200
const BODY_BYTES = 5 * 1024 * 1024
const RSS_MIB_MAX = 512
const SECRET = 'memory-secret'
const ATTEMPTS_MAX = 20

let dataDir: string
let ingress: IngressProcess

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'atsflow-memory-'))
  ingress = await startIngress({
    KAFKA_BROKERS: inject('kafkaBrokers'),
    SCHEMA_REGISTRY_URL: inject('registryUrl'),
    SOURCE_CLEVERCONNECT_SECRET: SECRET,
    SPOOL_DIR: join(dataDir, 'spool'),
    BLOB_DIR: join(dataDir, 'blobs'),
  })
})
afterAll(async () => {
  await ingress?.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

/** What all files have in common; each begins with bytes of its own, in a multiple of three, so that base64 joins. */
const COMMON = Buffer.from(randomBytes(3 * 1024).toString('base64'))
const runId = Date.now()

/** An application with a file, piece by piece: this process must not need the memory that it measures. */
function* bodyOf(id: number): Generator<Buffer> {
  const own = Buffer.from(`%PDF-1.7 ${String(id).padStart(30, ' ')}`).toString('base64')
  const head = {
    id: runId * 1_000 + id,
    jobId: 'job-1',
    candidate: { firstName: 'Jane', lastName: 'Doe', email: 'jane.doe@example.com' },
    attachments: [{ type: 'resume', contentType: 'application/pdf', fileName: 'cv.pdf', content: '' }],
  }
  const text = JSON.stringify(head)
  const at = text.indexOf('"content":"') + '"content":"'.length
  const tail = Buffer.from(text.slice(at))
  let left = BODY_BYTES
  const first = Buffer.from(text.slice(0, at) + own)
  left -= first.length + tail.length
  yield first
  for (; left >= COMMON.length; left -= COMMON.length) yield COMMON
  yield tail
}

/** Sends at the pace at which it is read; answers with the status and the ids. */
function post(id: number, agent: Agent): Promise<{ status: number; retryAfter: number; ids: string[] }> {
  const pieces = [...bodyOf(id)]
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      `${ingress.url}/hooks/cleverconnect/default`,
      {
        method: 'POST',
        agent,
        headers: {
          authorization: `Bearer ${SECRET}`,
          'content-length': length,
          'content-type': 'application/json',
        },
      },
      async response => {
        const text = (await response.toArray()).join('')
        const { event_ids: ids = [] } = JSON.parse(text) as { event_ids?: string[] }
        const status = response.statusCode ?? 0
        resolve({ status, retryAfter: Number(response.headers['retry-after'] ?? 1), ids })
      },
    )
    request.on('error', reject)
    const write = (): void => {
      for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) {
        if (!request.write(piece)) return void request.once('drain', write)
      }
      request.end()
    }
    write()
  })
}

/** A sender that is cut off sends again, as one that is told to. */
const RESET = { status: 0, retryAfter: 1, ids: [] }

const peakMib = (): number =>
  Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${ingress.child.pid}/status`, 'utf8'))?.[1]) / 1024

it('takes 200 applications of 5 MB at once within 512 MiB, and loses none', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: POSTS })
  const beforeMib = peakMib()
  const startedMs = performance.now()
  const statuses = new Map<number, number>()
  const accepted = await Promise.all(
    Array.from({ length: POSTS }, async (_, id) => {
      for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        const { status, retryAfter, ids } = await post(id, agent).catch(() => RESET)
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        if (status === 200) return ids
        await sleep(retryAfter * 1000)
      }
      return []
    }),
  )
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
  console.error(
    `${POSTS} posts of 5 MB in ${seconds} s: peak ${Math.round(peakMib())} MiB (idle ${Math.round(beforeMib)}), ` +
      `answers ${JSON.stringify(Object.fromEntries(statuses))}`,
  )
  agent.destroy()
  expect(accepted.filter(ids => ids.length === 1)).toHaveLength(POSTS)
  expect(peakMib()).toBeLessThan(RSS_MIB_MAX)

  const config = loadConfig(IngressConfig, { KAFKA_BROKERS: inject('kafkaBrokers') })
  const kafka = createKafka(config, 'memory-test', createLogger('test', 'silent'))
  const stored = new Set(
    (await readTopics(kafka, ['ats.raw.cleverconnect'])).map(({ headers }) => headers.ce_id),
  )
  expect(accepted.flat().filter(id => !stored.has(id))).toEqual([])
  const blobs = readdirSync(join(dataDir, 'blobs'), { recursive: true, withFileTypes: true })
  expect(blobs.filter(entry => entry.isFile())).toHaveLength(POSTS)
})
