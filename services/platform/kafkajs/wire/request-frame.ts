/** A request as it goes to a broker: its length, what is asked, by whom, and then the request itself. */
import { Fields, sizeOfString } from './fields.ts'

export interface Request {
  readonly correlationId: number
  readonly clientId: string
  readonly request: {
    readonly apiKey: number
    readonly apiVersion: number
    readonly encode: () => Promise<{ readonly buffer: Buffer }>
  }
}

/** kafkajs 2.2.4 copies each request twice for this, into buffers that are filled with zeros before. */
export async function encodeRequest({ correlationId, clientId, request }: Request): Promise<Buffer> {
  const { buffer: payload } = await request.encode()
  const bytes = 2 + 2 + 4 + sizeOfString(clientId) + payload.length
  const to = new Fields(4 + bytes)
  to.int32(bytes)
  to.int16(request.apiKey)
  to.int16(request.apiVersion)
  to.int32(correlationId)
  to.string(clientId)
  to.bytes(payload)
  return to.buffer
}
