import { expect, it } from 'vitest'
import { type Arrival, compare, type Version } from '../../../services/normalizer/version-of.ts'

const known = (change: Partial<Version> = {}): Version => ({
  ...{ content: 'a', clockMs: null, receivedAtMs: 1_000_000, deleted: false, deletedAtMs: null },
  ...{ isUndated: false, bodySha256: 'A', superseded: [], said: 0, topicId: '', offset: 0, ...change },
})
const ARRIVAL: Arrival = { clock: 'versions', repeatsWithinMs: 0, isLate: false, isAside: false }

it.each<[string, Version, Partial<Version>, Partial<Arrival>, string]>([
  [
    'other content from before it in the topic, whatever the clocks show',
    known({ topicId: 't', offset: 5, receivedAtMs: 1 }),
    { content: 'b', topicId: 't', offset: 4, receivedAtMs: 9_000_000 },
    { clock: 'activity' },
    'stale',
  ],
  [
    'an activity from before it that was older by far',
    known({ topicId: 't', offset: 5, clockMs: 9, receivedAtMs: 9_000_000 }),
    { content: 'b', topicId: 't', offset: 4, clockMs: 1, receivedAtMs: 1 },
    { clock: 'activity' },
    'stale',
  ],
  [
    'other content from behind it in the topic',
    known({ topicId: 't', offset: 5 }),
    { content: 'b', topicId: 't', offset: 6, receivedAtMs: 1 },
    {},
    'newer',
  ],
  [
    'an equal clock from before it in the topic',
    known({ topicId: 't', offset: 5, clockMs: 2 }),
    { content: 'b', topicId: 't', offset: 4, clockMs: 2 },
    {},
    'stale',
  ],
  [
    'a newer clock of versions from before it, which nobody could read then',
    known({ topicId: 't', offset: 5, clockMs: 2 }),
    { content: 'b', topicId: 't', offset: 4, clockMs: 3 },
    {},
    'newer',
  ],
  [
    'other content in a copy of the topic, received earlier',
    known({ topicId: 't', offset: 5 }),
    { content: 'b', topicId: 'copy', offset: 9, receivedAtMs: 999_999 },
    {},
    'stale',
  ],
  [
    'other content in a copy of the topic, received later',
    known({ topicId: 't', offset: 5 }),
    { content: 'b', topicId: 'copy', offset: 1, receivedAtMs: 1_000_001 },
    {},
    'newer',
  ],
  [
    'what brought somebody back before they were deleted again',
    known({ topicId: 't', offset: 5, deleted: true, deletedAtMs: 1_000_000 }),
    { content: 'b', topicId: 't', offset: 4, clockMs: 9_000_000, receivedAtMs: 9_000_000 },
    { clock: 'activity' },
    'stale',
  ],
  [
    'a deletion from before somebody came back',
    known({ topicId: 't', offset: 5 }),
    { content: 'b', topicId: 't', offset: 4, deleted: true },
    {},
    'stale',
  ],
])('%s is compared with what came after it', (_, before, incoming, arrival, expected) => {
  expect(compare(known(incoming), before, { ...ARRIVAL, ...arrival }).type).toBe(expected)
})
