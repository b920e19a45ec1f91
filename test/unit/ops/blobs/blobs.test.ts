import { expect, it } from 'vitest'
import { daysReferred } from '../../../../services/ops/blobs/blobs.ts'

const topic = (name: string, days: number) => ({
  name,
  config: { 'retention.ms': String(days * 86_400_000) },
  why: '.',
})

it('an event may refer to its files while it is raw, then a dead letter, then sent back', () => {
  const topics = [
    topic('ats.raw.acme', 14),
    topic('pulsifi.raw', 21),
    topic('ingress.dead-letter', 3),
    topic('normalizer.dead-letter', 20),
    topic('normalizer.redrive', 7),
    topic('pulsifi.score.v1', 730),
  ]
  expect(daysReferred(topics)).toBe(21 + 20 + 7)
})
