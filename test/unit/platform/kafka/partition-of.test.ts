import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createPartitionOf } from '../../../../services/platform/kafka/partition-of.ts'

/** Of Kafka's own `BuiltInPartitionerTest` and `UtilsTest`: murmur2 without its sign bit, modulo the partitions. */
it.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
])('gives %s the partition that a Java client gives it', (key, murmur2) => {
  for (const partitions of [1, 6, 12, 512])
    expect(createPartitionOf(partitions)(key)).toBe((murmur2 & 0x7fffffff) % partitions)
})

it('gives a key always the same partition that is there', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 512 }), (key, partitions) => {
      const partition = createPartitionOf(partitions)(key)
      expect(partition).toBe(createPartitionOf(partitions)(key))
      expect(partition).toBeGreaterThanOrEqual(0)
      expect(partition).toBeLessThan(partitions)
    }),
  )
})
