import { describe, expect, it } from 'vitest'
import {
  CANONICAL_CANDIDATE,
  deadLetterTopic,
  PULSIFI_INVITATION,
  PULSIFI_SCORE,
  PULSIFI_STATUS,
  rawTopic,
} from '../../../../services/core/topics.ts'
import { boundsOf } from '../../../../services/ops/erasure/erasure.ts'
import {
  completeBy,
  type Found,
  isComplete,
  type PlaceState,
  placesOf,
  type TopicBounds,
} from '../../../../services/ops/erasure/places.ts'
import { candidateRecord } from '../../../support/candidate-record.ts'
import { invitationRecord } from '../../../support/ledger-records.ts'

const DAY_MS = 86_400_000
const NOW_MS = Date.UTC(2026, 0, 31)
const BOUNDS: TopicBounds = { retentionMs: 14 * DAY_MS, compactedWithinMs: 7 * DAY_MS, segmentMs: DAY_MS }
const NONE = { left: 0, atMs: null }

const application = invitationRecord({
  application_key: 'jobylon:default:7',
  outcome: 'INVITED',
  reasons: ['PULSIFI_ERASURE_REQUIRED'],
  pulsifi_candidate_id: 'c-1',
  ext_reference_id: 'jobylon_7',
  invitation_link: null,
  invite_code: null,
  occurred_at: NOW_MS,
})
const erased: Found = {
  canonical: { record: candidateRecord({ lifecycle: 'DELETED' }), atMs: NOW_MS },
  applications: [application],
  references: { left: 0, atMs: NOW_MS },
  access: { left: 0, atMs: NOW_MS },
  results: { left: 0, atMs: NOW_MS },
  scores: { left: 0, atMs: NOW_MS },
  history: { left: 0, atMs: NOW_MS },
  claims: 0,
  aging: [{ topic: rawTopic('jobylon'), records: 2, lastMs: NOW_MS }],
  unnamed: [{ topic: deadLetterTopic('ingress'), records: 1, lastMs: NOW_MS }],
  spool: 0,
  blobs: 0,
  console: 0,
}
/** The last of the above has gone by then. */
const LATER_MS = NOW_MS + 15 * DAY_MS
const GONE = { aging: [], unnamed: [{ topic: deadLetterTopic('ingress'), records: 0, lastMs: null }] }
const places = (change: Partial<Found> = {}, bounds = BOUNDS, nowMs = NOW_MS) =>
  placesOf({ ...erased, ...change }, () => bounds, nowMs)
const stateOf = (change: Partial<Found>, place: string): PlaceState | undefined =>
  places(change).find(item => item.place.startsWith(place))?.state

describe('an erasure', () => {
  it('says of each place when it was emptied and until when the disk may hold it', () => {
    expect(places()).toContainEqual(
      expect.objectContaining({
        ...{ place: `${PULSIFI_SCORE}: scores`, state: 'removed' },
        ...{ at: '2026-01-31T00:00:00.000Z', gone_by: '2026-02-08T00:00:00.000Z' },
      }),
    )
  })

  it('says when age removes what nothing else does', () => {
    const gone_by = '2026-02-15T00:00:00.000Z'
    expect(places()).toContainEqual(
      expect.objectContaining({ place: 'ats.raw.jobylon', state: 'by-age', gone_by }),
    )
    expect(places()).toContainEqual(
      expect.objectContaining({ place: 'ingress.dead-letter', state: 'by-age', gone_by }),
    )
  })

  it('names whom a person must ask Pulsifi to erase', () => {
    const asked = places().filter(({ state }) => state === 'by-a-person')
    expect(asked.map(({ detail }) => detail)).toEqual([expect.stringContaining('candidate c-1 (jobylon_7)')])
    const unknown = { ...application, outcome: 'AMBIGUOUS', pulsifi_candidate_id: null } as const
    expect(JSON.stringify(places({ applications: [unknown] }))).toContain('ext_reference_id jobylon_7')
  })

  it.each([
    ['by a tombstone', { canonical: { record: null, atMs: NOW_MS } }],
    [
      'so long ago that no topic knows of it',
      { canonical: null, applications: [], results: NONE, scores: NONE },
    ],
    ['while no console runs', { console: null }],
  ])('also %s', (_what, change) => {
    expect(isComplete(places({ ...GONE, ...change }, BOUNDS, LATER_MS), LATER_MS)).toBe(true)
  })
})

