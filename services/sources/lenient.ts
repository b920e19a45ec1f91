/**
 * Readings for payloads whose field types the vendor does not document or does not keep: numbers as strings, `[]` or
 * `false` for an absent object, labels with and without an id.
 */
import { z } from 'zod'
import { instant } from '../core/dates.ts'
import { orNull } from '../core/text.ts'

/** A scalar as trimmed text; null when it is empty or no scalar. `false` is how some systems write "none". */
export function scalarText(value: unknown): string | null {
  if (typeof value === 'number' || value === true) return String(value)
  return orNull(value)
}

/** A scalar field as trimmed text; null when absent or empty. A list or an object in its place is a fault. */
export const text = z.union([z.string(), z.number(), z.boolean()]).nullish().transform(scalarText)

/** A whole number, also when written as a string; null when absent or anything else. */
export const integer = text.transform(digits => (/^-?[0-9]{1,9}$/.test(digits ?? '') ? Number(digits) : null))

/** A number, also when written as a string; null when absent or anything else. */
export const decimal = text.transform(digits =>
  /^-?[0-9]{1,15}(\.[0-9]+)?$/.test(digits ?? '') ? Number(digits) : null,
)

/** A nested object; null when absent, and when the vendor's serializer made an empty one `[]`, `""` or `false`. */
export const optionalObject = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess(value => (isNothing(value) ? null : value), schema.nullable()).default(null)

/** A list; empty when absent. */
export const list = <Schema extends z.ZodType>(item: Schema) =>
  z.preprocess(value => (isNothing(value) ? [] : value), z.array(item)).default([])

/** A field whose shape nobody documents: kept as it is. */
export const anything = z.unknown().optional()

const isNothing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === false ||
  value === '' ||
  (Array.isArray(value) && value.length === 0)

/** The members of an object; none for anything else. */
export const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}

/** Something that a source names by a label, by an id, or by both. */
export interface Named {
  readonly id: string | null
  readonly label: string | null
}

/** Reads `"label"`, `{id, label}` and `{id, name}`; null when there is neither an id nor a label. */
export function named(value: unknown): Named | null {
  const { id, label, name } = membersOf(value)
  const found = { id: scalarText(id), label: scalarText(value) ?? scalarText(label) ?? scalarText(name) }
  return found.id === null && found.label === null ? null : found
}

/** Custom fields as JSON text, so that their types survive; what is empty is left out. */
export const customFields = (values: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      isNothing(value) ? [] : [[name, JSON.stringify(value)]],
    ),
  )

/** The moment a field names, ms since the epoch. What was odd about it is added to `warnings`. */
export function readMoment(field: string | null, zoneIfNaive: string, warnings: Set<string>): number | null {
  if (field === null) return null
  const moment = instant(field, zoneIfNaive)
  if (moment === null) warnings.add('TIME_INVALID')
  else if (moment.naive) warnings.add('NAIVE_TIME')
  return moment?.ms ?? null
}
