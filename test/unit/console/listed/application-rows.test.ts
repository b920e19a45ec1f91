import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { applications } from '../../../../services/console/figures/applications.ts'
import { funnel } from '../../../../services/console/figures/funnel.ts'
import { choices } from '../../../../services/console/figures/health.ts'
import { jobs } from '../../../../services/console/figures/jobs.ts'
import { candidate, invitation, job } from '../../../support/console-records.ts'
import { createMemoryTopics, type MemoryTopics } from '../topics-in-memory.ts'

const place = { source: 'jobylon', tenant: 'default' }
const keyOf = (id: string) => `jobylon:default:${id}`
let topics: MemoryTopics
beforeEach(async () => {
  topics = await createMemoryTopics()
})
afterEach(() => topics.database.close())

const person = (id: string, jobId: string, known = {}, received_at = 1_000) =>
  topics.record(
    'candidate',
    keyOf(id),
    candidate(place, id, [jobId], {
      ...known,
      provenance: { ...candidate(place, id, []).provenance, received_at },
    }),
  )
const completed = (id: string, jobId: string, occurred_at: number) =>
  topics.record(
    'invitation',
    `${keyOf(id)}#${jobId}`,
    invitation(place, id, jobId, { outcome: 'INVITED', status: 'completed', occurred_at }),
  )
