import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  encodeRecord,
  type RecordToEncode,
} from '../../../../../services/platform/kafkajs/wire/record-encoder.ts'
import { kafkajsAsShipped } from '../../../../support/kafkajs-as-shipped.ts'

const kafkajsEncoder = kafkajsAsShipped<(record: RecordToEncode) => { readonly buffer: Buffer }>(
  'kafkajs/src/protocol/recordBatch/record/v0',
)

const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme', maxLength: 300 }))
const bytes = fc.oneof(text, fc.uint8Array({ maxLength: 70_000 }).map(Buffer.from))
const record = fc.record({
  offsetDelta: fc.nat({ max: 100_000 }),
  timestampDelta: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.dictionary(text, fc.oneof(bytes, fc.array(bytes, { maxLength: 3 })), { maxKeys: 15 }),
})

it('writes what kafkajs writes', () => {
  fc.assert(
    fc.property(record, given => {
      expect(encodeRecord(given).equals(kafkajsEncoder(given).buffer)).toBe(true)
    }),
    { numRuns: 500 },
  )
})

it('writes a record with neither key nor headers', () => {
  expect(encodeRecord({ value: null })).toEqual(kafkajsEncoder({ value: null }).buffer)
})
