import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { encodeProduce, type Produce } from '../../../../../services/platform/kafkajs/wire/produce-request.ts'
import { kafkajsAsShipped } from '../../../../support/kafkajs-as-shipped.ts'

const kafkajsRequest = kafkajsAsShipped<
  (produce: Produce) => { encode(): Promise<{ readonly buffer: Buffer }> }
>('kafkajs/src/protocol/requests/produce/v3/request')

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 0, 15) }))
afterEach(() => void vi.useRealTimers())

const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme', maxLength: 300 }))
const bytes = fc.oneof(text, fc.uint8Array({ maxLength: 3_000 }).map(Buffer.from))
// As many digits each: kafkajs takes the first by the alphabet.
const ms = fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 })
const message = fc.record(
  {
    key: fc.option(bytes),
    value: fc.option(bytes),
    headers: fc.dictionary(text, bytes, { maxKeys: 4 }),
    timestamp: fc.oneof(ms, ms.map(String)),
  },
  { requiredKeys: ['value'] },
)
const produce: fc.Arbitrary<Produce> = fc.record({
  transactionalId: fc.option(text),
  acks: fc.constantFrom(-1, 0, 1),
  timeout: fc.nat(),
  producerId: fc.oneof(fc.nat(), fc.maxSafeInteger().map(String)),
  producerEpoch: fc.nat({ max: 32_767 }),
  topicData: fc.array(
    fc.record({
      topic: text,
      partitions: fc.array(
        fc.record({
          partition: fc.nat({ max: 500 }),
          firstSequence: fc.nat(),
          messages: fc.array(message, { minLength: 1, maxLength: 5 }),
        }),
        { maxLength: 3 },
      ),
    }),
    { maxLength: 3 },
  ),
})

it('is written as kafkajs writes it', async () => {
  await fc.assert(
    fc.asyncProperty(produce, async given => {
      const { buffer } = await kafkajsRequest(given).encode()
      expect(encodeProduce(given).equals(buffer)).toBe(true)
    }),
    { numRuns: 300 },
  )
})

it('is written without what is optional, as kafkajs writes it', async () => {
  const given = {
    ...{ acks: -1, timeout: 30_000 },
    topicData: [{ topic: 'a', partitions: [{ partition: 1, messages: [{ value: 'x' }] }] }],
  }
  const { buffer } = await kafkajsRequest(given).encode()
  expect(encodeProduce(given)).toEqual(buffer)
})