describe('while records go by age', () => {
  it('it is not complete, and says by when it will be', () => {
    expect(isComplete(places(), NOW_MS)).toBe(false)
    expect(completeBy(places(), NOW_MS)).toBe('2026-02-15T00:00:00.000Z')
  })

  it('it is complete once they have gone, whoever has asked in between', () => {
    const later = places(GONE, BOUNDS, LATER_MS)
    expect([isComplete(later, LATER_MS), completeBy(later, LATER_MS)]).toEqual([true, null])
    expect(later).toContainEqual(expect.objectContaining({ place: 'ingress.dead-letter', state: 'removed' }))
  })

  it('it waits for what tombstones have replaced, too', () => {
    expect(isComplete(places(GONE), NOW_MS)).toBe(false)
    expect(completeBy(places(GONE), NOW_MS)).toBe('2026-02-08T00:00:00.000Z')
    const atTheDate = NOW_MS + 8 * DAY_MS
    expect(isComplete(places(GONE, BOUNDS, atTheDate), atTheDate)).toBe(true)
  })

  it('it waits for the time that the broker has, not for that of a file', () => {
    const longer = { ...BOUNDS, retentionMs: 30 * DAY_MS }
    expect(completeBy(places({}, longer), NOW_MS)).toBe('2026-03-03T00:00:00.000Z')
  })

  it('it is unfinished when they are still there an hour after they should have gone', () => {
    const stateAt = (nowMs: number) =>
      places({}, BOUNDS, nowMs).find(({ place }) => place === rawTopic('jobylon'))?.state
    expect([LATER_MS + 3_600_000, LATER_MS + 3_600_001].map(stateAt)).toEqual(['by-age', 'unfinished'])
  })
})

describe('a broker that removes nothing', () => {
  it.each<[string, TopicBounds, string]>([
    ['by age', { ...BOUNDS, retentionMs: null }, rawTopic('jobylon')],
    ['that nobody can read', { ...BOUNDS, retentionMs: null }, 'ingress.dead-letter'],
    ['by compaction', { ...BOUNDS, compactedWithinMs: null }, CANONICAL_CANDIDATE],
    ['of scores', { ...BOUNDS, compactedWithinMs: null }, PULSIFI_SCORE],
    ['of the ledger', { ...BOUNDS, compactedWithinMs: null }, PULSIFI_INVITATION],
  ])('%s leaves the erasure unfinished, without a date', (_what, bounds, place) => {
    const found = places({}, bounds)
    expect(found.find(item => item.place.startsWith(place))).toMatchObject({
      state: 'unfinished',
      gone_by: null,
    })
    expect([isComplete(found, LATER_MS), completeBy(found, NOW_MS)]).toEqual([false, null])
  })

  it.each<[string, Record<string, string>, Partial<TopicBounds>]>([
    ['for ever', { 'cleanup.policy': 'delete', 'retention.ms': '-1' }, { retentionMs: null }],
    ['by a policy of its own', { 'cleanup.policy': 'compact', 'retention.ms': '5' }, { retentionMs: null }],
    [
      'as it likes',
      { 'cleanup.policy': 'compact', 'max.compaction.lag.ms': '9223372036854775807' },
      { compactedWithinMs: null },
    ],
    ['of which nothing is known', {}, { retentionMs: null, compactedWithinMs: null, segmentMs: 0 }],
    [
      'but what is as it should be',
      {
        ...{ 'cleanup.policy': 'compact, delete', 'retention.ms': '5', 'max.compaction.lag.ms': '7' },
        'segment.ms': '9',
      },
      { retentionMs: 5, compactedWithinMs: 7, segmentMs: 9 },
    ],
  ])('is known by its settings: %s', (_what, config, bounds) => {
    expect(boundsOf(config)).toMatchObject(bounds)
  })
})

it('keeps claims that another record of the person follows, and says so', () => {
  expect([0, 2].map(claims => stateOf({ claims }, 'pulsifi.claim.v1'))).toEqual(['removed', 'kept'])
  const later = places({ ...GONE, claims: 2 }, BOUNDS, LATER_MS)
  expect(isComplete(later, LATER_MS)).toBe(true)
})

describe('an erasure that is unfinished', () => {
  it.each<[string, Partial<Found>]>([
    [CANONICAL_CANDIDATE, { canonical: { record: candidateRecord({}), atMs: NOW_MS } }],
    ['pulsifi.access.v1', { access: { left: 1, atMs: null } }],
    ['pulsifi.result.v1', { results: { left: 1, atMs: null } }],
    [PULSIFI_SCORE, { scores: { left: 3, atMs: NOW_MS } }],
    [PULSIFI_STATUS, { history: { left: 2, atMs: NOW_MS } }],
    ['pulsifi.reference.v1', { references: { left: 1, atMs: null } }],
    [PULSIFI_INVITATION, { applications: [{ ...application, reasons: [] }] }],
    [PULSIFI_INVITATION, { applications: [{ ...application, invite_code: 'abc' }] }],
    ['files', { blobs: 1 }],
    ['console', { console: 2 }],
    ['SPOOL_DIR', { spool: 1 }],
  ])('says so of %s', (place, change) => {
    expect(stateOf(change, place)).toBe('unfinished')
    const later = places({ ...GONE, ...change }, BOUNDS, LATER_MS)
    expect([isComplete(later, LATER_MS), completeBy(later, LATER_MS)]).toEqual([false, null])
  })
})
