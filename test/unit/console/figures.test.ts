import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { timeline } from '../../../services/console/figures/application/timeline.ts'
import { applications } from '../../../services/console/figures/applications.ts'
import { funnel } from '../../../services/console/figures/funnel.ts'
import { jobs } from '../../../services/console/figures/jobs.ts'
import { scoreDistribution, scoreTypes } from '../../../services/console/figures/scores.ts'
import { scoresOverTime } from '../../../services/console/figures/scores-over-time.ts'
import { binding, candidate, invitation, job, result, score } from '../../support/console-records.ts'
import { createMemoryTopics, type MemoryTopics } from './topics-in-memory.ts'

const place = { source: 'jobylon', tenant: 'default' }
const keyOf = (id: string) => `jobylon:default:${id}`
const applicationKey = (id: string) => `${keyOf(id)}#j`

let topics: MemoryTopics
beforeEach(async () => {
  topics = await createMemoryTopics()
})
afterEach(() => topics.database.close())

const person = (id: string, jobIds = ['j'], known = {}) =>
  topics.record('candidate', keyOf(id), candidate(place, id, jobIds, known))
const invited = (id: string, known: object) =>
  topics.record('invitation', applicationKey(id), invitation(place, id, 'j', known))
const scored = (id: string, known: object) =>
  topics.record('score', applicationKey(id), score(place, id, 'j', known))
const read = (sql: string) => topics.database.read(sql)

describe('the funnel', () => {
  it('counts an application at every stage that it reached, also when a status was missed', async () => {
    await topics.write(
      ...['a', 'b', 'c', 'd'].map(id => person(id)),
      invited('a', { outcome: 'INVITED', status: 'invited' }),
      invited('a', { outcome: 'INVITED', status: 'completed' }),
      invited('b', { outcome: 'INVITED', status: 'opened' }),
      invited('b', { outcome: 'INVITED', status: 'expired' }),
      invited('c', { outcome: 'BLOCKED', reasons: ['JOB_BLOCKED:DESCRIPTION_TOO_SHORT:120'] }),
    )
    expect(await topics.answer(funnel)).toMatchObject({
      intake: null,
      stages: [
        { stage: 'canonical', count: 4, from_previous: null },
        { stage: 'invited', count: 2, from_previous: 0.5 },
        { stage: 'opened', count: 2 },
        { stage: 'started', count: 1 },
        { stage: 'completed', count: 1, from_previous: 1 },
      ],
      states: [
        { state: 'received', count: 1 },
        { state: 'blocked', count: 1 },
        { state: 'completed', count: 1 },
        { state: 'expired', count: 1 },
      ],
      reasons: [{ outcome: 'BLOCKED', code: 'JOB_BLOCKED:DESCRIPTION_TOO_SHORT', count: 1 }],
    })
  })

  it('finds by a filter exactly the applications that it counted', async () => {
    await topics.write(
      person('a'),
      person('b'),
      person('c'),
      invited('a', { outcome: 'BLOCKED', reasons: ['DESCRIPTION_TOO_SHORT:12'] }),
      invited('b', { outcome: 'BLOCKED', reasons: ['DESCRIPTION_TOO_SHORT:30'] }),
    )
    const found = (query: object) => topics.answer(applications, query)
    expect(await found({ outcome: 'BLOCKED', reason: 'DESCRIPTION_TOO_SHORT' })).toMatchObject({ total: 2 })
    expect(await found({ outcome: 'UNDECIDED' })).toMatchObject({ total: 1 })
    expect(await found({ reached: 'invited' })).toMatchObject({ total: 0 })
    expect(await found({ q: "B#J' --" })).toMatchObject({ total: 0 })
    expect(await found({ q: 'B#j' })).toMatchObject({ total: 1 })
  })

  it.each([
    ['candidates first', ['candidate', 'ledger']],
    ['the ledger first', ['ledger', 'candidate']],
  ])('is the same whichever topic is read first: %s', async (_, order) => {
    const rows = {
      candidate: [
        person('a', ['j', 'k']),
        person('a', ['j'], { provenance: { ...candidate(place, 'a', []).provenance, received_at: 9_000 } }),
        person('b', ['j']),
      ],
      ledger: [
        invited('a', { outcome: 'WAITING', reasons: ['JOB_UNBOUND'] }),
        invited('a', { outcome: 'INVITED', status: 'invited', occurred_at: 5_000 }),
      ],
    }
    for (const part of order) for (const row of rows[part as 'candidate' | 'ledger']) await topics.write(row)
    expect(
      await read(
        'SELECT application_key, in_canonical, outcome, job_key, epoch_ms(received_at) AS received FROM application ORDER BY 1',
      ),
    ).toEqual([
      {
        application_key: 'jobylon:default:a#j',
        in_canonical: true,
        outcome: 'INVITED',
        job_key: 'jobylon:default:j',
        received: 1_000,
      },
      {
        application_key: 'jobylon:default:a#k',
        in_canonical: false,
        outcome: null,
        job_key: 'jobylon:default:k',
        received: 1_000,
      },
      {
        application_key: 'jobylon:default:b#j',
        in_canonical: true,
        outcome: null,
        job_key: 'jobylon:default:j',
        received: 1_000,
      },
    ])
    expect(await topics.answer(funnel)).toMatchObject({ stages: [{ count: 2 }, {}, {}, {}, {}] })
  })

  it('no longer counts whom the ledger forgot before the candidate', async () => {
    await topics.write(person('a'), invited('a', { outcome: 'WAITING', reasons: ['JOB_UNBOUND'] }))
    await topics.write(topics.record('invitation', applicationKey('a'), null))
    expect(await topics.answer(applications)).toMatchObject({ applications: [{ name: 'Test Person a' }] })
    await topics.write(topics.record('candidate', keyOf('a'), null))
    expect(await topics.answer(funnel)).toMatchObject({ stages: [{ count: 0 }, {}, {}, {}, {}] })
  })
})

