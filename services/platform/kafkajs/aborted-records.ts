/**
 * Which fetched records belong to aborted transactions. Pure.
 *
 * A broker lists the aborted transactions of a fetch in the order in which they ended. kafkajs 2.2.4 takes it for the
 * order in which they began, and enters one a record: where transactions of several producers overlap, it delivers
 * aborted records.
 */
export interface FetchedRecord {
  readonly offset: string
  readonly key: Buffer | null
  readonly isControlRecord: boolean
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean }
}

export interface AbortedTransaction {
  readonly producerId: string
  /** Of its first record; it ends with the next abort marker of its producer. */
  readonly firstOffset: string
}

/** Key of a control record: two bytes of version, two of type, which is 0 for an abort. */
const ABORT_TYPE_AT = 2

/** `records` without the aborted ones, in order; control records stay. */
export function withoutAborted<T extends FetchedRecord>(
  records: readonly T[],
  aborted: readonly AbortedTransaction[],
): T[] {
  const begins = aborted
    .map(({ producerId, firstOffset }) => ({ producerId, at: BigInt(firstOffset) }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
  const aborting = new Set<string>()
  let begun = 0
  return records.filter(({ offset, key, isControlRecord, batchContext }) => {
    for (let next = begins[begun]; next !== undefined && next.at <= BigInt(offset); next = begins[begun]) {
      aborting.add(next.producerId)
      begun++
    }
    const { producerId, inTransaction } = batchContext
    if (isControlRecord) {
      if (key?.readInt16BE(ABORT_TYPE_AT) === 0) aborting.delete(producerId)
      return true
    }
    return !(inTransaction && aborting.has(producerId))
  })
}
