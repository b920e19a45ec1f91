import { afterEach, beforeEach, expect, it } from 'vitest'
import { jobs } from '../../../../services/console/figures/jobs.ts'
import { scoreDistribution, scoreTypes } from '../../../../services/console/figures/scores.ts'
import { scoresOverTime } from '../../../../services/console/figures/scores-over-time.ts'
import { candidate, score } from '../../../support/console-records.ts'
import { createMemoryTopics, type MemoryTopics } from '../topics-in-memory.ts'

const place = { source: 'jobylon', tenant: 'default' }
let topics: MemoryTopics
beforeEach(async () => {
  topics = await createMemoryTopics()
})
afterEach(() => topics.database.close())

const scored = (id: string, jobId: string, score_value: number, known = {}) =>
  topics.record('score', `${id}${score_value}`, score(place, id, jobId, { score_value, ...known }))

it('compares groups by quartiles, and names those that are too small for them', async () => {
  await topics.write(
    ...Array.from({ length: 11 }, (_, n) => scored(`a${n}`, 'large', n * 10)),
    ...[70, 30].map(value => scored(`b${value}`, 'small', value)),
  )
  expect(await topics.answer(scoreDistribution, { by: 'job_key' })).toMatchObject({
    groups_total: 2,
    series: [
      {
        ...{ group: 'jobylon:default:large', count: 11, is_small: false, values: null },
        ...{ lowest: 0, p25: 25, p50: 50, p75: 75, highest: 100 },
      },
      {
        ...{ group: 'jobylon:default:small', count: 2, is_small: true, values: [30, 70] },
        ...{ lowest: 30, p25: null, p50: 50, p75: null, highest: 70 },
      },
    ],
  })
})

it('says how many groups there are when it shows fewer', async () => {
  await topics.write(...Array.from({ length: 9 }, (_, n) => scored(`a${n}`, `j${n}`, 50)))
  const answer = (await topics.answer(scoreDistribution, { by: 'job_key' })) as { series: unknown[] }
  expect(answer).toMatchObject({ groups_total: 9 })
  expect(answer.series).toHaveLength(6)
})

it('gives jobs the median of one type, and says which', async () => {
  const known = { score_type: 'organizational_fit', event_id: 'x' }
  await topics.write(scored('a', 'j', 20), scored('b', 'j', 40), scored('a', 'j', 90, known))
  const figures = { score_type: 'role_fit', score_count: 2, score_p50: 30 }
  expect(await topics.answer(jobs)).toMatchObject({ score_type: 'role_fit', jobs: [] })
  await topics.write(topics.record('candidate', 'jobylon:default:a', candidate(place, 'a', ['j'])))
  expect(await topics.answer(jobs)).toMatchObject({ score_type: 'role_fit', jobs: [figures] })
  expect(await topics.answer(jobs, { score_type: 'organizational_fit' })).toMatchObject({
    jobs: [{ score_type: 'organizational_fit', score_count: 1, score_p50: 90 }],
  })
})

it('counts only scores of applications received on the days asked for', async () => {
  const received = (id: string, received_at: number) =>
    candidate(place, id, ['j'], { provenance: { ...candidate(place, id, []).provenance, received_at } })
  await topics.write(
    topics.record('candidate', 'jobylon:default:a', received('a', Date.UTC(2026, 4, 1, 23, 59))),
    topics.record('candidate', 'jobylon:default:b', received('b', Date.UTC(2026, 4, 2))),
    scored('a', 'j', 20),
    scored('b', 'j', 40),
  )
  const types = (query: object) => topics.answer(scoreTypes, query)
  expect(await types({ from: '2026-05-02' })).toMatchObject({ types: [{ count: 1, p50: 40 }] })
  expect(await types({ to: '2026-05-01' })).toMatchObject({ types: [{ count: 1, p50: 20 }] })
  expect(await types({ from: '2026-05-01', to: '2026-05-02' })).toMatchObject({ types: [{ count: 2 }] })
})

it.each([
  [0, 'minute', ['2026-05-04T10:30:00.000Z']],
  [4 * 3_600_000, 'hour', ['2026-05-04T10:00:00.000Z', '2026-05-04T14:00:00.000Z']],
  [5 * 86_400_000, 'day', ['2026-05-04T00:00:00.000Z', '2026-05-09T00:00:00.000Z']],
  [101 * 86_400_000, 'week', ['2026-05-04T00:00:00.000Z', '2026-08-10T00:00:00.000Z']],
  [800 * 86_400_000, 'month', ['2026-05-01T00:00:00.000Z', '2028-07-01T00:00:00.000Z']],
])('chooses an interval by which scores over %d ms can be read: %s', async (spanMs, interval, starts) => {
  const first = Date.UTC(2026, 4, 4, 10, 30)
  await topics.write(
    scored('a', 'j', 20, { observed_at: first }),
    scored('b', 'j', 80, { observed_at: first + spanMs }),
    // Of another type: it stretches nothing.
    scored('a', 'j', 90, { score_type: 'x', kind: 'ADDITIONAL', event_id: 'x', observed_at: 0 }),
  )
  expect(await topics.answer(scoresOverTime)).toMatchObject({
    interval,
    points: starts.map(starts_at => ({ starts_at })),
  })
})

it('has no interval to choose where there is no score, and answers in the one that is asked for', async () => {
  await topics.write(scored('a', 'j', 20))
  const empty = { job_key: 'jobylon:default:other' }
  expect(await topics.answer(scoresOverTime, empty)).toMatchObject({ interval: 'day', points: [] })
  const asked = { ...empty, interval: 'week' }
  expect(await topics.answer(scoresOverTime, asked)).toMatchObject({ interval: 'week', points: [] })
})
