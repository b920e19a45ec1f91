import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deltaOf, InputCursor } from '../../../../services/platform/partitions/input-cursor.ts'
import type { OutcomeName } from '../../../../services/platform/partitions/processor.ts'

const NONE = { void: 0, lost: 0, published: 0, duplicate: 0, skipped: 0, dead_lettered: 0 }

/** As the commit of the cursor would show it. */
const delta = ({ decided, counts }: InputCursor): number => deltaOf(decided, JSON.stringify(counts))

describe('what a commit tells', () => {
  const counts = { ...NONE, first: 5, published: 3, void: 2 }
  it.each([
    ['nothing is unaccounted for', 10, JSON.stringify(counts), 0],
    ['offsets are missing', 12, JSON.stringify(counts), 2],
    ['nothing was committed yet', -1, null, 0],
    ['somebody else has set the offset', 10, null, Number.NaN],
    ['somebody else has set the offset, with a note', 10, 'moved by hand', Number.NaN],
    [
      'it comes from a version that did not count what was lost',
      10,
      JSON.stringify({ ...counts, lost: undefined }),
      0,
    ],
  ])('is that %s', (_what, committed, metadata, expected) => {
    expect(deltaOf(committed, metadata)).toBe(expected)
  })
})

describe('where a cursor begins', () => {
  const counted = JSON.stringify({ ...NONE, first: 5, published: 5 })
  it.each([
    [
      'at the first record when the group has committed nothing',
      -1,
      null,
      0,
      { fetched: 0, first: 0, void: 0 },
    ],
    [
      'at the first record that is left, not counting those before',
      -1,
      null,
      7,
      { fetched: 7, first: 7, void: 0 },
    ],
    [
      'at the first record that is left when kafkajs has wiped the offset',
      -2,
      null,
      3,
      { fetched: 3, first: 3, void: 0 },
    ],
    ['at the committed offset, with its counts', 10, counted, 0, { fetched: 10, first: 5, void: 0 }],
    [
      'after what retention took before it was read, which is void',
      10,
      counted,
      14,
      { fetched: 14, first: 5, void: 4 },
    ],
    ['counting anew without metadata', 10, null, 0, { fetched: 10, first: 10, void: 0 }],
    [
      'counting anew when the metadata is text of somebody else',
      10,
      'moved by hand',
      0,
      { fetched: 10, first: 10, void: 0 },
    ],
    [
      'counting anew when the metadata lacks a count',
      10,
      '{"first":5}',
      0,
      { fetched: 10, first: 10, void: 0 },
    ],
  ])('is %s', (_law, committed, metadata, low, { fetched, first, void: nothing }) => {
    const cursor = new InputCursor('t', committed, metadata, low)
    expect(cursor).toMatchObject({ fetched, decided: fetched })
    expect(delta(cursor)).toBe(0)
    expect(cursor.counts).toMatchObject({ first, void: nothing })
  })
})

describe('what a cursor counts', () => {
  it('as lost is what retention took before it was read, and adds it up', () => {
    const before = new InputCursor('t', 10, JSON.stringify({ ...NONE, first: 5, published: 5 }), 14)
    const after = new InputCursor('t', before.decided, JSON.stringify(before.counts), 20)
    expect(after.counts).toMatchObject({ lost: 10, void: 10 })
    expect(delta(after)).toBe(0)
  })

  it.each([
    ['control, aborted and compacted records', 0, 0, 6],
    ['what was gone before the group read anything', -1, 7, 7],
  ])('as lost is not %s', (_what, committed, low, next) => {
    const cursor = new InputCursor('t', committed, null, low)
    cursor.pass(next)
    expect(cursor.counts.lost).toBe(0)
  })

  it('as lost is what retention took from somebody who has set the offset by hand', () => {
    expect(new InputCursor('t', 10, null, 14).counts.lost).toBe(4)
  })

  it('is every offset once: its outcome, or void where nothing was delivered', () => {
    const cursor = new InputCursor('t', -1, null, 0)
    cursor.arrive(0, null, () => 'published')
    cursor.arrive(3, null, () => 'skipped')
    cursor.pass(6)
    cursor.pass(4)
    expect(cursor.counts).toEqual({ ...NONE, first: 0, published: 1, skipped: 1, void: 4 })
    expect(cursor).toMatchObject({ fetched: 6, decided: 6 })
    expect(delta(cursor)).toBe(0)
  })

  it('survives as the metadata of an offset commit', () => {
    const offsets = fc.uniqueArray(fc.nat({ max: 60 }), { maxLength: 30 })
    fc.assert(
      fc.property(offsets, fc.nat({ max: 30 }), (unordered, at) => {
        const sorted = unordered.toSorted((a, b) => a - b)
        const whole = new InputCursor('t', -1, null, 0)
        const before = new InputCursor('t', -1, null, 0)
        for (const offset of sorted) whole.arrive(offset, null, () => 'published')
        for (const offset of sorted.slice(0, at)) before.arrive(offset, null, () => 'published')
        const after = new InputCursor('t', before.decided, JSON.stringify(before.counts), 0)
        for (const offset of sorted.slice(at)) after.arrive(offset, null, () => 'published')
        expect(after.counts).toEqual(whole.counts)
        expect(delta(after)).toBe(0)
      }),
    )
  })
})

