import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ApiContext, KeptLetter } from '../../../../../services/console/figures/endpoint.ts'
import { deadLetter } from '../../../../../services/console/figures/letters/letter.ts'
import { createMemoryTopics, type MemoryTopics } from '../../topics-in-memory.ts'

const kept: KeptLetter = {
  headers: { ce_id: 'e1', 'atsflow-webhook-x-event': 'a value' },
  body: Buffer.from('{"name":"Noor"}'),
  record: null,
  origin: 'ats.raw.jobylon',
}
let topics: MemoryTopics
beforeAll(async () => {
  topics = await createMemoryTopics()
  const place = { topic: 'normalizer.dead-letter', kafka_partition: 0, kafka_offset: 7, recorded_at: 1_000 }
  await topics.write([
    {
      table: 'dead_letter',
      row: {
        ...{ ...place, record_key: 'k', event_id: null, event_type: null, tenant_id: 'acme' },
        ...{
          code: 'PAYLOAD_INVALID',
          stage: null,
          detail: 'email',
          first_topic: null,
          first_partition: null,
        },
        ...{ first_offset: null, consumer_group: null, delivery_count: 1 },
      },
    },
  ])
})
afterAll(() => topics.database.close())

type Letter = {
  headers: { name: string; value: string }[]
  payload: { form: string; text: string; is_masked: boolean; is_cut: boolean }
}
async function ask(
  change: Partial<ApiContext> & { letter?: KeptLetter | null; tenants?: string[] } = {},
): Promise<Letter> {
  const { letter = kept, tenants = null, ...context } = change
  const place = { topic: 'normalizer.dead-letter', partition: '0', offset: '7' }
  const answer = await deadLetter.answer(place, null, {
    ...topics.context,
    ...(tenants && { database: topics.database.limitedTo(tenants) }),
    letterAt: async () => letter,
    ...context,
  })
  return deadLetter.response.parse(answer) as Letter
}
const viewer = () => ({ user: { ...topics.context.user, role: 'viewer' as const } })

it('shows what it says of people to an operator where names are, and to nobody else', async () => {
  expect((await ask()).payload).toMatchObject({ form: 'json', is_masked: false })
  for (const change of [viewer(), { keepsPersonalData: false }]) {
    const { payload, headers } = await ask(change)
    expect(payload).toMatchObject({ form: 'json', is_masked: true })
    expect(JSON.stringify([payload, headers])).not.toMatch(/Noor|a value/)
    expect(headers).toContainEqual({ name: 'ce_id', value: 'e1' })
  }
})

it('masks a record by what its schema says of each field', async () => {
  const record = (isShown: boolean) => ({ first_name: isShown ? 'Noor' : '***' })
  expect(JSON.parse((await ask({ letter: { ...kept, record } })).payload.text)).toEqual({
    first_name: 'Noor',
  })
  expect(JSON.parse((await ask({ ...viewer(), letter: { ...kept, record } })).payload.text)).toEqual({
    first_name: '***',
  })
})

it('shows nobody what opens an assessment', async () => {
  const letter = { ...kept, origin: 'pulsifi.raw', body: Buffer.from('{"invite_code":"CODE"}') }
  expect((await ask({ letter })).payload.text).not.toContain('CODE')
})

it('cuts what is long, and says so', async () => {
  const { payload } = await ask({ letter: { ...kept, body: Buffer.from('x'.repeat(70_000)) } })
  expect([payload.text.length, payload.is_cut]).toEqual([65_536, true])
})

it('is not there for other tenants, nor after its topic has dropped it', async () => {
  await expect(ask({ tenants: ['other'] })).rejects.toMatchObject({ status: 404 })
  await expect(ask({ letter: null })).rejects.toMatchObject({ status: 404 })
  expect((await ask({ tenants: ['acme'] })).payload.form).toBe('json')
})

it('is recorded as a look at it', () => {
  const place = { topic: 'normalizer.dead-letter', partition: '0', offset: '7' }
  expect(deadLetter.auditOf(place, null, topics.context.user)).toEqual({
    kind: 'LOOK',
    subjects: ['normalizer.dead-letter/0/7'],
  })
})
