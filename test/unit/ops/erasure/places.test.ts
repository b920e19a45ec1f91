import { describe, expect, it } from 'vitest'
import {
  CANONICAL_CANDIDATE,
  deadLetterTopic,
  PULSIFI_INVITATION,
  PULSIFI_SCORE,
  PULSIFI_STATUS,
  rawTopic,
} from '../../../../services/core/topics.ts'
import {
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
  results: { left: 0, atMs: NOW_MS },
  scores: { left: 0, atMs: NOW_MS },
  history: { left: 0, atMs: NOW_MS },
  claims: 0,
  aging: [{ topic: rawTopic('jobylon'), records: 2, lastMs: NOW_MS }],
  unnamed: [deadLetterTopic('ingress')],
  blobs: 0,
  console: 0,
}
const places = (change: Partial<Found> = {}) => placesOf({ ...erased, ...change }, () => BOUNDS, NOW_MS)
const stateOf = (change: Partial<Found>, place: string): PlaceState | undefined =>
  places(change).find(item => item.place.startsWith(place))?.state

describe('an erasure that is complete', () => {
  it('says of each place when it was emptied and until when the disk may hold it', () => {
    expect(isComplete(places())).toBe(true)
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
    expect(isComplete(places(change))).toBe(true)
  })
})

it('keeps claims that another record of the person follows, and says so', () => {
  expect([0, 2].map(claims => stateOf({ claims }, 'pulsifi.claim.v1'))).toEqual(['removed', 'kept'])
  expect(isComplete(places({ claims: 2 }))).toBe(true)
})

describe('an erasure that is unfinished', () => {
  it.each<[string, Partial<Found>]>([
    [CANONICAL_CANDIDATE, { canonical: { record: candidateRecord({}), atMs: NOW_MS } }],
    ['pulsifi.result.v1', { results: { left: 1, atMs: null } }],
    [PULSIFI_SCORE, { scores: { left: 3, atMs: NOW_MS } }],
    [PULSIFI_STATUS, { history: { left: 2, atMs: NOW_MS } }],
    ['pulsifi.reference.v1', { references: { left: 1, atMs: null } }],
    [PULSIFI_INVITATION, { applications: [{ ...application, reasons: [] }] }],
    [PULSIFI_INVITATION, { applications: [{ ...application, invite_code: 'abc' }] }],
    ['files', { blobs: 1 }],
    ['console', { console: 2 }],
  ])('says so of %s', (place, change) => {
    expect(stateOf(change, place)).toBe('unfinished')
    expect(isComplete(places(change))).toBe(false)
  })
})
