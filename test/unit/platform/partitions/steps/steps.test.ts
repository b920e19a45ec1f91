import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type {
  Decision,
  InputRecord,
  Output,
  StoreEntry,
} from '../../../../../services/platform/partitions/processor.ts'
import { setAside, setAsideKey } from '../../../../../services/platform/partitions/set-aside.ts'
import { Steps } from '../../../../../services/platform/partitions/steps/steps.ts'

const TABLE = {
  topic: 'table',
  entries: (key: string, value: Buffer | null): StoreEntry[] => [
    [key, value === null ? undefined : String(value)],
  ],
}
const decision = (...outputs: readonly Output[]): Decision<string> => ({
  outcome: null,
  outputs,
  effects: [],
})
const put = (key: string, value: string | null): Output => ({
  ...{ topic: 'table', key, value: value === null ? null : Buffer.from(value) },
})

function stepsOver(committed = new Map<string, unknown>(), restoredTo = 0) {
  const store = {
    get: (key: string) => committed.get(key),
    *scan(prefix: string): Iterable<StoreEntry> {
      for (const entry of committed) if (entry[0].startsWith(prefix)) yield entry
    },
  }
  const steps = new Steps<string>(2, [TABLE], store, new Map([['table', { end: restoredTo }]]))
  const decide = (...outputs: readonly Output[]) => {
    const step = steps.open(0)
    steps.add(step, decision(...outputs))
    return step
  }
  const commitFirst = () => {
    for (const [key, value] of steps.first?.entries ?? []) {
      if (value === undefined) committed.delete(key)
      else committed.set(key, value)
    }
    steps.committed()
  }
  return { steps, decide, commitFirst }
}

describe('an input that is a table, too', () => {
  const input = (topic: string, offset: number): InputRecord => ({
    ...{ type: 'record', topic, partition: 2, offset, key: Buffer.from('a'), value: Buffer.from('read') },
    ...{ headers: {}, timestampMs: 0, fact: null },
  })

  it.each([
    ['is known before it is decided', 'table', 10, 'read'],
    ['does not undo what the partition was taken with', 'table', 9, 'newest'],
    ['is nothing to the state when it is no table', 'another', 10, 'newest'],
  ])('%s', (_, topic, offset, expected) => {
    const { steps } = stepsOver(new Map([['a', 'newest']]), 10)
    steps.read(steps.open(0), input(topic, offset))
    expect(steps.get('a')).toBe(expected)
  })
})

describe('what later decisions see', () => {
  it('is what is decided, before what is committed', () => {
    const { steps, decide } = stepsOver(new Map([['a', 'old']]))
    decide(put('a', 'new'), put('b', 'first'))
    expect([steps.get('a'), steps.get('b'), steps.get('c')]).toEqual(['new', 'first', undefined])
    expect([...steps.scan('')]).toEqual([
      ['a', 'new'],
      ['b', 'first'],
    ])
  })

  it('does not show what a decision has deleted', () => {
    const { steps, decide } = stepsOver(new Map([['a', 'old']]))
    decide(put('a', null))
    expect(steps.get('a')).toBeUndefined()
    expect([...steps.scan('')]).toEqual([])
  })

  it('is the newer of two steps that write the same key, also when the older one is committed', () => {
    const { steps, decide, commitFirst } = stepsOver()
    decide(put('a', 'older')).closed = true
    decide(put('a', 'newer'))
    expect(steps.length).toBe(2)
    for (const _step of [1, 2]) {
      commitFirst()
      expect(steps.get('a')).toBe('newer')
    }
    expect(steps.length).toBe(0)
  })

  it('is, after any decisions and commits, what applying all of them in order gives', () => {
    const key = fc.constantFrom('a', 'ab', 'b')
    const action = fc.oneof(
      fc.record({ key, value: fc.option(fc.string(), { nil: null }), closes: fc.boolean() }),
      fc.constant('commit' as const),
    )
    fc.assert(
      fc.property(fc.array(action), actions => {
        const { steps, decide, commitFirst } = stepsOver(new Map([['a', 'old']]))
        const model = new Map<string, string | null>([['a', 'old']])
        for (const item of actions) {
          if (item === 'commit') commitFirst()
          else {
            decide(put(item.key, item.value)).closed = item.closes
            model.set(item.key, item.value)
          }
        }
        const left = new Map([...model].filter(([, value]) => value !== null))
        expect(new Map(steps.scan(''))).toEqual(left)
        expect([...steps.scan('a')].length).toBe([...left.keys()].filter(name => name.startsWith('a')).length)
        for (const name of ['a', 'ab', 'b']) expect(steps.get(name)).toBe(left.get(name))
      }),
    )
  })

  it('does not show a key twice to somebody who decides about it while scanning', () => {
    const { steps, decide } = stepsOver(
      new Map([
        ['a', 'old'],
        ['b', 'old'],
      ]),
    )
    const seen: string[] = []
    for (const [key] of steps.scan('')) {
      seen.push(key)
      decide(put(key, 'decided'))
    }
    expect(seen).toEqual(['a', 'b'])
  })
})

describe('what a step writes', () => {
  it('goes to the partition that decided, unless the output says otherwise', () => {
    const { decide } = stepsOver()
    const step = decide(
      put('a', '1'),
      { ...put('b', '2'), partition: 5 },
      { topic: 'other', key: 'c', value: null },
    )
    expect(step.records.get('table')?.map(({ key, partition }) => [key, partition])).toEqual([
      ['a', 2],
      ['b', 5],
    ])
    expect(step.records.get('other')?.map(({ partition }) => partition)).toEqual([2])
  })

  it('is kept only where it goes to the own partition of a table', () => {
    const { steps, decide } = stepsOver()
    const step = decide(
      { ...put('b', '2'), partition: 5 },
      { topic: 'other', key: 'c', value: Buffer.from('x') },
    )
    expect([...step.entries]).toEqual([])
    expect([steps.get('b'), steps.get('c')]).toEqual([undefined, undefined])
  })

  it('takes the place of a record of its key that was set aside', () => {
    const aside = new Map<string, unknown>(['a', 'b'].map(key => [setAsideKey('table', key), 5]))
    const { steps, decide, commitFirst } = stepsOver(aside)
    decide({ ...put('a', 'bytes'), entries: [['a', 'known']] }, { ...put('b', '1'), partition: 5 })
    expect([...setAside(steps)].map(({ key }) => key)).toEqual(['b'])
    commitFirst()
    expect([...aside.keys()]).toEqual([setAsideKey('table', 'b'), 'a'])
  })

  it('is kept as the decision says, when it says it', () => {
    const { steps, decide } = stepsOver()
    decide({ ...put('a', 'bytes'), entries: [['known', 1]] })
    expect([steps.get('known'), steps.get('a')]).toEqual([1, undefined])
  })

  it('is counted in bytes, so that a transaction stays below what a topic accepts', () => {
    const { decide } = stepsOver()
    const step = decide({ topic: 'other', key: 'ké', value: Buffer.alloc(100), headers: { name: 'value' } })
    expect(step.bytes).toBe(40 + 3 + 100 + 6 + 4 + 5)
  })
})
