/** The funnel of days that are over, from the history of applications. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ApplicationState } from '../../../../schemas/types.ts'
import { funnelDays } from '../../../../services/console/figures/funnel-days.ts'
import { forgetBefore } from '../../../../services/console/store/forget.ts'
import { status } from '../../../support/console-records.ts'
import { createMemoryTopics, type MemoryTopics } from '../topics-in-memory.ts'

const place = { source: 'jobylon', tenant: 'default' }
const keyOf = (id: string) => `jobylon:default:${id}#j`
const at = (day: number, hour = 12) => Date.UTC(2026, 4, day, hour)

let topics: MemoryTopics
beforeEach(async () => {
  topics = await createMemoryTopics()
})
afterEach(() => topics.database.close())

/** Changes of one application: the day of each. */
const history = (id: string, ...changes: readonly (readonly [ApplicationState, number])[]) =>
  changes.map(([to, day], index) => {
    const from = changes[index - 1]?.[0] ?? null
    const change = { number: index + 1, from, to, ingested_at: at(day), occurred_at: at(day) }
    return topics.record('status', `${keyOf(id)} ${index + 1}`, status(place, id, 'j', change))
  })
const gone = (key: string) => topics.record('status', key, null)

type Answer = { days: { day: string; stages: { count: number }[]; states: object[] }[] }
const days = async (query: object) => ((await topics.answer(funnelDays, query)) as Answer).days
const stagesOf = async (query: object) =>
  (await days(query)).map(({ day, stages }) => [day, ...stages.map(({ count }) => count)])

it('counts at the end of each day what was known then', async () => {
  await topics.write(
    ...history('a', ['received', 1], ['waiting', 1], ['invited', 2], ['started', 4], ['completed', 5]),
    ...history('b', ['received', 2], ['blocked', 2], ['waiting', 4], ['invited', 4], ['expired', 5]),
    ...history('c', ['received', 4], ['skipped', 4]),
  )
  expect(await stagesOf({ from: '2026-05-01', to: '2026-05-05' })).toEqual([
    ['2026-05-01', 1, 0, 0, 0, 0],
    ['2026-05-02', 2, 1, 0, 0, 0],
    ['2026-05-03', 2, 1, 0, 0, 0],
    ['2026-05-04', 3, 2, 1, 1, 0],
    ['2026-05-05', 3, 2, 1, 1, 1],
  ])
  const [first, , , , last] = await days({ from: '2026-05-01', to: '2026-05-05' })
  expect(first?.states).toEqual([{ state: 'waiting', count: 1 }])
  expect(last?.states).toEqual(
    expect.arrayContaining([
      { state: 'completed', count: 1 },
      { state: 'expired', count: 1 },
      { state: 'skipped', count: 1 },
    ]),
  )
})

it('is the same of a day, whichever days are asked for', async () => {
  await topics.write(...history('a', ['received', 1], ['waiting', 1], ['invited', 2], ['opened', 3]))
  const [alone] = await days({ from: '2026-05-03', to: '2026-05-03' })
  expect(alone).toEqual((await days({ from: '2026-05-01', to: '2026-05-03' })).at(-1))
})

it('ends a day at midnight in UTC', async () => {
  const late = status(place, 'a', 'j', { ingested_at: Date.UTC(2026, 4, 1, 23, 59, 59, 999) })
  const early = status(place, 'b', 'j', { ingested_at: Date.UTC(2026, 4, 2) })
  await topics.write(topics.record('status', keyOf('a'), late), topics.record('status', keyOf('b'), early))
  expect((await stagesOf({ from: '2026-05-01', to: '2026-05-02' })).map(([, known]) => known)).toEqual([1, 2])
})

