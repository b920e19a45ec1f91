/** How two records that should be equal differ, for whoever has to mend one of the two sides. Pure. */
import { hashOf, headersOf, type Published } from './digest.ts'

/**
 * Of one partition, where both sides write in the order of the raw records: which record is the first that differs, and in
 * what. Null when all are the same. @param decode the record in a value
 */
export function firstDifference(
  ours: readonly Published[],
  theirs: readonly Published[],
  decode: (value: Buffer) => unknown,
): string | null {
  for (let at = 0; at < Math.max(ours.length, theirs.length); at++) {
    const [one, other] = [ours[at], theirs[at]]
    if (one === undefined || other === undefined)
      return `${ours.length} records here, ${theirs.length} there: the next has the key ${(one ?? other)?.key}`
    if (hashOf(one) !== hashOf(other))
      return `record ${at} with the key ${one.key}: ${differenceOf(one, other, decode)}`
  }
  return null
}

/** Null when they are the same. @param decode the record in a value */
export function differenceOf(
  ours: Published,
  theirs: Published,
  decode: (value: Buffer) => unknown,
): string | null {
  if (!isSame(ours.key, theirs.key)) return told('key', String(ours.key), String(theirs.key))
  return headerDifference(ours, theirs) ?? valueDifference(ours.value, theirs.value, decode)
}

const isSame = (one: Buffer | null, other: Buffer | null): boolean =>
  one === null || other === null ? one === other : one.equals(other)

function headerDifference(ours: Published, theirs: Published): string | null {
  const texts = (headers: Published['headers']) =>
    Object.fromEntries(
      [...Map.groupBy(headersOf(headers), ([name]) => name)].map(([name, all]) => [
        name,
        all.map(([, value]) => String(value)).join(', '),
      ]),
    )
  return fieldDifference(texts(ours.headers), texts(theirs.headers), 'header ')
}

function valueDifference(
  ours: Buffer | null,
  theirs: Buffer | null,
  decode: (value: Buffer) => unknown,
): string | null {
  if (isSame(ours, theirs)) return null
  if (ours === null || theirs === null) return told('value', ours && 'a record', theirs && 'a record')
  const [one, other] = [readable(ours, decode), readable(theirs, decode)]
  if (one === null || other === null)
    return told(
      'value',
      one ?? 'bytes that do not fit the schema',
      other ?? 'bytes that do not fit the schema',
    )
  return (
    fieldDifference(one, other, '') ??
    `the same fields in other bytes: ${ours.length} here, ${theirs.length} there, from byte ${firstByte(ours, theirs)} on`
  )
}

/** An object around the record, since a record may be any value of JSON. Null when it cannot be read. */
function readable(value: Buffer, decode: (value: Buffer) => unknown): Record<string, unknown> | null {
  try {
    return { ...(decode(value) as object) }
  } catch {
    return null
  }
}

const firstByte = (one: Buffer, other: Buffer): number => one.findIndex((byte, at) => byte !== other[at])

/** The path of the first field that differs, in the order of the schema, with what both sides have. */
export function fieldDifference(ours: unknown, theirs: unknown, path: string): string | null {
  if (!isBranch(ours) || !isBranch(theirs) || Array.isArray(ours) !== Array.isArray(theirs))
    return Object.is(ours, theirs) ? null : told(path, ours, theirs)
  const names = new Set([...Object.keys(ours), ...Object.keys(theirs)])
  for (const name of names) {
    const found = fieldDifference(
      ours[name],
      theirs[name],
      isRoot(path) ? `${path}${name}` : `${path}.${name}`,
    )
    if (found !== null) return found
  }
  // Entries of a map are written in their order.
  const [order, otherOrder] = [Object.keys(ours).join(', '), Object.keys(theirs).join(', ')]
  return order === otherOrder ? null : told(`${path} (order)`, order, otherOrder)
}

const isRoot = (path: string): boolean => path === '' || path.endsWith(' ')

const isBranch = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const TOLD_LENGTH_MAX = 200

const told = (path: string, ours: unknown, theirs: unknown): string =>
  `${path}: ${textOf(ours)} here, ${textOf(theirs)} there`

const textOf = (value: unknown): string =>
  value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value)).slice(0, TOLD_LENGTH_MAX)
