import fc from 'fast-check'
import { expect, it } from 'vitest'
import { encodeRequest, type Request } from '../../../../../services/platform/kafkajs/wire/request-frame.ts'
import { kafkajsAsShipped } from '../../../../support/kafkajs-as-shipped.ts'

const kafkajsFrame = kafkajsAsShipped<(request: Request) => Promise<{ readonly buffer: Buffer }>>(
  'kafkajs/src/protocol/request',
)

interface Writing {
  writeBufferInternal(buffer: Buffer): void
  readonly buffer: Buffer
}
const Encoder = kafkajsAsShipped<new () => Writing>('kafkajs/src/protocol/encoder')

const asked = fc.record({
  correlationId: fc.nat(),
  clientId: fc.string({ unit: 'grapheme', maxLength: 80 }),
  apiKey: fc.nat({ max: 100 }),
  apiVersion: fc.nat({ max: 20 }),
  payload: fc.uint8Array({ maxLength: 5_000 }).map(Buffer.from),
})

it('is written as kafkajs writes it', async () => {
  await fc.assert(
    fc.asyncProperty(asked, async ({ correlationId, clientId, apiKey, apiVersion, payload }) => {
      const encode = async () => {
        const encoder = new Encoder()
        encoder.writeBufferInternal(payload)
        return encoder
      }
      const request = { correlationId, clientId, request: { apiKey, apiVersion, encode } }
      const { buffer } = await kafkajsFrame(request)
      expect((await encodeRequest(request)).equals(buffer)).toBe(true)
    }),
  )
})