describe('scores', () => {
  it('count once for each application and type, with the newest observation', async () => {
    await topics.write(
      scored('a', { score_value: 10, observed_at: 1_000 }),
      scored('a', { score_value: 90, observed_at: 3_000 }),
    )
    await topics.write(scored('a', { score_value: 20, observed_at: 2_000 }))
    await topics.write(
      scored('b', { score_value: 100, observed_at: 1_000 }),
      scored('b', { score_type: 'x', kind: 'ADDITIONAL' }),
    )
    expect(await topics.answer(scoreTypes)).toMatchObject({
      types: [
        { score_type: 'role_fit', count: 2, mean: 95 },
        { score_type: 'x', count: 1 },
      ],
    })
    const answer = await topics.answer(scoreDistribution, { bins: '10' })
    expect(answer).toMatchObject({ score_type: 'role_fit', series: [{ count: 2, p50: 95 }] })
    expect(answer).toHaveProperty('series.0.counts', [0, 0, 0, 0, 0, 0, 0, 0, 0, 2])
    expect(await topics.answer(scoresOverTime, { interval: 'minute' })).toMatchObject({
      points: [{ count: 2, p50: 95 }],
    })
  })

  it.each(['result first', 'score first'])('before a deleted result are gone: %s', async order => {
    const parts = [
      [
        topics.record('result', applicationKey('a'), result(place, 'a', 'j')),
        topics.record('result', applicationKey('a'), null, 5_000),
      ],
      [scored('a', { observed_at: 4_000 }), scored('a', { score_type: 'later', observed_at: 6_000 })],
    ]
    for (const part of order === 'result first' ? parts : parts.toReversed()) await topics.write(...part)
    expect(await read('SELECT score_type FROM score')).toEqual([{ score_type: 'later' }])
    expect(await read('SELECT count(*) AS n FROM result_event WHERE NOT is_tombstone')).toEqual([{ n: 0 }])
  })

  it.each([
    ['one by one, by their own keys', ['e1'], ['e2', 'e3']],
    ['all of an application, by its key', [applicationKey('a')], ['e3']],
  ])('go with the person: %s', async (_what, keys, left) => {
    await topics.write(
      scored('a', { event_id: 'e1' }),
      scored('a', { event_id: 'e2', score_type: 'hard_skill' }),
      scored('b', { event_id: 'e3' }),
    )
    await topics.write(...keys.map(key => topics.record('score', key, null)))
    expect(await read('SELECT event_id FROM score ORDER BY event_id')).toEqual(
      left.map(event_id => ({ event_id })),
    )
  })
})

it('keeps a name only as long as the person is there', async () => {
  await topics.write(person('a'), person('b'))
  expect(await topics.answer(applications, { q: 'person a@example.com' })).toMatchObject({
    total: 1,
    applications: [{ name: 'Test Person a' }],
  })
  await topics.write(person('a', [], { lifecycle: 'DELETED' }), topics.record('candidate', keyOf('b'), null))
  expect(await read('SELECT * FROM person')).toEqual([])
})

it('compares jobs, also those that nobody sent', async () => {
  await topics.write(
    topics.record('job', keyOf('j'), job(place, 'j')),
    topics.record(
      'binding',
      keyOf('j'),
      binding(place, 'j', { state: 'BLOCKED', block_reasons: ['TITLE_MISSING'] }),
    ),
    person('a'),
    person('b', ['unsent']),
    invited('a', { outcome: 'INVITED', status: 'completed' }),
    scored('a', { score_value: 70 }),
  )
  expect(await topics.answer(jobs)).toMatchObject({
    total: 2,
    jobs: [
      {
        title: 'Job j',
        binding_state: 'BLOCKED',
        reasons: ['TITLE_MISSING'],
        reason_texts: ['The job has no title'],
        applications: 1,
        completed: 1,
        score_p50: 70,
      },
      { title: null, job_key: 'jobylon:default:unsent', applications: 1 },
    ],
  })
})

it('tells every record about an application, with its place on a topic', async () => {
  await topics.write(
    topics.record('job', keyOf('j'), job(place, 'j')),
    person('a'),
    invited('a', { outcome: 'BLOCKED', reasons: ['EMAIL_MISSING'], occurred_at: 2_000 }),
  )
  const answer = (await topics.answer(timeline, { key: applicationKey('a') })) as {
    records: { topic: string }[]
  }
  expect(answer.records.map(({ topic }) => topic)).toEqual([
    'ats.canonical.candidate.v1',
    'ats.canonical.job.v1',
    'ats.raw.jobylon',
    'pulsifi.invitation.v1',
  ])
  expect(answer.records.at(-1)).toMatchObject({
    text: 'Blocked',
    details: ['No e-mail address'],
    partition: 0,
    offset: 0,
  })
  expect(JSON.stringify(await read('SELECT * FROM invitation_event'))).not.toContain('secret')
})
