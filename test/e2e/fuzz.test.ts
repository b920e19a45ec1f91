import { afterAll, beforeAll, expect, it } from 'vitest'
import { FUZZED, fuzzSource } from './fuzz-sources.ts'
import { type StackForTest, stackForTest } from './stack-for-test.ts'

/** `FUZZ_POSTS=10000` in the extended tests. */
const POSTS = Number(process.env.FUZZ_POSTS ?? 500)
const SEED = Number(process.env.FUZZ_SEED ?? 20_260)
let test: StackForTest

beforeAll(async () => {
  test = await stackForTest()
})
afterAll(() => test?.stop())

it.each(FUZZED)(
  'answers every mutated webhook of %s, and accounts for every event that it acknowledged',
  async source => {
    const fuzzed = await fuzzSource(test, source, POSTS, SEED)
    expect(fuzzed.answers).toEqual({ 200: POSTS })
    expect(fuzzed.stored).toBe(fuzzed.acknowledged)
    expect(fuzzed.outcomes).toBe(fuzzed.acknowledged)
    expect(fuzzed).toMatchObject({ unaccounted: 0, died: [] })
  },
  600_000,
)
