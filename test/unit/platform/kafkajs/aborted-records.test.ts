import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type AbortedTransaction,
  type FetchedRecord,
  withoutAborted,
} from '../../../../services/platform/kafkajs/aborted-records.ts'
import { kafkajsAsShipped } from '../../../support/kafkajs-as-shipped.ts'

type Step =
  | { readonly producer: number; readonly type: 'record' | 'commit' | 'abort' }
  | { readonly type: 'plain' }

interface Log {
  readonly records: readonly FetchedRecord[]
  readonly isCommitted: readonly boolean[]
  readonly aborted: readonly (AbortedTransaction & { readonly lastOffset: number })[]
}

const marker = (type: number) => Buffer.from([0, 0, 0, type])

/** The partition that the steps write, as a broker keeps it; whatever is open at the end is aborted. */
function logOf(steps: readonly Step[]): Log {
  const records: FetchedRecord[] = []
  const isCommitted: boolean[] = []
  const aborted: (AbortedTransaction & { lastOffset: number })[] = []
  const open = new Map<number, number[]>()
  const append = (producer: number | null, key: Buffer | null, isControlRecord: boolean) => {
    const batchContext = { producerId: String(producer ?? -1), inTransaction: producer !== null }
    records.push({ offset: String(records.length), key, isControlRecord, batchContext })
    isCommitted.push(producer === null)
  }
  const end = (producer: number, isCommit: boolean) => {
    const offsets = open.get(producer)
    if (offsets === undefined) return
    open.delete(producer)
    const lastOffset = records.length
    append(producer, marker(isCommit ? 1 : 0), true)
    for (const offset of offsets) isCommitted[offset] = isCommit
    // A broker lists them as they end.
    if (!isCommit) aborted.push({ producerId: String(producer), firstOffset: String(offsets[0]), lastOffset })
  }
  for (const step of steps) {
    if (step.type === 'plain') append(null, Buffer.from([0, 0, 0, 0]), false)
    else if (step.type === 'record') {
      open.set(step.producer, [...(open.get(step.producer) ?? []), records.length])
      append(step.producer, Buffer.from('key'), false)
    } else end(step.producer, step.type === 'commit')
  }
  for (const producer of [...open.keys()]) end(producer, false)
  return { records, isCommitted, aborted }
}

/** What a fetch of the offsets from `from` up to `to` brings. */
function fetched({ records, isCommitted, aborted }: Log, from: number, to: number) {
  const inRange = records.slice(from, to)
  return {
    records: inRange,
    aborted: aborted.filter(({ lastOffset, firstOffset }) => lastOffset >= from && Number(firstOffset) < to),
    committed: inRange.filter((record, at) => record.isControlRecord || isCommitted[from + at]),
  }
}

const steps = fc.array(
  fc.oneof(
    fc.record({
      producer: fc.nat(3),
      type: fc.constantFrom('record' as const, 'record' as const, 'commit' as const, 'abort' as const),
    }),
    fc.record({ type: fc.constant('plain' as const) }),
  ),
  { minLength: 1, maxLength: 60 },
)

describe('the records of a fetch', () => {
  it('are those of committed transactions and of none, wherever the fetch begins and ends', () => {
    fc.assert(
      fc.property(steps, fc.nat(), fc.nat(), (script, a, b) => {
        const log = logOf(script)
        const from = a % (log.records.length + 1)
        const { records, aborted, committed } = fetched(
          log,
          from,
          from + (b % (log.records.length - from + 1)),
        )
        expect(withoutAborted(records, aborted)).toEqual(committed)
      }),
    )
  })

  it('are others by the filter that kafkajs brings along', () => {
    const filter = kafkajsAsShipped<
      (fetch: { messages: unknown; abortedTransactions: unknown }) => unknown[]
    >('kafkajs/src/consumer/filterAbortedMessages')
    const [a, b] = [0, 1] as const
    const { records, aborted, committed } = fetched(
      logOf([
        { producer: a, type: 'record' },
        { producer: b, type: 'record' },
        { producer: b, type: 'abort' },
        { producer: a, type: 'abort' },
      ]),
      0,
      4,
    )
    expect(withoutAborted(records, aborted)).toEqual(committed)
    expect(filter({ messages: records, abortedTransactions: aborted })).not.toEqual(committed)
  })
})
