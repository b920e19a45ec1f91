import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Decision } from '../../../../services/platform/partitions/processor.ts'
import { openPartitionStore, type PartitionStore } from '../../../../services/platform/partitions/store.ts'
import { Tenure } from '../../../../services/platform/partitions/tenure.ts'
import { eventually } from '../../../support/partition-eventually.ts'
import {
  batchOf,
  fakeBroker,
  LIMIT,
  type Partition,
  processOf,
  publish,
} from '../../../support/partition-fake-broker.ts'

let directory: string
let store: PartitionStore
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'atsflow-tenure-'))
  store = openPartitionStore(join(directory, 'store'), Date.now)
})
afterEach(async () => {
  await store.close()
  rmSync(directory, { recursive: true, force: true })
})

/** Everything that does not wait for a timer has happened. */
const settled = () => new Promise(resolve => setImmediate(resolve))

async function take(broker: ReturnType<typeof fakeBroker>, process = processOf()) {
  const tenure = new Tenure<string, string>(0, process, broker.ports)
  const over = tenure.take(store)
  over.catch(() => undefined)
  await eventually('the partition to be taken', () => tenure.ready)
  return { tenure, over }
}

describe('taking', () => {
  it('fences, then asks for bounds and offsets, then restores, then reads inputs', async () => {
    const broker = fakeBroker(2)
    const tenure = new Tenure<string, string>(0, processOf(), broker.ports)
    void tenure.take(store)
    await eventually('the restore', () => broker.consumed.includes('resume table'))
    expect(broker.calls).toEqual(['fence', 'bounds', 'bounds', 'offsets'])
    expect(tenure.behind).toBe(2)
    expect(tenure.ready).toBe(false)
    tenure.accept(batchOf('table', 0, ['a', 'b']))
    await eventually('the partition to be taken', () => tenure.ready)
    expect(broker.consumed).toEqual([
      ...['seek table 0', 'resume table', 'pause table', 'pause table'],
      ...['seek input 0', 'resume input'],
    ])
    expect(tenure.behind).toBeNull()
    tenure.end()
  })

  it.each(['fence', 'bounds', 'offsets'])(
    'ends at %s when the partition is lost then, and touches nothing',
    async at => {
      const broker = fakeBroker(2)
      const { promise, resolve } = Promise.withResolvers<void>()
      broker.gates.set(at, promise)
      store.apply([['kept', 'by the next owner']], [['table', 7]], true)
      const tenure = new Tenure<string, string>(0, processOf(), broker.ports)
      const over = tenure.take(store)
      await eventually(at, () => broker.calls.includes(at))
      tenure.end()
      resolve()
      await over
      // Its bounds are older than what the next tenure of this process has written meanwhile.
      expect(store.get('kept')).toBe('by the next owner')
      expect(broker.consumed).toEqual([])
    },
  )

  it('commits at once what retention took before it was read: metrics tell of what is committed', async () => {
    const broker = fakeBroker(0, { committed: 5, low: 9 })
    const { tenure } = await take(broker)
    await eventually('the commit', () => broker.committed.length === 1)
    expect(broker.committed).toEqual([{ keys: [], offset: '9' }])
    tenure.end()
  })

  it('commits nothing where nothing was lost', async () => {
    const broker = fakeBroker(0, { committed: 9, low: 9 })
    const { tenure } = await take(broker)
    tenure.accept(batchOf('input', 9, ['a']))
    await eventually('the commit', () => broker.committed.length === 1)
    expect(broker.committed).toEqual([{ keys: ['a'], offset: '10' }])
    tenure.end()
  })

  it('commits how far it has come past what holds nothing, once it has been quiet', async () => {
    const now = performance.now.bind(performance)
    let aheadMs = 0
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + aheadMs)
    const broker = fakeBroker(0, { committed: 9, low: 9 })
    const { tenure } = await take(broker)
    tenure.accept(batchOf('input', 9, ['a']))
    await eventually('the commit', () => broker.committed.length === 1)
    // The marker of the transaction that wrote it.
    tenure.skip('input', 10, 11)
    for (const after of [20_000, 31_000, 90_000]) {
      aheadMs = after
      tenure.release()
      if (after === 31_000) await eventually('the marker', () => broker.committed.length > 1)
      await settled()
    }
    expect(broker.committed).toEqual([
      { keys: ['a'], offset: '10' },
      { keys: [], offset: '11' },
    ])
    tenure.end()
    clock.mockRestore()
  })

  it('closes the connection of a fence that came too late', async () => {
    const broker = fakeBroker()
    const { promise, resolve } = Promise.withResolvers<void>()
    broker.gates.set('fence', promise)
    const tenure = new Tenure<string, string>(0, processOf(), broker.ports)
    const over = tenure.take(store)
    await eventually('the fence', () => broker.calls.includes('fence'))
    tenure.end()
    resolve()
    await over
    expect(broker.disconnects).toEqual(['producer'])
  })
})

