import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { UndecodableError } from '../../../../services/platform/avro/codec.ts'
import type { FetchedBatch } from '../../../../services/platform/kafkajs/reading.ts'
import type { Table } from '../../../../services/platform/partitions/processor.ts'
import { Restore } from '../../../../services/platform/partitions/restore.ts'
import { setAside } from '../../../../services/platform/partitions/set-aside.ts'
import { openPartitionStore, type PartitionStore } from '../../../../services/platform/partitions/store.ts'

let directory: string
let store: PartitionStore
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'atsflow-restore-'))
  store = openPartitionStore(join(directory, 'store'), Date.now)
})
afterEach(async () => {
  await store.close()
  rmSync(directory, { recursive: true, force: true })
})

const table = (
  topic: string,
  entries: Table['entries'] = (key, value) => [[key, value?.toString()]],
): Table => ({
  ...{ topic, entries },
})
const restoreTo = (
  ends: Readonly<Record<string, number>>,
  tables = Object.keys(ends).map(topic => table(topic)),
) => new Restore(store, tables, new Map(Object.entries(ends).map(([topic, end]) => [topic, { low: 0, end }])))
/** A batch as kafkajs hands it over: what was fetched may begin and end with offsets that carry nothing. */
const batchOf = (
  topic: string,
  [fetched, last]: readonly [number, number],
  records: Readonly<Record<number, readonly [string, string | null]>>,
): FetchedBatch =>
  // Cast: of the batch, a restore reads nothing else.
  ({
    topic,
    fetchedOffset: String(fetched),
    lastOffset: () => String(last),
    messages: Object.entries(records).map(([offset, [key, value]]) => ({
      ...{ offset, key: Buffer.from(key), value: value === null ? null : Buffer.from(value) },
    })),
  }) as unknown as FetchedBatch
const isDone = async (restore: Restore) =>
  Promise.race([restore.done.then(() => true), new Promise(resolve => setImmediate(resolve, false))])

it('is done at once when there is nothing to read', async () => {
  const restore = restoreTo({ t: 0 })
  expect(restore.pending).toEqual([])
  expect(await isDone(restore)).toBe(true)
})

it('is done when the position of every table reaches its end, also over offsets that compaction has emptied', async () => {
  const restore = restoreTo({ t: 10, u: 4 })
  restore.accept(batchOf('t', [0, 6], { 2: ['a', '1'], 5: ['b', '2'] }))
  restore.skip('t', 7, 10)
  expect(restore.reads('t')).toBe(false)
  expect(restore.pending).toEqual([{ topic: 'u', position: 0 }])
  expect(await isDone(restore)).toBe(false)
  restore.accept(batchOf('u', [0, 3], { 3: ['c', '3'] }))
  expect(await isDone(restore)).toBe(true)
  expect(['a', 'b', 'c'].map(key => store.get(key))).toEqual(['1', '2', '3'])
})

it('leaves out what lies beyond its target, which is not decided yet', () => {
  const restore = restoreTo({ t: 3 })
  restore.accept(
    batchOf('t', [0, 5], { 1: ['a', 'decided'], 4: ['a', 'not decided'], 5: ['b', 'not decided'] }),
  )
  expect([store.get('a'), store.get('b')]).toEqual(['decided', undefined])
  expect(store.checkpoints(new Map([['t', { low: 0, end: 3 }]])).get('t')).toBe(3)
})

it('reads on where an interrupted one stopped', () => {
  restoreTo({ t: 10 }).accept(batchOf('t', [0, 4], { 4: ['a', '1'] }))
  const again = restoreTo({ t: 12 })
  expect(again.pending).toEqual([{ topic: 't', position: 5 }])
  expect(again.behind).toBe(7)
})

it('shows a record what the records before it in the same batch have changed', () => {
  const seen: unknown[] = []
  const looking = table('t', (key, value, state) => {
    seen.push([state.get(key), [...state.scan('')].map(([name]) => name)])
    return [[key, value?.toString()]]
  })
  const restore = restoreTo({ t: 9 }, [looking])
  restore.accept(batchOf('t', [0, 0], { 0: ['stored', '0'] }))
  restore.accept(batchOf('t', [1, 4], { 1: ['a', '1'], 2: ['a', '2'], 3: ['stored', null], 4: ['a', '3'] }))
  expect(seen).toEqual([
    [undefined, []],
    [undefined, ['stored']],
    ['1', ['stored', 'a']],
    ['0', ['stored', 'a']],
    ['2', ['a']],
  ])
})

it('refuses a batch that was fetched before a seek', () => {
  const restore = restoreTo({ t: 10 })
  expect(() => restore.accept(batchOf('t', [3, 9], { 3: ['a', '1'] }))).toThrow('batch at 3, expected 0')
})

it('does not count offsets as empty that were fetched before a seek', async () => {
  const restore = restoreTo({ t: 10 })
  restore.skip('t', 7, 10)
  expect(restore.pending).toEqual([{ topic: 't', position: 0 }])
  expect(await isDone(restore)).toBe(false)
})

it('sets aside what cannot be read, keeps what it knew, and forgets that when a readable record of the key follows', async () => {
  const strict = table('t', (key, value) => {
    if (String(value) === 'foreign') throw new UndecodableError('foreign')
    return [[key, value?.toString()]]
  })
  const restore = restoreTo({ t: 3 }, [strict])
  restore.accept(batchOf('t', [0, 2], { 0: ['a', 'known'], 1: ['a', 'foreign'], 2: ['b', 'foreign'] }))
  expect(await isDone(restore)).toBe(true)
  expect([store.get('a'), store.get('b')]).toEqual(['known', undefined])
  const aside = [...setAside(store)]
  expect(aside).toEqual([
    { topic: 't', key: 'a', offset: 1 },
    { topic: 't', key: 'b', offset: 2 },
  ])
  expect([...setAside(store, 'other')]).toEqual([])
  // After a restart, with a store that remembers them.
  const later = restoreTo({ t: 5 }, [strict])
  later.accept(batchOf('t', [3, 4], { 3: ['b', null], 4: ['c', '1'] }))
  expect([...setAside(store)]).toEqual([aside[0]])
})

it('stops at a table that fails in another way', () => {
  const broken = table('t', () => {
    throw new TypeError('a bug')
  })
  expect(() => restoreTo({ t: 1 }, [broken]).accept(batchOf('t', [0, 0], { 0: ['a', '1'] }))).toThrow('a bug')
})
