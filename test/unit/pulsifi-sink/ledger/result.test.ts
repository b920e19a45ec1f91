import fc from 'fast-check'
import { expect, it } from 'vitest'
import { candidateReply, inviteCodeOf } from '../../../../services/platform/pulsifi/pulsifi-api.ts'
import {
  resultContentSha256,
  scoreIds,
  toResult,
  toScores,
} from '../../../../services/pulsifi-sink/ledger/result.ts'

/** The guideline's example of a candidate's details. */
const DETAILS = {
  status: 'completed',
  ext_reference_id: 'ATS12345',
  job_id: 'uuid',
  is_anonymous_candidate: false,
  email: 'johndoe@gmail.com',
  candidate_id: 'c-1',
  invitation_link: 'https://candidate.pulsifi.me/invites/abc/',
  invitation_expired_at: '2024-12-31T23:59:59Z',
  created_at: '2024-09-02T10:30:00Z',
  report_pdf_link: 'https://link.to/pdf',
  report_profile_link: 'https://link.to/profile',
  scores: [
    { score_format: 100, score_type: 'role_fit', score_value: 85 },
    { score_format: 100, score_type: 'organizational_fit', score_value: 90 },
  ],
  additional_scores: [{ score_format: 100, score_type: 'reasoning_numeric', score_value: 88 }],
}
const OBSERVED_AT_MS = Date.parse('2024-09-10T00:00:00Z')
const context = {
  application_key: 'jobylon:default:7',
  candidate_key: 'jobylon:default:7',
  job_key: 'jobylon:default:42',
  ext_reference_id: 'jobylon_7',
  trigger: 'POLL',
  observedAtMs: OBSERVED_AT_MS,
  scoreSets: [],
  sharedFrom: null,
} as const
const resultOf = (change: object) => toResult(candidateReply.parse({ ...DETAILS, ...change }), context)

it('says what Pulsifi said, without the person', () => {
  const result = resultOf({})
  expect(result).toMatchObject({
    application_key: 'jobylon:default:7',
    pulsifi_candidate_id: 'c-1',
    ext_reference_id: 'ATS12345',
    status: 'completed',
    scores: DETAILS.scores,
    additional_scores: DETAILS.additional_scores,
    invitation_expired_at: Date.parse('2024-12-31T23:59:59Z'),
    report_pdf_link_expires_at: Date.parse('2024-12-10T00:00:00Z'),
  })
  expect(JSON.stringify(result)).not.toContain('johndoe')
})

it.each([null, undefined, 'none', [{ score_type: 'role_fit', score_format: 100 }]])(
  'reads scores %j as none',
  scores => {
    expect(resultOf({ scores, additional_scores: scores })).toMatchObject({
      scores: [],
      additional_scores: [],
    })
  },
)

it.each([
  [9.5, 10, 0.95],
  ['85', '100', 0.85],
  [85, 0, null],
])('makes of %j points of %j a share of %j', (score_value, score_format, normalized) => {
  const result = resultOf({
    scores: [{ score_type: 'role_fit', score_value, score_format }],
    additional_scores: null,
  })
  expect(toScores(result, { source: 'jobylon', tenant_id: 'default' })).toMatchObject([
    { kind: 'FIT', normalized },
  ])
})

it('makes one record a score, each with an id of its own', () => {
  const scores = toScores(resultOf({}), { source: 'jobylon', tenant_id: 'default' })
  expect(scores.map(({ kind, score_type }) => [kind, score_type])).toEqual([
    ['FIT', 'role_fit'],
    ['FIT', 'organizational_fit'],
    ['ADDITIONAL', 'reasoning_numeric'],
  ])
  expect(new Set(scores.map(score => score.event_id)).size).toBe(3)
})

it('names every set of scores that was published, so that their ids can be made again', () => {
  const earlier = { content_sha256: 'earlier', observed_at: 1, count: 2 }
  const result = toResult(candidateReply.parse(DETAILS), { ...context, scoreSets: [earlier] })
  const set = { content_sha256: result.content_sha256, observed_at: OBSERVED_AT_MS, count: 3 }
  expect(result.score_sets).toEqual([earlier, set])
  const scores = toScores(result, { source: 'jobylon', tenant_id: 'default' })
  expect(scoreIds(result.application_key, set)).toEqual(scores.map(({ event_id }) => event_id))
  expect(resultOf({ scores: [], additional_scores: [] }).score_sets).toEqual([])
})

const score = fc.record({
  score_type: fc.string(),
  score_value: fc.double({ noNaN: true }),
  score_format: fc.integer(),
})

it('hashes scores in whatever order they come', () => {
  fc.assert(
    fc.property(fc.array(score), fc.array(score), (fit, additional) => {
      expect(resultContentSha256('completed', fit.toReversed(), additional.toReversed())).toBe(
        resultContentSha256('completed', fit, additional),
      )
    }),
  )
})

it.each([
  ['status', { status: 'started' }, false],
  ['a score', { scores: [] }, false],
  ['an additional score', { additional_scores: [] }, false],
  ['where a score stands', { scores: DETAILS.additional_scores, additional_scores: DETAILS.scores }, false],
  ['the links', { report_pdf_link: 'https://link.to/pdf?signed=again', report_profile_link: null }, true],
  ['the end of the invitation', { invitation_expired_at: null }, true],
])('sees whether %s makes a new result', (_what, change, isSame) => {
  expect(resultOf(change).content_sha256 === resultOf({}).content_sha256).toBe(isSame)
})

it.each([
  ['https://candidate.pulsifi.me/invites/abc', 'abc'],
  ['https://candidate.pulsifi.me/invites/abc/?lang=en#x', 'abc'],
  ['https://candidate.pulsifi.me/', null],
  ['string', null],
  [null, null],
])('finds the invite code of %j', (link, code) => {
  expect(inviteCodeOf(link)).toBe(code)
})
