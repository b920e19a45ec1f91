import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import Koa from 'koa'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { IngressConfig } from '../../services/ingress/config.ts'
import { createKafka } from '../../services/platform/kafka/client.ts'
import { loadConfig } from '../../services/platform/process/config.ts'
import { startHttpServer } from '../../services/platform/process/http-server.ts'
import { createLogger } from '../../services/platform/process/logger.ts'
import { type IngressProcess, startIngress } from '../support/ingress-process.ts'
import { type Answer, exchange } from '../support/raw-http.ts'
import { readTopics } from '../support/read-topic.ts'

const SECRET = 'hostile-secret'
const RSS_MIB_MAX = 512
const MIB = 1024 * 1024
const sources = ['HUMANSOURCING', 'IDIBU', 'CLEVERCONNECT', 'JOBYLON']

let dataDir: string
let ingress: IngressProcess
let port: number

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'atsflow-hostile-'))
  ingress = await startIngress({
    KAFKA_BROKERS: inject('kafkaBrokers'),
    SCHEMA_REGISTRY_URL: inject('registryUrl'),
    SPOOL_DIR: join(dataDir, 'spool'),
    BLOB_DIR: join(dataDir, 'blobs'),
    ...Object.fromEntries(sources.map(name => [`SOURCE_${name}_SECRET`, SECRET])),
  })
  port = Number(new URL(ingress.url).port)
})
afterAll(async () => {
  await ingress?.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

const send = (bytes: string | Buffer) => exchange(port, socket => void socket.write(bytes))
const head = (source: string, headers: readonly string[]) =>
  [`POST /hooks/${source}/default HTTP/1.1`, 'host: localhost', ...headers, '', ''].join('\r\n')
const post = (source: string, body: Buffer | string, headers: readonly string[] = []) => {
  const bytes = Buffer.from(body)
  const all = [`authorization: Bearer ${SECRET}`, `content-length: ${bytes.length}`, ...headers]
  return send(Buffer.concat([Buffer.from(head(source, all)), bytes]))
}
const idsOf = ({ body }: Answer): string[] => (JSON.parse(body) as { event_ids: string[] }).event_ids
const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
const idibu = (id: string) =>
  `{"payload":{"id":${id}},"payload-information":{"webhook_event":"candidate.create"}}`

describe('bodies that nobody can read', () => {
  it.each([
    ['thirty megabytes of brackets', 'cleverconnect', () => '['.repeat(30 * MIB)],
    ['a hundred thousand levels', 'jobylon', () => nested(100_000)],
    [
      'a million keys',
      'cleverconnect',
      () => `{${Array.from({ length: 1_000_000 }, (_, at) => `"${at}":1`).join()}}`,
    ],
    [
      'millions of empty elements in one event',
      'cleverconnect',
      () => `{"a":[${'{},'.repeat(5_000_000)}{}]}`,
    ],
    ['a number of ten megabytes', 'cleverconnect', () => `{"id":${'9'.repeat(10 * MIB)}}`],
    ['bytes that are not UTF-8', 'jobylon', () => Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d])],
    ['NUL bytes', 'jobylon', () => '{"event_type":\u0000}'],
    ['nothing', 'jobylon', () => ''],
    ['an id that is half a character', 'idibu', () => idibu('"\\ud800"')],
    ['an id of a megabyte', 'idibu', () => idibu(`"${'x'.repeat(MIB)}"`)],
    [
      'keys that name what objects inherit',
      'jobylon',
      () => '{"__proto__":{"event_type":"x"},"constructor":1}',
    ],
  ])('are dead letters: %s', async (_name, source, body) => {
    const answer = await post(source, body())
    expect(answer.status).toBe(200)
    const [id] = idsOf(answer)
    const config = loadConfig(IngressConfig, { KAFKA_BROKERS: inject('kafkaBrokers') })
    const kafka = createKafka(config, 'hostile-test', createLogger('test', 'silent'))
    const letter = (await readTopics(kafka, ['ingress.dead-letter'])).find(
      ({ headers }) => headers.ce_id === id,
    )
    expect(letter?.headers['__dlq.error.code']).toMatch(/^(BODY_UNREADABLE|NOT_ROUTABLE)$/)
  })

  it('in an encoding that they do not have are dead letters too', async () => {
    expect((await post('jobylon', 'not compressed', ['content-encoding: gzip'])).status).toBe(200)
  })
})

