import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  groupByPartition,
  murmur2,
  type Ungrouped,
} from '../../../../services/platform/kafkajs/partitioning.ts'
import { kafkajsAsShipped } from '../../../support/kafkajs-as-shipped.ts'

type Unknown = (input: unknown) => unknown
const theirMurmur2 = kafkajsAsShipped<Unknown>('kafkajs/src/producer/partitioners/default/murmur2')
const theirGroups = kafkajsAsShipped<Unknown>('kafkajs/src/producer/groupMessagesPerPartition')

it('hashes every key as kafkajs does', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array().map(Buffer.from)), key => {
      expect(murmur2(key)).toBe(theirMurmur2(key))
    }),
    { numRuns: 1_000 },
  )
})

it('groups as kafkajs does, in the order of arrival', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 5 })), fc.nat({ max: 1 }), (messages, partitions) => {
      const ungrouped: Ungrouped<number, unknown> = {
        topic: 't',
        partitionMetadata: Array.from({ length: partitions }, () => ({})),
        messages,
        partitioner: ({ message }) => message % 3,
      }
      expect(groupByPartition(ungrouped)).toEqual(theirGroups(ungrouped))
    }),
  )
})
