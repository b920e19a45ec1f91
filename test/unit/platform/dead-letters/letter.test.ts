import { expect, it } from 'vitest'
import {
  deadLetter,
  deadLetterOfOversized,
  type Refusal,
} from '../../../../services/platform/dead-letters/letter.ts'
import type { InputRecord } from '../../../../services/platform/partitions/processor.ts'

const record: InputRecord = {
  type: 'record',
  topic: 'ats.raw.direct',
  partition: 3,
  offset: 42,
  key: Buffer.from('key'),
  value: Buffer.from([0xff, 0x00]),
  headers: { ce_id: Buffer.from('event-1'), twice: ['first', 'second'] },
  timestampMs: 0,
  fact: null,
}
const refusal: Refusal = {
  ...{
    process: 'normalizer',
    group: 'group',
    stage: 'normalize',
    code: 'PAYLOAD_INVALID',
    detail: 'title is missing',
  },
}

it('keeps key, value and headers as they were, and says where the record stood and why it was refused', () => {
  const { topic, key, value, headers } = deadLetter(record, refusal)
  expect({ topic, key, value }).toEqual({
    topic: 'normalizer.dead-letter',
    key: record.key,
    value: record.value,
  })
  expect(headers).toEqual({
    ...record.headers,
    '__dlq.errors.topic': 'ats.raw.direct',
    '__dlq.errors.partition': '3',
    '__dlq.errors.offset': '42',
    '__dlq.errors.group': 'group',
    '__dlq.errors.message': 'title is missing',
    '__dlq.errors.delivery.count': '1',
    '__dlq.error.code': 'PAYLOAD_INVALID',
    '__dlq.error.stage': 'normalize',
  })
})

it('of a record that led to one that is too large says so, and goes without its value where that does not fit', () => {
  const oversized = { topic: 'ats.canonical.candidate.v1', bytes: 5_000_000, limit: 4_194_304 }
  const letter = deadLetterOfOversized(record, oversized, refusal)
  expect(letter).toMatchObject({ topic: 'normalizer.dead-letter', key: record.key, value: record.value })
  expect(letter.headers).toMatchObject({
    '__dlq.error.code': 'RECORD_TOO_LARGE',
    '__dlq.errors.message': 'ats.canonical.candidate.v1 takes 4194304 bytes, the record has 5000000',
  })
  const own = deadLetterOfOversized(record, { ...oversized, topic: 'normalizer.dead-letter' }, refusal)
  expect([own.key, own.value]).toEqual([record.key, null])
  expect(own.headers).toMatchObject({ '__dlq.errors.offset': '42', '__dlq.error.code': 'RECORD_TOO_LARGE' })
})

it('of a record that was sent back keeps the place where it first stood, and counts the deliveries', () => {
  const first = deadLetter(record, refusal)
  const redriven = { ...record, topic: 'normalizer.redrive', offset: 7, headers: first.headers ?? {} }
  const again = deadLetter(redriven, { ...refusal, code: 'BODY_UNREADABLE', detail: 'not JSON' })
  expect(again.headers).toMatchObject({
    '__dlq.errors.topic': 'ats.raw.direct',
    '__dlq.errors.offset': '42',
    '__dlq.errors.delivery.count': '2',
    '__dlq.error.code': 'BODY_UNREADABLE',
    '__dlq.errors.message': 'not JSON',
  })
})