describe('bodies that say two things', () => {
  it('are read as every other reader reads them: of two members of one name the last one counts', async () => {
    const event = '{"event":"delete","type":"job","data":{"job_id":1,"job_id":777001}}'
    const answer = await post('humansourcing', event)
    expect(answer.status).toBe(200)
    const config = loadConfig(IngressConfig, { KAFKA_BROKERS: inject('kafkaBrokers') })
    const kafka = createKafka(config, 'hostile-test', createLogger('test', 'silent'))
    const stored = await readTopics(kafka, ['ats.raw.humansourcing'])
    expect(stored.find(({ headers }) => headers.ce_id === idsOf(answer)[0])?.key).toBe(
      'humansourcing:default:777001',
    )
  })

  it('change nothing for who comes after them', async () => {
    const event =
      '{"event":"delete","type":"job","__proto__":{"polluted":1},"data":{"job_id":777002,"__proto__":{"x":1}}}'
    expect((await post('humansourcing', event)).status).toBe(200)
    expect(
      (await post('humansourcing', '{"event":"delete","type":"job","data":{"job_id":777003}}')).status,
    ).toBe(200)
  })
})

describe('bodies that are too much', () => {
  it.each([
    ['more events than one webhook may hold', 'humansourcing', () => `[${'{},'.repeat(10_000)}{}]`, []],
    [
      'a bomb of 256 MiB',
      'cleverconnect',
      () => gzipSync(Buffer.alloc(256 * MIB)),
      ['content-encoding: gzip'],
    ],
    [
      'a bomb in brotli',
      'jobylon',
      () => brotliCompressSync(Buffer.alloc(64 * MIB)),
      ['content-encoding: br'],
    ],
  ] as const)('are answered 413: %s', async (_name, source, body, headers) => {
    expect((await post(source, body(), headers)).status).toBe(413)
  })
})

describe('requests that break the protocol', () => {
  const authorized = `authorization: Bearer ${SECRET}`
  it.each([
    ['a header of 20 KB', head('idibu', [`x: ${'y'.repeat(20_000)}`]), 431],
    ['a header with a NUL byte', head('idibu', ['x: a\u0000b']), 400],
    ['two lengths', head('idibu', [authorized, 'content-length: 1', 'content-length: 2']), 400],
    [
      'a length and pieces',
      head('idibu', [authorized, 'content-length: 1', 'transfer-encoding: chunked']),
      400,
    ],
    ['a negative length', head('idibu', [authorized, 'content-length: -1']), 400],
    ['a length beyond every limit', head('idibu', [authorized, 'content-length: 99999999999']), 413],
    ['what is no HTTP', 'hello\r\n\r\n', 400],
    ['200 headers', head('idibu', [...Array(200).fill('x: y'), authorized]), 431],
    ['no credential and an endless body', head('idibu', ['content-length: 2000000']), 401],
  ])('are answered: %s', async (_name, bytes, status) => {
    expect((await send(bytes)).status).toBe(status)
  })

  it('do not keep others waiting: connections that say nothing', async () => {
    const silent = Array.from({ length: 300 }, () => connect(port, '127.0.0.1').on('error', () => {}))
    expect(
      (await post('humansourcing', '{"event":"delete","type":"job","data":{"job_id":777004}}')).status,
    ).toBe(200)
    for (const socket of silent) socket.destroy()
  })

  it('end when their headers never do', async () => {
    const answer = await exchange(
      port,
      socket => void socket.write('POST /hooks/idibu/default HTTP/1.1\r\nx: '),
    )
    expect(answer.status).toBe(408)
  })
})

describe('a body that comes too slowly', () => {
  it('is given up, and its connection closed', async () => {
    const app = new Koa()
    app.use(async ctx => {
      for await (const _ of ctx.req);
    })
    app.silent = true
    const options = { app, host: '127.0.0.1', port: 0, portVariable: 'PORT', requestTimeoutMs: 1_000 }
    const server = await startHttpServer(options)
    let drip: NodeJS.Timeout | undefined
    const answer = await exchange(server.port, socket => {
      socket.write(head('idibu', ['content-length: 1000']))
      drip = setInterval(() => socket.write('x'), 100)
    })
    clearInterval(drip)
    await server.close()
    expect(answer.status).toBe(408)
  })
})

describe('after all this', () => {
  it('ingress is the same process, healthy, within its memory, and takes webhooks', async () => {
    expect(ingress.child.exitCode).toBeNull()
    expect((await fetch(`${ingress.healthUrl}/livez`)).status).toBe(200)
    expect(
      (await post('humansourcing', '{"event":"delete","type":"job","data":{"job_id":777005}}')).status,
    ).toBe(200)
    const status = readFileSync(`/proc/${ingress.child.pid}/status`, 'utf8')
    expect(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024).toBeLessThan(RSS_MIB_MAX)
  })
})
