import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  batchLength,
  byTopic,
  type OutboundRecord,
  recordBytes,
} from '../../../../services/platform/kafka/producer-batch.ts'

const sized = (...sizes: number[]) => sizes.map(bytes => ({ bytes }))

describe('batchLength', () => {
  it.each([
    ['nothing from an empty queue', [], 0],
    ['what fits exactly', [4, 6], 2],
    ['what comes before the first that does not fit', [4, 6, 1], 2],
    ['no more than the count allows', [1, 1, 1, 1], 3],
    ['one that is too large alone, since it would block the queue', [11, 1], 1],
    ['not one that is too large after others', [1, 11], 1],
  ])('takes %s', (_name, sizes, length) => {
    expect(batchLength(sized(...sizes), { recordsMax: 3, bytesMax: 10 })).toBe(length)
  })

  it('always makes progress and never exceeds a limit with more than one record', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 })
    fc.assert(
      fc.property(
        sizes,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 60 }),
        (queue, recordsMax, bytesMax) => {
          const length = batchLength(sized(...queue), { recordsMax, bytesMax })
          const bytes = queue.slice(0, length).reduce((sum, size) => sum + size, 0)
          return length >= 1 && length <= recordsMax && (length === 1 || bytes <= bytesMax)
        },
      ),
    )
  })
})

const record = (topic: string, key: string, change: Partial<OutboundRecord> = {}): OutboundRecord => ({
  topic,
  key,
  value: Buffer.from('v'),
  headers: {},
  ...change,
})

it('keeps the order of arrival within each topic, and the partition that was asked for', () => {
  const batch = byTopic([record('a', '1'), record('b', '2'), record('a', '3', { partition: 4 })])
  expect(
    batch.map(({ topic, messages }) => [topic, messages.map(message => [message.key, message.partition])]),
  ).toEqual([
    [
      'a',
      [
        ['1', undefined],
        ['3', 4],
      ],
    ],
    ['b', [['2', undefined]]],
  ])
})

it('counts bytes and not characters', () => {
  const ascii = record('t', 'e', { headers: { h: 'e' } })
  const accented = record('t', 'é', { headers: { h: 'é' } })
  expect(recordBytes(accented) - recordBytes(ascii)).toBe(2)
  expect(recordBytes(record('t', 'e', { value: null }))).toBe(recordBytes(record('t', 'e')) - 1)
})
