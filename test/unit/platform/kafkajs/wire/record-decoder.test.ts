import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  type BatchContext,
  type DecodedRecord,
  decodeRecord,
} from '../../../../../services/platform/kafkajs/wire/record-decoder.ts'
import { encodeRecord } from '../../../../../services/platform/kafkajs/wire/record-encoder.ts'
import { kafkajsAsShipped } from '../../../../support/kafkajs-as-shipped.ts'

interface Decoder {
  readonly buffer: Buffer
  offset: number
  readVarInt(): number
}
const kafkajsDecoder = kafkajsAsShipped<(decoder: Decoder, batch: BatchContext) => DecodedRecord>(
  'kafkajs/src/protocol/recordBatch/record/v0/decoder',
)
const Decoder = kafkajsAsShipped<new (bytes: Buffer) => Decoder>('kafkajs/src/protocol/decoder')

const text = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }),
)
const bytes = fc.uint8Array({ maxLength: 70_000 }).map(Buffer.from)
const record = fc.record({
  offsetDelta: fc.nat({ max: 100_000 }),
  timestampDelta: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.dictionary(
    text.filter(name => !(name in {})),
    fc.oneof(bytes, fc.array(bytes, { minLength: 1, maxLength: 3 })),
    { maxKeys: 15 },
  ),
})
const batch: fc.Arbitrary<BatchContext> = fc.record({
  firstOffset: fc.nat({ max: 2 ** 45 }).map(String),
  firstTimestamp: fc.integer({ min: 2 ** 41, max: 2 ** 42 }).map(String),
  maxTimestamp: fc.constantFrom('1795271988196', ''),
  timestampType: fc.constantFrom(0, 1),
  magicByte: fc.constant(2),
  isControlBatch: fc.boolean(),
})

/** A decoder that stands behind the record's length, as kafkajs hands it over. */
function decoderOf(encoded: Buffer): Decoder {
  const decoder = new Decoder(encoded)
  decoder.readVarInt()
  return decoder
}

it('reads what kafkajs reads, and as far', () => {
  fc.assert(
    fc.property(record, batch, (given, context) => {
      const encoded = encodeRecord(given)
      const decoder = decoderOf(encoded)
      expect(decodeRecord(decoder, context)).toEqual(kafkajsDecoder(decoderOf(encoded), context))
      expect(decoder.offset).toBe(encoded.length)
    }),
    { numRuns: 500 },
  )
})

const CONTEXT: BatchContext = {
  ...{ firstOffset: '41', firstTimestamp: '1795271988196', maxTimestamp: '1795271988196' },
  ...{ timestampType: 0, magicByte: 2, isControlBatch: false },
}

it.each(['__proto__', 'constructor', 'toString'])('takes a header named %s for a header', name => {
  const headers = Object.fromEntries([[name, [Buffer.from('a'), Buffer.from('b')]]])
  const decoded = decodeRecord(decoderOf(encodeRecord({ value: null, headers })), CONTEXT)
  expect(Object.entries(decoded.headers)).toEqual([[name, [Buffer.from('a'), Buffer.from('b')]]])
  expect(Object.getPrototypeOf(decoded.headers)).toBe(Object.prototype)
})

it('keeps a header without value', () => {
  const decoded = decodeRecord(decoderOf(Buffer.from([0, 0, 0, 0, 1, 1, 2, 2, 0x61, 1])), CONTEXT)
  expect(decoded).toMatchObject({ offset: '41', key: null, value: null, headers: { a: null } })
})
