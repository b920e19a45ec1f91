import { afterAll, beforeAll, expect, it } from 'vitest'
import { openApplications } from '../../../../services/console/figures/open-applications.ts'
import { createMetrics } from '../../../../services/platform/process/metrics.ts'
import { candidate, invitation } from '../../../support/console-records.ts'
import { createMemoryTopics, type MemoryTopics } from '../topics-in-memory.ts'

const place = { source: 'jobylon', tenant: 'default' }
const HOUR_MS = 3_600_000
let topics: MemoryTopics
const metrics = createMetrics()
beforeAll(async () => {
  topics = await createMemoryTopics()
  metrics.collectApplications(() => openApplications(topics.database))
})
afterAll(() => topics.database.close())

const person = (id: string) =>
  topics.record('candidate', `jobylon:default:${id}`, candidate(place, id, ['j']))
const decided = (id: string, outcome: 'AMBIGUOUS' | 'BLOCKED' | 'INVITED', hoursAgo: number) =>
  topics.record(
    'invitation',
    `jobylon:default:${id}#j`,
    invitation(place, id, 'j', { outcome, occurred_at: Date.now() - hoursAgo * HOUR_MS }),
  )
async function shown(outcome: string): Promise<readonly [count: number, ageHours: number]> {
  const text = await metrics.registry.metrics()
  const sample = (name: string) =>
    Number(new RegExp(`^${name}[{]outcome="${outcome}"[}] (\\S+)$`, 'm').exec(text)?.[1])
  return [
    sample('atsflow_applications_open'),
    Math.round(sample('atsflow_applications_open_oldest_age_seconds') / 3600),
  ]
}

it('counts what is open now, with the age of the oldest decision, and 0 for what is over', async () => {
  await topics.write(
    ...['a', 'b', 'c', 'd'].map(person),
    decided('a', 'AMBIGUOUS', 5),
    decided('b', 'AMBIGUOUS', 3),
    decided('c', 'INVITED', 9),
    decided('d', 'BLOCKED', 1),
  )
  expect(await shown('AMBIGUOUS')).toEqual([2, 5])
  expect(await shown('BLOCKED')).toEqual([1, 1])
  expect(await shown('INVITED')).toEqual([Number.NaN, Number.NaN])

  await topics.write(decided('a', 'INVITED', 0))
  expect(await shown('AMBIGUOUS')).toEqual([1, 3])
  await topics.write(decided('b', 'INVITED', 0))
  expect(await shown('AMBIGUOUS')).toEqual([0, 0])
})
