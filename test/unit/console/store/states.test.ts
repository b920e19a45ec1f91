import { afterEach, beforeEach, expect, it } from 'vitest'
import type { PulsifiInvitation } from '../../../../schemas/types.ts'
import { applications } from '../../../../services/console/figures/applications.ts'
import { STATES } from '../../../../services/console/store/states.ts'
import { standingOf } from '../../../../services/pulsifi-sink/history/standing.ts'
import { candidate, invitation } from '../../../support/console-records.ts'
import { createMemoryTopics, type MemoryTopics } from '../topics-in-memory.ts'

const place = { source: 'jobylon', tenant: 'default' }
let topics: MemoryTopics
beforeEach(async () => {
  topics = await createMemoryTopics()
})
afterEach(() => topics.database.close())

const RECORDS: readonly Partial<PulsifiInvitation>[] = [
  { outcome: 'WAITING', reasons: ['JOB_UNBOUND'] },
  { outcome: 'INTENDED' },
  { outcome: 'BLOCKED', reasons: ['EMAIL_MISSING'] },
  { outcome: 'FAILED', reasons: ['HTTP_400'] },
  { outcome: 'AMBIGUOUS', reasons: ['TIMEOUT'] },
  { outcome: 'SKIPPED', reasons: ['OPTED_OUT'] },
  { outcome: 'SKIPPED', reasons: ['SOURCE_DELETED'] },
  { outcome: 'INVITED', status: null },
  ...['invited', 'opened', 'started', 'completed', 'expired', 'a word of later'].map(
    status => ({ outcome: 'INVITED', status }) as const,
  ),
  { outcome: 'INVITED', status: 'completed', reasons: ['PULSIFI_ERASURE_REQUIRED'] },
]

it('says of every record what the history says of it', async () => {
  const records = RECORDS.map((known, at) => invitation(place, `p${at}`, 'j', known))
  await topics.write(...records.map(record => topics.record('invitation', record.application_key, record)))
  const { applications: found } = (await topics.answer(applications, { limit: 50 })) as {
    applications: { application_key: string; state: string }[]
  }
  const told = new Map(found.map(({ application_key, state }) => [application_key, state]))
  expect(records.map(({ application_key }) => told.get(application_key))).toEqual(
    records.map(record => standingOf({ ...record, state: 'invited' }).state),
  )
})

it('finds by each state what stands there, and nothing twice', async () => {
  await topics.write(
    topics.record('candidate', 'jobylon:default:new', candidate(place, 'new', ['j'])),
    ...RECORDS.map((known, at) => invitation(place, `p${at}`, 'j', known)).map(record =>
      topics.record('invitation', record.application_key, record),
    ),
  )
  const totals = await Promise.all(
    STATES.map(async state => ((await topics.answer(applications, { state })) as { total: number }).total),
  )
  expect(Math.min(...totals)).toBeGreaterThan(0)
  expect(totals.reduce((sum, total) => sum + total, 0)).toBe(RECORDS.length + 1)
})
