/** Raw events on Kafka as ingress would have written them: for benchmarks of what reads them. */
import { readFileSync } from 'node:fs'
import { rawTopic } from '../../services/core/topics.ts'
import { discoverSources } from '../../services/platform/connections/discover-sources.ts'
import type { KafkaClient } from '../../services/platform/kafka/client.ts'
import { byTopic, type OutboundRecord } from '../../services/platform/kafka/producer-batch.ts'
import { Partitioners } from '../../services/platform/kafkajs/kafkajs.ts'
import { receive } from '../../services/platform/raw-events/receive.ts'
import { cleverConnect } from './payloads.ts'

/** A webhook about entity `number`, from the source's own example. */
interface Example {
  readonly source: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: (number: number) => string
}

function example(source: string, fixture: string, rename: (text: string, number: number) => string): Example {
  const url = new URL(`../../services/sources/${source}/fixtures/${fixture}.json`, import.meta.url)
  const { request } = JSON.parse(readFileSync(url, 'utf8'))
  const text = JSON.stringify(request.body)
  return { source, headers: request.headers, body: number => rename(text, number) }
}

const uuidOf = (number: number): string => `aed6532d-2438-4e33-b15b-${String(number).padStart(12, '0')}`

/** Candidates of every source, in equal parts. */
const EXAMPLES: readonly Example[] = [
  { source: 'cleverconnect', headers: {}, body: number => cleverConnect(number, 2 * 1024) },
  example('humansourcing', 'candidate.update', (text, number) =>
    text.replace('1234567876', String(1_000_000 + number)),
  ),
  example('idibu', 'candidate.update', (text, number) =>
    text.replace('"id":"12345"', `"id":"${1_000_000 + number}"`),
  ),
  example('jobylon', 'candidate-new', (text, number) =>
    text.replace('aed6532d-2438-4e33-b15b-1f1a20ba1c16', uuidOf(number)),
  ),
]

export const RAW_TOPICS = EXAMPLES.map(({ source }) => rawTopic(source))

const RECEIVED_AT_MS = Date.UTC(2026, 0, 15, 9, 30)
const SEND_RECORDS = 2_000

/** By the number of the candidate: W3C Trace Context. */
export type TraceParentOf = (number: number) => string
const ONE_TRACE: TraceParentOf = () => '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

/** `count` records about different candidates, beginning with candidate number `from`. */
export async function* rawEvents(
  count: number,
  from = 0,
  traceParentOf = ONE_TRACE,
): AsyncIterable<OutboundRecord> {
  const sources = await discoverSources()
  let written = 0
  for (let number = from; written < count; number++) {
    const chosen = EXAMPLES[number % EXAMPLES.length]
    const source = chosen && sources.get(chosen.source)
    if (chosen === undefined || source === undefined) throw new Error('an example is of no source')
    const { source: name, headers, body } = chosen
    const request = { headers, body: Buffer.from(body(number)) }
    const receipt = receive(source, request, {
      source: name,
      tenant: 'default',
      settings: {},
      auth: 'bearer',
      receivedAtMs: RECEIVED_AT_MS + number,
      traceParent: traceParentOf(number),
      contentType: 'application/json',
      contentEncoding: null,
    })
    if (receipt.type !== 'routed') throw new Error(`the example of ${name} is not routed`)
    for (const { record } of receipt.records) if (written++ < count) yield record
  }
}

/** Writes them in large batches. */
export async function fill(kafka: KafkaClient, events: AsyncIterable<OutboundRecord>): Promise<void> {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  let batch: OutboundRecord[] = []
  const send = async () => {
    await producer.sendBatch({ acks: -1, topicMessages: byTopic(batch) })
    batch = []
  }
  for await (const event of events) if (batch.push(event) === SEND_RECORDS) await send()
  if (batch.length > 0) await send()
  await producer.disconnect()
}
