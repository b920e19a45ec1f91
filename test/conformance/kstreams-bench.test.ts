/** The comparison with Kafka Streams: what makes two outputs equal, where they part, and what a table says of turns. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fieldDifference, firstDifference } from '../bench/kstreams/difference.ts'
import { DigestOfRecords, hashOf, type Published } from '../bench/kstreams/digest.ts'
import { deliveries } from '../bench/kstreams/load.ts'
import {
  conclusion,
  type Figures,
  type PeerTurn,
  peerTable,
  ratioOf,
  type System,
} from '../bench/kstreams/table.ts'
import { busySeconds, figuresOf, type Sample } from '../bench/kstreams/turn.ts'

const bytes = fc.uint8Array({ maxLength: 8 }).map(array => Buffer.from(array))
const published: fc.Arbitrary<Published> = fc.record({
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.dictionary(fc.string({ minLength: 1, maxLength: 3 }), bytes, { maxKeys: 3 }),
})
const digestOf = (records: readonly Published[]) => {
  const digest = new DigestOfRecords()
  for (const record of records) digest.add(record)
  return digest.result()
}
const record = (key: string, value: object, headers: Record<string, string> = {}): Published => ({
  ...{ key: Buffer.from(key), value: Buffer.from(JSON.stringify(value)) },
  headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
})
const decode = (value: Buffer) => JSON.parse(String(value))

describe('the digest of what was published', () => {
  it('does not depend on the order of records, nor on that of headers', () => {
    fc.assert(
      fc.property(fc.array(published), records => {
        const turned = records.toReversed().map(({ headers, ...rest }) => ({
          ...rest,
          headers: Object.fromEntries(Object.entries(headers).reverse()),
        }))
        expect(digestOf(turned)).toEqual(digestOf(records))
      }),
    )
  })

  it('tells records apart that differ in key, value or headers', () => {
    const one = record('k', { a: 1 }, { h: 'x' })
    const others = [
      record('l', { a: 1 }, { h: 'x' }),
      record('k', { a: 2 }, { h: 'x' }),
      record('k', { a: 1 }, { h: 'y' }),
      record('k', { a: 1 }, { i: 'x' }),
      record('k', { a: 1 }),
      { ...one, key: null },
      { ...one, value: null },
    ]
    expect(new Set([one, ...others].map(hashOf)).size).toBe(others.length + 1)
  })

  it('does not let a byte move from one part to the next', () => {
    const of = (key: string, value: string): Published => ({
      ...{ key: Buffer.from(key), value: Buffer.from(value), headers: {} },
    })
    expect(hashOf(of('ab', 'c'))).not.toBe(hashOf(of('a', 'bc')))
    expect(hashOf({ ...of('', 'c'), key: null })).not.toBe(hashOf(of('', 'c')))
  })

  it('counts a record that is there twice', () => {
    const one = record('k', { a: 1 })
    expect(digestOf([one, one])).not.toEqual(digestOf([one]))
    expect(digestOf([one, one]).digest).not.toBe(digestOf([]).digest)
  })
})

describe('the first difference', () => {
  it('is told by record, field and both values', () => {
    const ours = [record('k0', { a: 1 }), record('k1', { a: 1, b: { c: [{ d: 'x' }] } })]
    const theirs = [record('k0', { a: 1 }), record('k1', { a: 1, b: { c: [{ d: 'y' }] } })]
    expect(firstDifference(ours, theirs, decode)).toBe(
      'record 1 with the key k1: b.c.0.d: "x" here, "y" there',
    )
    expect(firstDifference(ours, ours, decode)).toBeNull()
  })

  it.each([
    ['another key', record('k', { a: 1 }), record('l', { a: 1 }), 'key: "k" here, "l" there'],
    ['a header', record('k', {}, { h: 'x' }), record('k', {}, { h: 'y' }), 'header h: "x" here, "y" there'],
    ['a header less', record('k', {}, { h: 'x' }), record('k', {}), 'header h: "x" here, nothing there'],
    ['a field less', record('k', { a: null }), record('k', {}), 'a: null here, nothing there'],
    [
      'a tombstone',
      record('k', {}),
      { ...record('k', {}), value: null },
      'value: "a record" here, null there',
    ],
    [
      'the order of a map',
      record('k', { m: { a: 1, b: 1 } }),
      record('k', { m: { b: 1, a: 1 } }),
      'm (order): "a, b" here, "b, a" there',
    ],
    [
      'bytes that nobody can read',
      record('k', {}),
      { ...record('k', {}), value: Buffer.from('{') },
      'value: {} here, "bytes that do not fit the schema" there',
    ],
    [
      'other bytes for the same',
      record('k', { a: 1 }),
      { ...record('k', {}), value: Buffer.from('{"a": 1}') },
      'the same fields in other bytes: 7 here, 8 there, from byte 5 on',
    ],
  ])('is told of %s', (_, ours, theirs, said) => {
    expect(firstDifference([ours], [theirs], decode)).toBe(`record 0 with the key k: ${said}`)
  })

  it('is told of a record that one side lacks', () => {
    const all = [record('k0', {}), record('k1', {})]
    const said = '2 records here, 1 there: the next has the key k1'
    expect(firstDifference(all, all.slice(0, 1), decode)).toBe(said)
  })

  it('is found wherever one value is changed', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        expect(fieldDifference({ value }, { value: structuredClone(value) }, '')).toBeNull()
        expect(fieldDifference({ value }, { value: [value] }, '')).not.toBeNull()
      }),
    )
  })
})

const FIGURES: Figures = {
  ...{ perSecond: 1, warmPerSecond: 1, cpuSecondsPer100k: 1, warmCpuSecondsPer100k: 1 },
  ...{ brokerCpuSecondsPer100k: 1, peakMib: 1, othersCores: 0 },
}
const turn = (system: System, round: number, figures: Partial<Figures>): PeerTurn => ({
  ...{ system, round, figures: { ...FIGURES, ...figures } },
})
const [ONE, TWO, PEER] = ['atsflow, 1 process', 'atsflow, 2 processes', 'Kafka Streams, 2 threads'] as const

describe('the report', () => {
  it('has the medians of the rounds after the one that warms up', () => {
    const table = peerTable([5, 10, 30].map((perSecond, round) => turn(ONE, round, { perSecond })))
    expect(table).toContain('| atsflow, 1 process | 2 | 20 | 1 |')
    expect(table).not.toContain('Kafka Streams')
  })

  it('counts the only round there is', () => {
    expect(peerTable([turn(ONE, 0, { perSecond: 7 })])).toContain('| atsflow, 1 process | 1 | 7 |')
  })

  it('leaves out what a broker in a container does not tell', () => {
    expect(peerTable([turn(ONE, 1, { brokerCpuSecondsPer100k: Number.NaN })])).toContain('| 1 | 1 |  | 1 |')
  })

  const rounds = [
    ...[turn(TWO, 0, { warmPerSecond: 900 }), turn(PEER, 0, { warmPerSecond: 1 })],
    ...[turn(TWO, 1, { warmPerSecond: 50 }), turn(PEER, 1, { warmPerSecond: 100 })],
    ...[turn(PEER, 2, { warmPerSecond: 1_000 }), turn(TWO, 2, { warmPerSecond: 700 })],
    ...[turn(TWO, 3, { warmPerSecond: 90 }), turn(PEER, 3, { warmPerSecond: 100 })],
    turn(TWO, 4, { warmPerSecond: 1 }),
  ]

  it('compares within a round, and takes the median of the ratios, not the ratio of medians', () => {
    expect(ratioOf(rounds, 'warmPerSecond')).toBeCloseTo(0.7)
    expect(conclusion(rounds)).toContain('have 0.70 of the pace')
  })

  it('says when something else took part', () => {
    expect(conclusion(rounds)).not.toContain('NOISY')
    expect(conclusion([...rounds, turn(ONE, 5, { othersCores: 0.11 })])).toContain('NOISY: in 1 turns')
    expect(conclusion([...rounds, turn(ONE, 0, { othersCores: 0.11 })])).not.toContain('NOISY')
  })
})

describe('a turn', () => {
  const at = (seconds: number, done: number, more: Partial<Sample> = {}): Sample => ({
    ...{ at: seconds, done, cpu: 0, brokerCpu: 0, busy: 0, ownCpu: 0, ...more },
  })

  it('is counted from the first commit, and its warm half from the first sample beyond the middle', () => {
    const samples = [
      at(3, 100, { cpu: 1, brokerCpu: 1, busy: 10, ownCpu: 1 }),
      at(5, 600, { cpu: 3, brokerCpu: 2, busy: 14, ownCpu: 1 }),
      at(6, 1_100, { cpu: 4, brokerCpu: 3, busy: 19, ownCpu: 2 }),
    ]
    expect(figuresOf(samples, 1_100, 77)).toEqual({
      ...{ perSecond: 1_000 / 3, warmPerSecond: 500, cpuSecondsPer100k: 300, warmCpuSecondsPer100k: 200 },
      ...{ brokerCpuSecondsPer100k: 200, peakMib: 77, othersCores: 1 },
    })
  })

  it.each([[[]], [[at(1, 1_000)]], [[at(1, 100), at(2, 1_000)]]])(
    'that had too few commits is none',
    samples => {
      expect(() => figuresOf(samples, 1_000, 0)).toThrow('take more events')
    },
  )

  it('counts as busy what is neither idle nor waiting, and guests once', () => {
    expect(busySeconds('cpu  100 20 300 4000 500 6 7 8 100 20\ncpu0 1 1 1 1\n')).toBeCloseTo(4.41)
  })
})

describe('the load', () => {
  const all = [...deliveries(4_000)]

  it('is the same each time', () => {
    expect([...deliveries(4_000)]).toEqual(all)
  })

  it('delivers a fifth again, updates candidates and has a few that are refused', () => {
    const fresh = new Set(all.map(({ id }) => id))
    expect(fresh.size).toBe(3_200)
    const updates = all.filter(({ kind }) => kind === 'candidate.update').length
    expect(updates / all.length).toBeGreaterThan(0.2)
    expect(updates / all.length).toBeLessThan(0.35)
    const refused = all.filter(({ text }) => /"id":"9{300}/.test(text))
    expect(new Set(refused.map(({ id }) => id)).size).toBe(4)
  })
})