it('forgets a person with all changes, and keeps that there was an erasure', async () => {
  await topics.write(
    ...history('a', ['received', 1], ['waiting', 1], ['invited', 1]),
    ...history('b', ['received', 1], ['waiting', 1]),
  )
  await topics.write(
    ...[1, 2, 3].map(number => gone(`${keyOf('a')} ${number}`)),
    gone(keyOf('a')),
    topics.record(
      'status',
      `${keyOf('a')} 4`,
      status(place, 'a', 'j', { number: 4, from: 'invited', to: 'erased', ingested_at: at(2) }),
    ),
  )
  expect(await stagesOf({ from: '2026-05-01', to: '2026-05-02' })).toEqual([
    ['2026-05-01', 1, 0, 0, 0, 0],
    ['2026-05-02', 2, 0, 0, 0, 0],
  ])
  expect((await days({ from: '2026-05-02', to: '2026-05-02' }))[0]?.states).toEqual(
    expect.arrayContaining([
      { state: 'waiting', count: 1 },
      { state: 'erased', count: 1 },
    ]),
  )
})

it('takes the marker alone for all changes before it', async () => {
  await topics.write(...history('a', ['received', 1], ['waiting', 1]), gone(keyOf('a')))
  expect(await stagesOf({ from: '2026-05-01', to: '2026-05-01' })).toEqual([['2026-05-01', 0, 0, 0, 0, 0]])
})

describe('what is counted as it is written', () => {
  const read = (sql: string) => topics.database.read(`${sql} ORDER BY ALL`)
  const MAY = { from: '2026-05-01', to: '2026-05-09' }

  /** The same, counted of every change that is there. */
  async function isWhatChangesSay(): Promise<void> {
    const [counted, anew, came, reached] = await Promise.all([
      read('SELECT * FROM status_day WHERE count <> 0'),
      read(
        'SELECT ingested_at::DATE AS day, source, tenant_id, from_state, to_state, count(*) AS count FROM status GROUP BY ALL',
      ),
      read('SELECT id, invited_on, completed_on FROM history'),
      read(`SELECT hash(application_key) AS id, min(ingested_at::DATE) AS invited_on,
              min(ingested_at::DATE) FILTER (to_state = 'completed') AS completed_on
            FROM status WHERE to_state IN ('invited', 'started', 'completed', 'expired') GROUP BY ALL`),
    ])
    expect(counted).toEqual(anew)
    expect(came).toEqual(reached)
    // Of one job it is counted when somebody asks.
    expect(await stagesOf({ ...MAY, job_key: 'jobylon:default:j' })).toEqual(await stagesOf(MAY))
  }

  const changes = () => [
    ...history('a', ['received', 1], ['invited', 2], ['started', 4], ['completed', 5]),
    ...history('b', ['received', 2], ['waiting', 2], ['invited', 3], ['expired', 7]),
    ...history('c', ['received', 4], ['skipped', 4]),
  ]
  it('is the same of one batch and of many, in any order', async () => {
    await topics.write(...changes())
    await isWhatChangesSay()
    const once = await days(MAY)
    await topics.database.clear()
    for (const change of changes().toReversed()) await topics.write(change)
    await isWhatChangesSay()
    expect(await stagesOf(MAY)).toEqual(
      once.map(({ day, stages }) => [day, ...stages.map(({ count }) => count)]),
    )
  })

  it('loses what is erased, and what has gone by age', async () => {
    for (const change of changes()) await topics.write(change)
    await topics.write(gone(`${keyOf('b')} 1`), gone(keyOf('b')))
    await isWhatChangesSay()
    expect((await stagesOf(MAY)).at(-1)).toEqual(['2026-05-09', 2, 1, 1, 1, 1])
    expect(await forgetBefore(topics.database, new Map([['pulsifi.status.v1/0', 2]]))).toBe(true)
    await isWhatChangesSay()
    expect(await read('SELECT number FROM status')).toHaveLength(4)
    expect(await forgetBefore(topics.database, new Map([['pulsifi.status.v1/0', 2]]))).toBe(false)
  })
})

it.each([
  [{ from: '2026-05-02', to: '2026-05-01' }, /is after to/],
  [{ from: '2020-05-02', to: '2026-05-01' }, /more than 400 days/],
  [{ from: 'yesterday' }, /from/],
])('refuses %j', async (query, message) => {
  await expect(topics.answer(funnelDays, query)).rejects.toThrow(message)
})
