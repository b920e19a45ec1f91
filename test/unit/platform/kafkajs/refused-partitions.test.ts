import { expect, it } from 'vitest'
import { parseAdded } from '../../../../services/platform/kafkajs/refused-partitions.ts'

const [TAKEN, NOT_ATTEMPTED, DENIED] = [0, 55, 29]
const errorFor = (code: number) => Object.assign(new Error(`code ${code}`), { code })

/** The answer for partition 4 of each topic. */
const answered = (codes: Readonly<Record<string, number>>) => ({
  errors: Object.entries(codes).map(([topic, errorCode]) => ({
    topic,
    partitionErrors: [{ partition: 4, errorCode }],
  })),
})

it('is the answer when every partition was added', () => {
  const answer = answered({ a: TAKEN, b: TAKEN })
  expect(parseAdded(answer, errorFor)).toBe(answer)
})

it.each([
  ['first', { b: DENIED, a: NOT_ATTEMPTED, c: NOT_ATTEMPTED }],
  ['last', { a: NOT_ATTEMPTED, c: NOT_ATTEMPTED, b: DENIED }],
])('throws what is wrong with the topic at fault when that comes %s', (_where, codes) => {
  expect(() => parseAdded(answered(codes), errorFor)).toThrow(
    expect.objectContaining({ code: DENIED, topic: 'b' }),
  )
})

it('throws even when no partition is at fault more than others', () => {
  expect(() => parseAdded(answered({ a: NOT_ATTEMPTED }), errorFor)).toThrow('code 55')
})
