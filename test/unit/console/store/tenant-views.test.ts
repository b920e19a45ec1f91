import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXPORTS, type ExportName, exportTable } from '../../../../services/console/api/exports.ts'
import { OPERATIONS } from '../../../../services/console/api/operations.ts'
import type { User } from '../../../../services/console/serve/user.ts'
import { VIEWS } from '../../../../services/console/store/views.ts'
import {
  binding,
  candidate,
  invitation,
  job,
  result,
  score,
  status,
} from '../../../support/console-records.ts'
import { createMemoryTopics, type MemoryTopics } from '../topics-in-memory.ts'

const LIMITED: User = { name: 'lou', role: 'operator', tenants: ['acme'], by: 'secret' }
const ALL: User = { ...LIMITED, tenants: null }
const keyOf = (tenant: string) => `jobylon:${tenant}:p1#j1`

/** Records of every kind. */
async function write(topics: MemoryTopics, tenant: string): Promise<void> {
  const place = { source: 'jobylon', tenant }
  const key = (id: string) => `jobylon:${tenant}:${id}`
  const letter = (offset: number, tenant_id: string | null) => ({
    ...{ table: 'dead_letter' as const },
    row: {
      ...{ topic: 'normalizer.dead-letter', kafka_partition: 0, kafka_offset: offset, recorded_at: 1_000 },
      ...{ record_key: key('p1'), event_id: null, event_type: null, tenant_id, code: 'PAYLOAD_INVALID' },
      ...{ stage: null, detail: null, first_topic: null, first_partition: null, first_offset: null },
      ...{ consumer_group: null, delivery_count: 1 },
    },
  })
  const at = tenant === 'acme' ? 0 : 10
  await topics.write(
    topics.record('job', key('j1'), job(place, 'j1')),
    topics.record('binding', key('j1'), binding(place, 'j1')),
    topics.record('candidate', key('p1'), candidate(place, 'p1', ['j1'])),
    topics.record(
      'invitation',
      keyOf(tenant),
      invitation(place, 'p1', 'j1', { outcome: 'INVITED', status: 'completed' }),
    ),
    topics.record('result', keyOf(tenant), result(place, 'p1', 'j1')),
    topics.record('score', keyOf(tenant), score(place, 'p1', 'j1', {})),
    topics.record('status', keyOf(tenant), status(place, 'p1', 'j1', {})),
    [letter(at, tenant), letter(at + 1, tenant)],
    [
      {
        table: 'decision' as const,
        row: {
          ...{ kafka_partition: 0, kafka_offset: at, recorded_at: 1_000, is_tombstone: false },
          ...{ letter: `normalizer.dead-letter/0/${at}`, decision: 'discarded', decided_at: 2_000 },
          ...{ decided_by: 'kim', sent_to: null },
        },
      },
    ],
    // Of no tenant.
    tenant === 'acme' ? [] : [letter(at + 2, null)],
  )
}

let both: MemoryTopics
let theirs: MemoryTopics
beforeAll(async () => {
  both = await createMemoryTopics()
  theirs = await createMemoryTopics()
  await write(both, 'acme')
  await write(theirs, 'acme')
  await write(both, 'beta')
})
afterAll(() => {
  both.database.close()
  theirs.database.close()
})

/** Operations that are asked about one thing, and which. */
const ABOUT_ONE: Readonly<Record<string, object>> = {
  getTimeline: { key: keyOf('acme') },
  getReport: { key: keyOf('acme') },
  getDeadLetter: { topic: 'normalizer.dead-letter', partition: '0', offset: '0' },
}

describe('whoever is limited to tenants', () => {
  it('sees no row of others in any table', async () => {
    const tables = await both.database.read(
      "SELECT table_name AS name FROM duckdb_tables() WHERE NOT temporary AND table_name <> 'meta'",
    )
    const limited = both.database.limitedTo(['acme'])
    let hidden = 0
    for (const { name } of tables) {
      const found = await limited.read(`SELECT * FROM "${name}"`)
      // Where a row stands among those of others says nothing of them.
      const rows = JSON.stringify(found.map(({ rowid, ...row }) => row))
      const all = JSON.stringify(await both.database.read(`SELECT * FROM "${name}"`))
      expect([name, rows.includes('beta')]).toEqual([name, false])
      if (all.includes('beta')) hidden++
      // What there is of theirs is there.
      expect([name, rows]).toEqual([
        name,
        JSON.stringify(await theirs.database.read(`SELECT * FROM "${name}"`)),
      ])
    }
    expect(hidden).toBeGreaterThan(10)
  })

  it.each(Object.keys(VIEWS))('sees no row of others in %s either', async name => {
    const rows = await both.database.limitedTo(['acme']).read(`SELECT * FROM ${name}`)
    expect(rows).toEqual(await theirs.database.read(`SELECT * FROM ${name}`))
    expect(rows).toHaveLength(1)
  })

  it.each(OPERATIONS.filter(({ method }) => method === 'get'))(
    'is answered by $name as if there were no others',
    async operation => {
      const isAboutOne = operation.name in ABOUT_ONE
      const query = ABOUT_ONE[operation.name] ?? {}
      const [answer, alone, all] = await Promise.all([
        both.answer(operation, query, LIMITED),
        theirs.answer(operation, query, LIMITED),
        both.answer(operation, query, ALL),
      ])
      expect(answer).toEqual(alone)
      expect(JSON.stringify(answer)).not.toContain('beta')
      if (operation.lasts === 'until-a-record' && !isAboutOne) expect(answer).not.toEqual(all)
    },
  )

  it('does not learn of an application whether it is there', async () => {
    const timeline = OPERATIONS.find(({ name }) => name === 'getTimeline')
    const asked = timeline?.answer({ key: keyOf('beta') }, null, both.contextOf(LIMITED))
    await expect(asked).rejects.toMatchObject({ status: 404 })
  })

  it.each(Object.keys(EXPORTS) as ExportName[])('takes home of %s only what is theirs', async name => {
    const context = both.contextOf(LIMITED)
    const rows = await EXPORTS[name].rows({}, context)
    const { body } = await exportTable(context, both.database.exportDirectory, name, 'csv', rows)
    const csv = await text(body)
    expect(csv).toContain('jobylon:acme:')
    expect(csv).not.toContain('beta')
  })
})
