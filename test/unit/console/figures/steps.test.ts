import { afterEach, beforeEach, expect, it } from 'vitest'
import { steps } from '../../../../services/console/figures/steps.ts'
import { candidate, invitation } from '../../../support/console-records.ts'
import { createMemoryTopics, type MemoryTopics } from '../topics-in-memory.ts'

const place = { source: 'jobylon', tenant: 'default' }
let topics: MemoryTopics
beforeEach(async () => {
  topics = await createMemoryTopics()
})
afterEach(() => topics.database.close())

/** Received at 1 s; the second of each status. */
const walked = (id: string, seconds: Readonly<Record<string, number>>) => [
  topics.record('candidate', `jobylon:default:${id}`, candidate(place, id, ['j'])),
  ...Object.entries(seconds).map(([status, second]) =>
    topics.record(
      'invitation',
      `jobylon:default:${id}#j`,
      invitation(place, id, 'j', { outcome: 'INVITED', status, occurred_at: second * 1_000 }),
    ),
  ),
]

interface Answer {
  readonly count: number
  readonly left_out: number
  readonly steps: readonly { from: string; to: string; count: number; p50_seconds: number | null }[]
}
const answer = async (query = {}) => (await topics.answer(steps, query)) as Answer
const medians = ({ steps: list }: Answer) => list.map(({ from, to, p50_seconds }) => [from, to, p50_seconds])

it('measures every step of the same applications, between the first records that say so', async () => {
  await topics.write(
    ...walked('a', { invited: 3, opened: 5, started: 8, completed: 12 }),
    // The same status again, much later.
    ...walked('a', { completed: 99 }),
    // Opened after an hour, and never completed: it would make opening look slower than the whole.
    ...walked('b', { invited: 3, opened: 3_600 }),
    // Never seen in between.
    ...walked('c', { invited: 2, completed: 4 }),
  )
  const every = await answer()
  expect(every).toMatchObject({ count: 1, left_out: 1 })
  expect(medians(every)).toEqual([
    ['received', 'invited', 2],
    ['invited', 'opened', 2],
    ['opened', 'started', 3],
    ['started', 'completed', 4],
    ['invited', 'completed', 9],
  ])
  expect(new Set(every.steps.map(({ count }) => count))).toEqual(new Set([1]))
})

it('counts those, too, that were not seen in between, when only the ends are asked for', async () => {
  await topics.write(...walked('c', { invited: 2, completed: 4 }))
  const ends = await answer({ path: 'ends' })
  expect(ends).toMatchObject({ count: 1, left_out: 0 })
  expect(medians(ends)).toEqual([
    ['received', 'invited', 1],
    ['invited', 'completed', 2],
  ])
})

it('goes up to the step that is asked for', async () => {
  await topics.write(...walked('b', { invited: 3, opened: 5 }), ...walked('d', { invited: 4 }))
  expect(medians(await answer({ until: 'invited' }))).toEqual([['received', 'invited', 2.5]])
  expect(medians(await answer({ until: 'opened' }))).toEqual([
    ['received', 'invited', 2],
    ['invited', 'opened', 2],
  ])
})

it('says nothing of the slowest twentieth of a few', async () => {
  await topics.write(...walked('a', { invited: 3 }))
  expect((await answer({ until: 'invited' })).steps).toMatchObject([{ p50_seconds: 2, p95_seconds: null }])
})