it('accounts for what holds nothing of anybody as for an offset without a record, so that no version sees a difference', () => {
  const cursor = new InputCursor('t', -1, null, 0)
  cursor.arrive(0, null, () => 'published')
  cursor.arrive(1, null, () => 'void')
  expect(cursor.counts).toMatchObject({ published: 1, void: 1 })
  expect(delta(cursor)).toBe(0)
})

describe('records that wait for a fact', () => {
  /** Arrives at offsets 0, 1, 2 … with a fact that the test delivers when it likes. */
  function waitingCursor() {
    const cursor = new InputCursor('t', -1, null, 0)
    const decided: string[] = []
    const open = new Map<number, (fact: string) => void>()
    const arrive = (offset: number, needsFact: boolean) =>
      cursor.arrive(
        offset,
        needsFact ? () => new Promise<string>(resolve => open.set(offset, resolve)) : null,
        fact => {
          decided.push(`${offset}:${fact}`)
          return 'published' satisfies OutcomeName
        },
      )
    const deliver = async (offset: number) => {
      open.get(offset)?.(`fact ${offset}`)
      await new Promise(resolve => setImmediate(resolve))
    }
    return { cursor, decided, open, arrive, deliver }
  }

  it('are decided in the order of their offsets, whatever order the facts come in', async () => {
    const { cursor, decided, arrive, deliver } = waitingCursor()
    for (const [offset, needsFact] of [true, false, true, true].entries()) arrive(offset, needsFact)
    cursor.pass(6)
    expect(cursor).toMatchObject({ fetched: 6, decided: 0, waiting: 5 })
    await deliver(3)
    await deliver(2)
    expect(decided).toEqual([])
    await deliver(0)
    expect(decided).toEqual(['0:fact 0', '1:null', '2:fact 2', '3:fact 3'])
    expect(cursor).toMatchObject({ decided: 6, waiting: 0 })
    expect(delta(cursor)).toBe(0)
    expect(cursor.counts).toMatchObject({ published: 4, void: 2 })
  })

  it('hold back what may be committed', async () => {
    const { cursor, arrive, deliver } = waitingCursor()
    for (const [offset, needsFact] of [false, true, false].entries()) arrive(offset, needsFact)
    expect(cursor).toMatchObject({ decided: 1, fetched: 3 })
    await deliver(1)
    expect(cursor.decided).toBe(3)
  })

  it('ask for a limited number of facts at the same time, and for all of them in the end', async () => {
    const { cursor, decided, open, arrive, deliver } = waitingCursor()
    for (let offset = 0; offset < 120; offset++) arrive(offset, true)
    expect(open.size).toBe(50)
    // The last one of those that were asked for: the next is asked although nothing can be decided yet.
    await deliver(49)
    expect(open.size).toBe(51)
    expect(decided).toEqual([])
    for (let offset = 0; offset < 120; offset++) await deliver(offset)
    expect(decided.map(text => Number.parseInt(text, 10))).toEqual(Array.from({ length: 120 }, (_, i) => i))
    expect(cursor).toMatchObject({ waiting: 0 })
    expect(delta(cursor)).toBe(0)
  })
})