const idsOf = async (query: object) => {
  const { applications: found } = (await topics.answer(applications, query)) as {
    applications: { application_key: string }[]
  }
  return found.map(({ application_key }) => application_key.split(/[:#]/)[2])
}

describe('a search', () => {
  beforeEach(() =>
    topics.write(
      topics.record(
        'job',
        keyOf('j1'),
        job(place, 'j1', { title: 'Ingénieur qualité', reference: 'REF-Ä1' }),
      ),
      topics.record('job', keyOf('j2'), job(place, 'j2', { title: 'Nurse' })),
      person('a', 'j1', { first_name: 'Zoë', last_name: 'Łukasik' }),
      person('b', 'j2', { first_name: 'Zoe', last_name: 'Müller' }),
      person('c', 'unsent', { first_name: null, last_name: null, email: null }),
      topics.record(
        'invitation',
        `${keyOf('c')}#unsent`,
        invitation(place, 'c', 'unsent', { outcome: 'INVITED', ext_reference_id: 'Ext_77' }),
      ),
    ),
  )

  it.each([
    ['zoe', ['a', 'b']],
    ['ZOË', ['a', 'b']],
    ['lukasik zoe', ['a']],
    ['Muller', ['b']],
    ['ingenieur', ['a']],
    ['qualite ingenieur', ['a']],
    ['ref-a1', ['a']],
    ['muller nurse', ['b']],
    ['lukasik nurse', []],
    ['ext_77', ['c']],
    ['#J2', ['b']],
    ["' OR true --", []],
    ['%', []],
  ])('for %s finds %j', async (q, ids) => {
    expect((await idsOf({ q })).toSorted()).toEqual(ids)
  })

  it.each([
    ['INGENIEUR', 1],
    ['qualité ref', 1],
    ['unsent', 1],
    ['nobody', 0],
  ])('for %s finds %d jobs', async (q, total) => {
    expect(await topics.answer(jobs, { q })).toMatchObject({ total })
  })
})

describe('an order', () => {
  it.each([
    [{ sort: 'received_at' }, ['b', 'a', 'c']],
    [{ sort: 'received_at', order: 'asc' }, ['c', 'a', 'b']],
    [{ sort: 'job_title' }, ['c', 'a', 'b']],
    [{ sort: 'job_title', order: 'desc' }, ['a', 'c', 'b']],
    [{ sort: 'application_key', order: 'desc' }, ['c', 'b', 'a']],
    [{ sort: 'completed_at' }, ['b', 'a', 'c']],
    [{ sort: 'completed_at', order: 'asc' }, ['a', 'b', 'c']],
  ])('of %j; what has no value stands last', async (query, ids) => {
    await topics.write(
      topics.record('job', keyOf('j1'), job(place, 'j1', { title: 'éclair' })),
      topics.record('job', keyOf('j2'), job(place, 'j2', { title: 'Zoo' })),
      topics.record('job', keyOf('j3'), job(place, 'j3', { title: 'Dean' })),
      person('a', 'j1', {}, 2_000),
      person('b', 'unsent', {}, 3_000),
      person('c', 'j3', {}, 1_000),
      completed('a', 'j1', 1_000),
      completed('b', 'unsent', 2_000),
    )
    expect(await idsOf(query)).toEqual(ids)
    const paged = await Promise.all([0, 1, 2].map(offset => idsOf({ ...query, limit: 1, offset })))
    expect(paged.flat()).toEqual(ids)
  })

  it('of what is the same for all shows each on one page, and always on the same', async () => {
    const all = Array.from({ length: 20 }, (_, n) => `p${n}`)
    await topics.write(...all.map(id => person(id, 'j1')))
    const pages = () => Promise.all([0, 5, 10, 15].map(offset => idsOf({ sort: 'state', limit: 5, offset })))
    const shown = await pages()
    expect(shown.flat().toSorted()).toEqual(all.toSorted())
    await topics.write(...all.toReversed().map(id => person(id, 'j1')))
    expect(await pages()).toEqual(shown)
  })
})

it('narrows to days, in UTC, and tells of the same applications everywhere', async () => {
  const day = (n: number, hour = 0) => Date.UTC(2026, 4, n, hour)
  await topics.write(
    person('a', 'j', {}, day(1, 23)),
    person('b', 'j', {}, day(2)),
    person('c', 'k', {}, day(3)),
    // Only the ledger knows it: the first decision stands for the receipt.
    topics.record(
      'invitation',
      `${keyOf('d')}#j`,
      invitation(place, 'd', 'j', { outcome: 'WAITING', occurred_at: day(2, 5) }),
    ),
  )
  const range = { from: '2026-05-02', to: '2026-05-02' }
  expect((await idsOf(range)).toSorted()).toEqual(['b', 'd'])
  expect(await topics.answer(funnel, range)).toMatchObject({ stages: [{ count: 2 }, {}, {}, {}, {}] })
  expect(await topics.answer(jobs, range)).toMatchObject({
    jobs: [
      { job_key: keyOf('j'), applications: 2 },
      { job_key: keyOf('k'), applications: 0 },
    ],
  })
  await expect(idsOf({ from: '2026-05-03', to: '2026-05-02' })).rejects.toThrow(/is after to/)
  await expect(idsOf({ from: '2.5.2026' })).rejects.toThrow(/from/)
})

it('knows how many there are on a page beyond the last one', async () => {
  await topics.write(person('a', 'j'))
  expect(await topics.answer(applications, { offset: 50 })).toEqual({ total: 1, applications: [] })
  expect(await topics.answer(jobs, { offset: 50 })).toMatchObject({ total: 1, jobs: [] })
})

it('lists every job, page by page, and offers the one that is chosen', async () => {
  const ids = Array.from({ length: 230 }, (_, n) => `j${String(n).padStart(3, '0')}`)
  await topics.write(
    ...ids.map(id => topics.record('job', keyOf(id), job(place, id))),
    ...ids.map(id => person(`p${id}`, id)),
    person('another', 'j000'),
  )
  const page = async (offset: number) =>
    (await topics.answer(jobs, { limit: 200, offset })) as { total: number; jobs: { job_key: string }[] }
  const [first, second] = [await page(0), await page(200)]
  expect(first.total).toBe(230)
  expect(new Set([...first.jobs, ...second.jobs].map(({ job_key }) => job_key)).size).toBe(230)
  const offered = (await topics.answer(choices, { job_key: keyOf('j229') })) as {
    jobs: { job_key: string; title: string }[]
    jobs_total: number
  }
  expect(offered.jobs_total).toBe(230)
  expect(offered.jobs).toHaveLength(201)
  expect(offered.jobs.at(-1)).toMatchObject({ job_key: keyOf('j229'), title: 'Job j229' })
})