describe('deciding', () => {
  it('commits what is decided, and performs its effects after that', async () => {
    const performed: string[] = []
    const broker = fakeBroker()
    const perform = (effects: readonly string[]) => performed.push(...effects)
    const { tenure } = await take(broker, processOf({ perform }))
    tenure.accept(batchOf('input', 0, ['a', 'b']))
    expect(performed).toEqual([])
    await eventually('the effects', () => performed.length === 2)
    expect(broker.committed).toEqual([{ keys: ['a', 'b'], offset: '2' }])
    await eventually('the store', () => store.get('b') === 'value')
    tenure.end()
  })

  it('puts a refusal in the place of a record that its topic does not take', async () => {
    const broker = fakeBroker()
    const decide: Partition['decide'] = input => publish(input.type === 'record' ? 'k'.repeat(LIMIT) : '')
    const { tenure } = await take(broker, processOf({ decide }))
    tenure.accept(batchOf('input', 0, ['a']))
    await eventually('the commit', () => broker.committed.length === 1)
    expect(broker.committed).toEqual([{ keys: ['table refused 1000115'], offset: '1' }])
    tenure.end()
  })

  it('stops at a refusal that is too large itself, before anything is sent', async () => {
    const broker = fakeBroker()
    const large = publish('k'.repeat(LIMIT))
    const { tenure } = await take(broker, processOf({ decide: () => large, refuse: () => large }))
    // The process stops there, and with it what called.
    expect(() => tenure.accept(batchOf('input', 0, ['a']))).toThrow()
    expect(broker.crashes.map(String)).toEqual(['Error: a refusal is too large for table'])
    expect([tenure.live, broker.committed]).toEqual([false, []])
  })

  it('keeps its hands off the store after its end: the next tenure reads from the topics what is not in it', async () => {
    const performed: string[] = []
    const perform = (effects: readonly string[]) => performed.push(...effects)
    const { tenure, over } = await take(fakeBroker(), processOf({ perform }))
    const before = store.checkpoints(new Map([['table', { low: 0, end: 0 }]]))
    tenure.accept(batchOf('input', 0, ['a']))
    await eventually('the commit', () => performed.length === 1)
    tenure.end()
    await over
    expect(store.get('a')).toBeUndefined()
    expect(store.checkpoints(new Map([['table', { low: 0, end: 1 }]]))).toEqual(before)
  })

  it('ends when a batch was fetched before a seek', async () => {
    const { tenure } = await take(fakeBroker())
    expect(() => tenure.accept(batchOf('input', 5, ['a']))).toThrow('batch at 5, expected 0')
    tenure.end()
  })

  it('does not take offsets for empty that were fetched before a seek', async () => {
    const { tenure } = await take(fakeBroker())
    tenure.skip('input', 40, 50)
    tenure.skip('input', 0, 3)
    expect(tenure.placeOf('input')).toEqual({ decided: 3, waiting: 0, hasOpenSteps: false })
    tenure.end()
  })

  it('writes nothing to the store once the partition is lost, although the commit succeeds', async () => {
    const broker = fakeBroker()
    const { promise, resolve } = Promise.withResolvers<void>()
    broker.gates.set('commit', promise)
    const { tenure, over } = await take(broker)
    tenure.accept(batchOf('input', 0, ['a']))
    await eventually('the commit', () => broker.calls.includes('commit'))
    tenure.end()
    resolve()
    await over
    expect(broker.committed).toHaveLength(1)
    expect(store.get('a')).toBeUndefined()
  })

  it('performs what a commit asks for that returns after the end: the ledger says that it is done', async () => {
    const performed: string[] = []
    const broker = fakeBroker()
    const { promise, resolve } = Promise.withResolvers<void>()
    broker.gates.set('commit', promise)
    const perform = (effects: readonly string[]) => performed.push(...effects)
    const { tenure, over } = await take(broker, processOf({ perform }))
    tenure.accept(batchOf('input', 0, ['a']))
    await eventually('the commit', () => broker.calls.includes('commit'))
    tenure.end()
    resolve()
    await over
    expect(performed).toEqual(['a'])
  })

  it('begins no transaction while it is held, and goes on when it is released', async () => {
    const broker = fakeBroker()
    const { tenure } = await take(broker)
    tenure.hold()
    tenure.accept(batchOf('input', 0, ['a']))
    await settled()
    expect(broker.committed).toEqual([])
    tenure.release()
    await eventually('the commit', () => broker.committed.length === 1)
    tenure.end()
  })

  it('splits what would not fit into one record batch of a topic', async () => {
    const broker = fakeBroker()
    const large = (key: string): Decision<string> => ({
      ...publish(key),
      outputs: [{ topic: 'table', key, value: Buffer.alloc(300 * 1024) }],
    })
    const { tenure } = await take(broker, processOf({ decide: () => large('k') }))
    tenure.accept(batchOf('input', 0, ['1', '2', '3', '4', '5']))
    await eventually('all of them', () => broker.committed.at(-1)?.offset === '5')
    expect(broker.committed.map(({ keys, offset }) => [keys.length, offset])).toEqual([
      [2, '2'],
      [2, '4'],
      [1, '5'],
    ])
    tenure.end()
  })

  it.each<[string, Partial<Partition>]>([
    ['a decision', { decide: () => { throw new Error('a bug') } }], // biome-ignore format: one line a case
    ['what is written where nobody declared it', { decide: () => ({ ...publish('k'), outputs: [{ topic: 'else', key: 'k', value: null }] }) }], // biome-ignore format: one line a case
    ['an effect', { perform: () => { throw new Error('a bug') } }], // biome-ignore format: one line a case
    ['a look-up', { lookUp: () => Promise.reject(new Error('a bug')) }],
  ])('stops the process when %s throws', async (_what, members) => {
    const broker = fakeBroker()
    const { tenure } = await take(broker, processOf(members))
    try {
      tenure.accept(batchOf('input', 0, ['a']))
    } catch {
      // The process would have ended here.
    }
    await eventually('the crash', () => broker.crashes.length > 0)
    expect(tenure.live).toBe(false)
  })
})

