/**
 * The least that takes a webhook to Kafka on this platform: node:http, one comparison of a token, JSON.parse, and one
 * idempotent kafkajs producer with one send in flight. 200 after the acknowledgement of all in-sync replicas.
 */
import { createServer, type ServerResponse } from 'node:http'
import { Kafka, logLevel, Partitioners } from '../../services/platform/kafkajs/kafkajs.ts'

const { KAFKA_BROKERS = '', FLOOR_TOPIC = '', FLOOR_PORT, FLOOR_SECRET } = process.env
/** The topic takes twice as much for one partition. */
const BATCH_BYTES_MAX = 2 * 1024 * 1024

const producer = new Kafka({ brokers: KAFKA_BROKERS.split(','), logLevel: logLevel.ERROR }).producer({
  idempotent: true,
  maxInFlightRequests: 1,
  createPartitioner: Partitioners.DefaultPartitioner,
})
await producer.connect()

let waiting: { readonly body: Buffer; readonly key: string; readonly response: ServerResponse }[] = []
let isSending = false

async function send(): Promise<void> {
  isSending = true
  while (waiting.length > 0) {
    let [count, bytes] = [0, 0]
    while (count < waiting.length && (count === 0 || bytes < BATCH_BYTES_MAX))
      bytes += waiting[count++]?.body.length ?? 0
    const batch = waiting.slice(0, count)
    waiting = waiting.slice(count)
    await producer.send({
      topic: FLOOR_TOPIC,
      acks: -1,
      messages: batch.map(({ key, body }) => ({ key, value: body })),
    })
    for (const { response } of batch) answer(response, 200)
  }
  isSending = false
}

function answer(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': 2 })
  response.end('{}')
}

const server = createServer((request, response) => {
  if (request.method === 'GET') return answer(response, 200)
  if (request.headers.authorization !== `Bearer ${FLOOR_SECRET}`) return answer(response, 401)
  const pieces: Buffer[] = []
  request.on('data', (piece: Buffer) => pieces.push(piece))
  request.on('end', () => {
    const body = Buffer.concat(pieces)
    const { id } = JSON.parse(body.toString())
    waiting.push({ body, key: String(id), response })
    if (!isSending) void send()
  })
})
server.listen(Number(FLOOR_PORT), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
