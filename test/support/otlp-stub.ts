/** A collector of traces on loopback: takes OTLP over HTTP in protobuf, and reads what the tests ask about. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReceivedSpan {
  readonly service: string
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  /** Empty: it has none. */
  readonly parentSpanId: string
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[]
  readonly attributes: Readonly<Record<string, string>>
  readonly isError: boolean
}

export interface OtlpStub {
  readonly url: string
  readonly spans: () => readonly ReceivedSpan[]
  /** Everything that was ever sent, as it was sent. */
  readonly bytes: () => Buffer
  readonly headers: () => readonly string[]
  readonly close: () => Promise<void>
}

export async function startOtlpStub(status = 200): Promise<OtlpStub> {
  const bodies: Buffer[] = []
  const seen: string[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => void chunks.push(chunk))
    request.on('end', () => {
      seen.push(...request.rawHeaders)
      if (request.url === '/v1/traces') bodies.push(Buffer.concat(chunks))
      response.writeHead(status, { 'content-type': 'application/x-protobuf' }).end()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: () => bodies.flatMap(spansIn),
    bytes: () => Buffer.concat(bodies),
    headers: () => seen,
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/** Fields by their numbers, as opentelemetry/proto/trace/v1/trace.proto numbers them. */
type Message = ReadonlyMap<number, readonly (Buffer | bigint)[]>

function messageIn(bytes: Buffer): Message {
  const fields = new Map<number, (Buffer | bigint)[]>()
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]
      if (byte === undefined) throw new Error('a number breaks off')
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  const take = (length: number): Buffer => {
    at += length
    return bytes.subarray(at - length, at)
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    const wire = tag & 7
    const value = wire === 0 ? varint() : take(wire === 2 ? Number(varint()) : wire === 1 ? 8 : 4)
    const field = tag >> 3
    fields.set(field, [...(fields.get(field) ?? []), value])
  }
  return fields
}

const messages = (message: Message, field: number): readonly Message[] =>
  (message.get(field) ?? []).map(value => messageIn(value as Buffer))
const bytesOf = (message: Message | undefined, field: number): Buffer =>
  (message?.get(field)?.[0] as Buffer | undefined) ?? Buffer.alloc(0)
const hex = (message: Message, field: number): string => bytesOf(message, field).toString('hex')
const text = (message: Message | undefined, field: number): string => bytesOf(message, field).toString('utf8')

const attributesIn = (message: Message | undefined, field: number): Record<string, string> =>
  message === undefined
    ? {}
    : Object.fromEntries(
        messages(message, field).map(pair => {
          const [value] = messages(pair, 2)
          return [text(pair, 1), text(value, 1) || String(value?.get(3)?.[0] ?? value?.get(2)?.[0] ?? '')]
        }),
      )

function spansIn(body: Buffer): readonly ReceivedSpan[] {
  return messages(messageIn(body), 1).flatMap(ofResource => {
    const [resource] = messages(ofResource, 1)
    const service = attributesIn(resource, 1)['service.name'] ?? ''
    return messages(ofResource, 2).flatMap(ofScope => messages(ofScope, 2).map(span => spanIn(span, service)))
  })
}

const spanIn = (span: Message, service: string): ReceivedSpan => ({
  service,
  name: text(span, 5),
  traceId: hex(span, 1),
  spanId: hex(span, 2),
  parentSpanId: hex(span, 4),
  links: messages(span, 13).map(link => ({ traceId: hex(link, 1), spanId: hex(link, 2) })),
  attributes: attributesIn(span, 9),
  isError: messages(span, 15).some(status => status.get(3)?.[0] === 2n),
})
