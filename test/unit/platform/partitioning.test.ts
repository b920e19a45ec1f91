import { createRequire } from 'node:module'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { groupByPartition, murmur2, type Ungrouped } from '../../../services/platform/partitioning.ts'

const require = createRequire(import.meta.url)

/** As kafkajs ships it, whatever has been put in its place meanwhile. */
function shipped(module: string): (input: unknown) => unknown {
  const path = require.resolve(module)
  delete require.cache[path]
  return require(path)
}
const theirMurmur2 = shipped('kafkajs/src/producer/partitioners/default/murmur2')
const theirGroups = shipped('kafkajs/src/producer/groupMessagesPerPartition')

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
