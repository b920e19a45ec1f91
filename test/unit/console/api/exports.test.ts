import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  EXPORTS,
  type ExportName,
  exportTable,
  type FormatName,
} from '../../../../services/console/api/exports.ts'
import { applications } from '../../../../services/console/figures/applications.ts'
import { jobs } from '../../../../services/console/figures/jobs.ts'
import { VIEWS } from '../../../../services/console/store/views.ts'
import { candidate, invitation, job, score, status } from '../../../support/console-records.ts'
import { createMemoryTopics, type MemoryTopics } from '../topics-in-memory.ts'

const place = { source: 'jobylon', tenant: 'default' }
const keyOf = (id: string) => `jobylon:default:${id}`
let topics: MemoryTopics
beforeEach(async () => {
  topics = await createMemoryTopics()
  await topics.write(
    topics.record('job', keyOf('j'), job(place, 'j', { title: '=Nurse; "A"', date_posted: 20_000 })),
    topics.record('candidate', keyOf('a'), candidate(place, 'a', ['j'], { first_name: '@Zoë' })),
    topics.record('candidate', keyOf('b'), candidate(place, 'b', ['k'])),
    topics.record(
      'invitation',
      `${keyOf('a')}#j`,
      invitation(place, 'a', 'j', {
        outcome: 'BLOCKED',
        reasons: ['DESCRIPTION_TOO_SHORT:12', 'EMAIL_MISSING'],
        occurred_at: 1_500,
      }),
    ),
    topics.record('score', 's1', score(place, 'a', 'j', { event_id: 's1', observed_at: 1_000 })),
    topics.record('score', 's2', score(place, 'a', 'j', { event_id: 's2', observed_at: 2_000 })),
    topics.record(
      'status',
      'x',
      status(place, 'a', 'j', { to: 'blocked', reason: 'DESCRIPTION_TOO_SHORT', reason_number: 12 }),
    ),
  )
})
afterEach(() => topics.database.close())

async function exported(name: ExportName, query: object = {}, format: FormatName = 'csv') {
  const { database } = topics
  const rows = await EXPORTS[name].rows(query, topics.context)
  return exportTable({ database }, database.exportDirectory, name, format, rows)
}
const csv = async (name: ExportName, query: object = {}) => text((await exported(name, query)).body)
/** Rows by column, as DuckDB reads the file again: every cell is text. */
async function cells(name: ExportName, query: object = {}): Promise<Record<string, string>[]> {
  const [head = '', ...lines] = (await csv(name, query)).trimEnd().split('\n')
  const split = (line: string) =>
    [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell = '']) =>
      cell.replace(/^"|"$/g, '').replaceAll('""', '"'),
    )
  const names = head.split(',')
  return lines.map(line =>
    Object.fromEntries(
      split(line)
        .slice(0, names.length)
        .map((cell, at) => [names[at], cell]),
    ),
  )
}

it('says codes in sentences, times with their zone, lists without brackets, and names its jobs', async () => {
  const [row] = await cells('applications', { state: 'blocked' })
  expect(row).toMatchObject({
    application_key: 'jobylon:default:a#j',
    job_title: `'=Nurse; "A"`,
    state: 'blocked',
    reasons: 'DESCRIPTION_TOO_SHORT:12; EMAIL_MISSING',
    reason_texts: 'The job description has 12 characters and Pulsifi needs 300; No e-mail address',
    received_at: '1970-01-01T00:00:01.000Z',
    decided_at: '1970-01-01T00:00:01.500Z',
    invited_at: '',
    name: "'@Zoë Person a",
  })
  expect(await csv('applications')).not.toMatch(/[[\]]/)
  expect(await cells('statuses')).toMatchObject([
    { reason: 'DESCRIPTION_TOO_SHORT', reason_number: '12', job_title: `'=Nurse; "A"` },
  ])
  expect((await cells('jobs'))[0]).toMatchObject({ date_posted: '2024-10-04', applications: '1' })
})

describe('a filter', () => {
  it.each([
    ['applications', { q: 'zoe' }, 1],
    ['applications', { job_key: keyOf('k') }, 1],
    ['applications', { reason: 'DESCRIPTION_TOO_SHORT' }, 1],
    ['applications', { from: '1970-01-02' }, 0],
    ['applications', {}, 2],
    ['jobs', { q: 'nurse' }, 1],
    ['scores', { is_current: 'true' }, 1],
    ['scores', {}, 2],
    ['scores', { to: '1969-12-31' }, 0],
    ['statuses', { to_state: 'blocked' }, 1],
    ['statuses', { from: '1970-01-02' }, 0],
  ] as const)('of %s, %j, leaves %d rows', async (name, query, count) => {
    expect(await cells(name, query)).toHaveLength(count)
  })

  it.each(Object.keys(EXPORTS) as ExportName[])('that nobody knows is refused by %s', async name => {
    for (const query of [{ tenant: 'default' }, { job: 'j' }, { limit: '5' }])
      await expect(exported(name, query)).rejects.toMatchObject({ status: 400, code: 'INPUT_INVALID' })
  })

  it('is refused in the figures, too, when it is misspelt', async () => {
    await expect(topics.answer(applications, { jobs: 'j' })).rejects.toMatchObject({ status: 400 })
  })
})

describe.each(Object.keys(EXPORTS) as ExportName[])('%s', name => {
  it('has the columns that are documented, each with a meaning or a name that says it', async () => {
    const [head = ''] = (await csv(name)).split('\n')
    expect(head.split(',')).toEqual(Object.keys(EXPORTS[name].row.shape))
  })

  it('has them in SQL, too, under the same names', async () => {
    const columns = await topics.database.read(`SELECT column_name FROM (DESCRIBE ${VIEWS[name]})`)
    const inSql = columns.map(({ column_name }) => String(column_name))
    const ofOneType = ['score_type', 'score_count', 'score_p50']
    expect(Object.keys(EXPORTS[name].row.shape).filter(column => !inSql.includes(column))).toEqual(
      name === 'jobs' ? ofOneType : [],
    )
    const [row] = await topics.database.read(`SELECT * FROM ${name} LIMIT 1`)
    expect(row).toBeDefined()
  })

  it('keeps times with their zone in Parquet', async () => {
    const { body, type } = await exported(name, {}, 'parquet')
    expect(type).toBe('application/vnd.apache.parquet')
    const bytes = Buffer.concat(await body.toArray())
    expect(bytes.subarray(0, 4).toString()).toBe('PAR1')
  })
})

it.each([
  ['applications', applications, 'applications'],
  ['jobs', jobs, 'jobs'],
] as const)('%s are named in the answer as in the export', async (name, operation, field) => {
  const answer = (await topics.answer(operation)) as Record<string, readonly object[]>
  expect(Object.keys(answer[field]?.[0] ?? {})).toEqual(Object.keys(EXPORTS[name].row.shape))
})