describe('facts from outside', () => {
  function answers() {
    const open = new Map<string, (fact: string) => void>()
    const signals: AbortSignal[] = []
    const lookUp: Partition['lookUp'] = ({ key }, signal) => {
      signals.push(signal)
      return new Promise<string>(resolve => open.set(String(key), resolve))
    }
    return { open, signals, lookUp }
  }

  it('may come in any order: decisions are made in the order of the offsets', async () => {
    const broker = fakeBroker()
    const { open, lookUp } = answers()
    const decide: Partition['decide'] = input =>
      publish(input.type === 'record' ? `${input.key} ${input.fact}` : '')
    const { tenure } = await take(broker, processOf({ lookUp, decide }))
    tenure.accept(batchOf('input', 0, ['a', 'b', 'c']))
    for (const key of ['c', 'a', 'b']) open.get(key)?.(`fact-${key}`)
    await eventually('the commit', () => broker.committed.at(-1)?.offset === '3')
    expect(broker.committed.flatMap(({ keys }) => keys)).toEqual(['a fact-a', 'b fact-b', 'c fact-c'])
    tenure.end()
  })

  it('commit nothing when the tenure has ended while they were awaited', async () => {
    const broker = fakeBroker()
    const { open, signals, lookUp } = answers()
    const { tenure, over } = await take(broker, processOf({ lookUp }))
    tenure.accept(batchOf('input', 0, ['a', 'b']))
    open.get('a')?.('in time')
    await eventually('the first commit', () => broker.committed.length === 1)
    tenure.end()
    expect(signals.every(signal => signal.aborted)).toBe(true)
    open.get('b')?.('too late')
    await over
    await settled()
    expect(broker.committed).toEqual([{ keys: ['a'], offset: '1' }])
    expect(store.get('b')).toBeUndefined()
  })
})
