import { beforeEach, expect, it } from 'vitest'
import { type KeptAnswers, keepAnswers, keepForMark } from '../../../../services/console/api/kept-answers.ts'

let mark: string
let nowMs: number
let kept: KeptAnswers
let made: number
beforeEach(() => {
  mark = 'a'
  nowMs = 0
  made = 0
  kept = keepAnswers(
    () => mark,
    () => nowMs,
  )
})

/** Which making the answer is of. */
async function ask(tookMs: number, lasts: 'until-a-record' | 'a-moment' = 'until-a-record', address = '/x') {
  const answer = kept.get(address, lasts, async () => {
    const number = ++made
    nowMs += tookMs
    return number
  })
  return answer.body
}

it('keeps an answer until a record comes', async () => {
  expect(await ask(1)).toBe(1)
  nowMs += 60_000
  expect(await ask(1)).toBe(1)
  mark = 'b'
  expect(await ask(1)).toBe(2)
  expect(await ask(1, 'until-a-record', '/y')).toBe(3)
})

it('keeps one that took long a while beyond that, in proportion, and no longer than a few seconds', async () => {
  await ask(100)
  mark = 'b'
  nowMs += 1_999
  expect(await ask(100)).toBe(1)
  nowMs += 2
  expect(await ask(10_000)).toBe(2)
  mark = 'c'
  nowMs += 9_999
  expect(await ask(1)).toBe(2)
  nowMs += 2
  expect(await ask(1)).toBe(3)
})

it('keeps what changes by itself for such a while alone', async () => {
  expect(await ask(1, 'a-moment')).toBe(1)
  expect(await ask(100, 'a-moment')).toBe(2)
  expect(await ask(100, 'a-moment')).toBe(2)
  nowMs += 2_001
  expect(await ask(1, 'a-moment')).toBe(3)
})

it('lets whoever asks the same wait for the answer that is being made', async () => {
  const { promise, resolve } = Promise.withResolvers<string>()
  const first = kept.get('/x', 'until-a-record', () => promise)
  mark = 'b'
  expect(kept.get('/x', 'until-a-record', () => Promise.reject(new Error('asked twice')))).toBe(first)
  resolve('answer')
  expect(await first.body).toBe('answer')
  expect(first.mark).toBe('a')
})

it('keeps no fault', async () => {
  const fault = kept.get('/x', 'until-a-record', () => Promise.reject(new Error('away')))
  await expect(fault.body).rejects.toThrow('away')
  expect(await ask(1)).toBe(1)
})

it('does not keep more and more of them', async () => {
  for (let n = 0; n < 1_000; n++) await ask(1, 'until-a-record', `/${n}`)
  expect(await ask(1, 'until-a-record', '/0')).toBe(1_001)
})

it('makes what answers share once for each state of the tables, and keeps no fault of it', async () => {
  const shared = keepForMark<number>(() => mark)
  const make = async () => ++made
  expect(await Promise.all([shared('all', make), shared('all', make), shared('acme', make)])).toEqual([
    1, 1, 2,
  ])
  mark = 'b'
  expect(await shared('all', make)).toBe(3)
  await expect(shared('acme', () => Promise.reject(new Error('away')))).rejects.toThrow('away')
  expect(await shared('acme', make)).toBe(4)
})
