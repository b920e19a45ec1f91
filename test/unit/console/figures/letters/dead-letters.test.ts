import { afterAll, beforeAll, expect, it } from 'vitest'
import { health } from '../../../../../services/console/figures/health.ts'
import { deadLetters, openDeadLetters } from '../../../../../services/console/figures/letters/dead-letters.ts'
import { readRecord } from '../../../../../services/console/store/read-record.ts'
import { DEAD_LETTER_STATE } from '../../../../../services/core/topics.ts'
import { createMetrics } from '../../../../../services/platform/process/metrics.ts'
import { createMemoryTopics, type MemoryTopics } from '../../topics-in-memory.ts'

const TOPIC = 'normalizer.dead-letter'
const reading = {
  codec: {
    decode: () => {
      throw new Error('nothing here is Avro')
    },
  },
  keepsPersonalData: false,
  isAbout: ({ log }: { log: string }) => log !== 'another/topic',
}
let topics: MemoryTopics
const metrics = createMetrics()
let next = 0

beforeAll(async () => {
  topics = await createMemoryTopics()
  metrics.collectDeadLetters(() => openDeadLetters(topics.database))
})
afterAll(() => topics.database.close())

const record = (key: string, value: string | null, offset: number) => ({
  ...{ offset, key, keyBytes: Buffer.from(key), timestampMs: 1_000 },
  ...{ headers: { '__dlq.error.code': 'PAYLOAD_INVALID' } },
  value: value === null ? null : Buffer.from(value),
})
const letter = (offset: number) => readRecord(TOPIC, 0, record(`letter ${offset}`, 'x', offset), reading)
const decide = (offset: number, value: string | null) =>
  readRecord(DEAD_LETTER_STATE, 0, record(`${TOPIC}/0/${offset}`, value, next++), reading)
const decision = (name: string, log?: string) =>
  JSON.stringify({ decision: name, at: '2026-01-02T03:04:05Z', by: 'a', to: null, log })

async function open(): Promise<number[]> {
  const { total, dead_letters } = (await topics.answer(deadLetters)) as {
    total: number
    dead_letters: { offset: number }[]
  }
  const { dead_letters: counted } = (await topics.answer(health)) as { dead_letters: number }
  expect([total, counted]).toEqual([dead_letters.length, dead_letters.length])
  const shown = (await metrics.registry.metrics()).match(/^atsflow_dead_letters[{].*$/gm) ?? []
  expect(shown).toContain('atsflow_dead_letters{topic="ingress.dead-letter",group="ingress",reason=""} 0')
  const counts = shown.flatMap(line => {
    const labels = `{topic="${TOPIC}",group="normalizer",reason="`
    return line.includes(labels) ? Number(line.split(' ').at(-1)) : []
  })
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(dead_letters.length)
  return dead_letters.map(({ offset }) => offset).sort()
}

it('lists and counts the letters that nobody has decided on', async () => {
  await topics.write(letter(1), letter(2), letter(11), decide(1, decision('redriven')))
  expect(await open()).toEqual([11, 2])
  expect(await metrics.registry.metrics()).toContain(
    `atsflow_dead_letters{topic="${TOPIC}",group="normalizer",reason="PAYLOAD_INVALID"} 2\n`,
  )
  await topics.write(decide(2, decision('discarded')))
  expect(await open()).toEqual([11])
})

it('keeps the newest decision of a letter, and none that was taken back', async () => {
  await topics.write(decide(2, decision('redriven')), decide(11, decision('discarded')), decide(11, null))
  const kept = await topics.database.read('SELECT letter, decision FROM decision ORDER BY letter')
  expect(kept).toEqual([
    { letter: `${TOPIC}/0/1`, decision: 'redriven' },
    { letter: `${TOPIC}/0/2`, decision: 'redriven' },
  ])
  expect(await open()).toEqual([11])
})

it('passes over a decision that it cannot read', async () => {
  await topics.write(decide(11, '{"decision":'))
  expect(await open()).toEqual([11])
})

it('finds every group that it counts by its code, one without a code too', async () => {
  const nameless = { ...record('letter 12', 'x', 12), headers: {} }
  await topics.write(readRecord(TOPIC, 0, nameless, reading))
  const answer = async (query: object) =>
    (await topics.answer(deadLetters, query)) as { total: number; by_code: { code: string; count: number }[] }
  const { by_code } = await answer({})
  expect(by_code.map(({ code }) => code).sort()).toEqual(['PAYLOAD_INVALID', 'UNKNOWN'])
  for (const { code, count } of by_code) expect((await answer({ code })).total).toBe(count)
})

it('takes no decision about a letter of the same name in another log', async () => {
  await topics.write(letter(21), decide(21, decision('discarded', 'another/topic')))
  expect(await open()).toContain(21)
  await topics.write(decide(21, decision('discarded', 'cluster/topic')))
  expect(await open()).not.toContain(21)
})
