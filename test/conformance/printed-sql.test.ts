/** SQL that is printed runs in the console as it stands there; `test/extended/warehouse-tables.test.ts` runs it in PostgreSQL. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { selectOnly } from '../../services/platform/duckdb/select-only.ts'
import { writePeople } from '../support/console-people.ts'
import { QUESTIONS } from '../support/printed-sql.ts'
import { createMemoryTopics, type MemoryTopics } from '../unit/console/topics-in-memory.ts'

let topics: MemoryTopics
beforeAll(async () => {
  topics = await createMemoryTopics()
  await writePeople(topics, { people: 50, jobs: 5, untilMs: Date.UTC(2026, 3, 20) })
})
afterAll(() => topics.database.close())

it('is found where it is printed', () => {
  const pages = new Set(QUESTIONS.map(({ place }) => place.split(',')[0]))
  expect([...pages]).toEqual(expect.arrayContaining(['README.md', 'infra/warehouse/README.md']))
})

it.each(QUESTIONS)('is answered in the console: $place', async ({ sql }) => {
  const answer = await topics.database.use(connection => selectOnly(connection, sql, 1_000, 5_000))
  expect(answer.rows).not.toEqual([])
})
