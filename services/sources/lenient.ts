/**
 * Readings for payloads whose field types the vendor does not document or does not keep: numbers as strings, `[]` or
 * `false` for an absent object, an object where a list belongs and back, labels with and without an id. What even these
 * cannot read is a fault of that field, and costs no more than the field (`check.ts`).
 */
import { z } from 'zod'
import { calendarDay, instant } from '../core/reading/dates.ts'
import { orNull } from '../core/reading/text.ts'

/** A scalar as trimmed text; null when it is empty or no scalar. `false` is how some systems write "none". */
export function scalarText(value: unknown): string | null {
  if (typeof value === 'number' || value === true) return String(value)
  return orNull(value)
}

/** Text, or a list of texts as one line each; null when there is none. */
export function linesOf(value: unknown): string | null {
  if (!Array.isArray(value)) return scalarText(value)
  const lines = value.map(scalarText).filter(line => line !== null)
  return lines.map(line => (/^[-•*]/.test(line) ? line : `- ${line}`)).join('\n') || null
}

/** An answer: unlike a field, `false` is one. A list or an object is kept as JSON, except for what only wraps a scalar. */
export function answerText(value: unknown): string | null {
  const given = unwrapped(value)
  if (given === false) return 'false'
  return typeof given === 'object' && !isNothing(given) ? JSON.stringify(given) : scalarText(given)
}

/** What was answered: several things, or one. */
export const answersOf = (value: unknown): readonly (string | null)[] =>
  (typeof value === 'object' ? elementsOf(value) : [value]).map(answerText)

/** Names under which systems put the text of something that is an object to them. */
const TEXT_MEMBERS = ['label', 'name', 'libelle', 'text', 'value', 'title']

/** `["x"]`, `{"label": "x"}` and `{"fr": "x"}` say `x`; everything else says itself. */
function unwrapped(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const members: Readonly<Record<string, unknown>> = { ...value }
  const names = Object.keys(members)
  const name =
    TEXT_MEMBERS.find(known => Object.hasOwn(members, known)) ?? (names.length === 1 ? names[0] : undefined)
  const only = name === undefined ? undefined : members[name]
  return only === undefined || (typeof only === 'object' && only !== null) ? value : only
}

/** What an object or a list says as a text, if it says one. */
const wrapped = z.unknown().transform((value, context) => {
  const said = isNothing(value) ? null : unwrapped(value)
  if (said === null || typeof said !== 'object') return scalarText(said)
  context.addIssue({ code: 'custom', message: 'no text' })
  return z.NEVER
})

/** A scalar field as trimmed text, also when it is wrapped; null when absent or empty. Anything else is a fault. */
export const text = z.union([z.string(), z.number(), z.boolean(), wrapped]).nullish().transform(scalarText)

/** Whether it can name something: not empty, and no zero, which stands for none. */
export const isId = (id: string | null): id is string => id !== null && id !== '' && !/^0+$/.test(id)

/** An id as trimmed text, whatever its form: an id is an id. How long a key may be is the pipeline's rule. */
export const identifier = z
  .union([z.string(), z.int()])
  .transform(id => String(id).trim())
  .refine(isId)

/** Of a candidate whose applications have no ids of their own: without the sign that joins it to the job's in keys. */
export const candidateIdentifier = identifier.refine(id => !id.includes('#'))

/** A whole number, also when written as a string; null when absent or anything else. */
export const integer = text.transform(digits =>
  /^-?[0-9]{1,9}(\.0+)?$/.test(digits ?? '') ? Number(digits) : null,
)

/** A number, also when written as a string or as an amount: `£22,000`; null when absent or anything else. */
export const decimal = text.transform(given => {
  const digits = (given ?? '')
    .replace(/^\p{Sc}\s*|\s*\p{Sc}$/gu, '')
    .replace(/(?<=^-?\d{1,3}(?:[, ]\d{3})*)[, ](?=\d{3}(?:\D|$))/g, '')
  return /^-?[0-9]{1,15}(\.[0-9]+)?$/.test(digits) ? Number(digits) : null
})

/** Whether it is so, also as PHP and forms write it; null when nothing of the kind is said. */
export const truth = (value: unknown): boolean | null => {
  if (typeof value === 'boolean') return value
  const said = scalarText(value)?.toLowerCase()
  if (said === '1' || said === 'true') return true
  return said === '0' || said === 'false' ? false : null
}

/**
 * A nested object; null when absent, and when the vendor's serializer made an empty one `[]`, `{}`, `""` or `false`. Of a
 * list the first counts. `textMember`: the member that a text in the object's place stands for.
 */
export const optionalObject = <Schema extends z.ZodType>(schema: Schema, textMember?: string) =>
  z.preprocess(value => objectFrom(value, textMember), schema.nullable()).default(null)

function objectFrom(value: unknown, textMember: string | undefined): unknown {
  if (isNothing(value)) return null
  if (Array.isArray(value)) return objectFrom(value[0], textMember)
  return textMember === undefined ? value : withText(value, textMember)
}

/** The object that a text stands for; everything else as it is. */
function withText(value: unknown, textMember: string): unknown {
  const said = scalarText(value)
  return said === null ? value : { [textMember]: said }
}

/**
 * A list; empty when absent. PHP makes an object of a list with a gap, and others send the only element alone.
 * `textMember`: the member that a text stands for where the elements are objects.
 */
export const list = <Schema extends z.ZodType>(item: Schema, textMember?: string) =>
  z.preprocess(value => listFrom(value, textMember), z.array(item)).default([])

const listFrom = (value: unknown, textMember: string | undefined): readonly unknown[] =>
  textMember === undefined
    ? elementsOf(value)
    : elementsOf(value).map(element => withText(element, textMember))

/** The elements of a list, of an object whose members are its elements, or of something that stands alone. */
export function elementsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  if (isNothing(value)) return []
  if (typeof value !== 'object' || value === null) return [value]
  return Object.keys(value).every(name => /^[0-9]+$/.test(name)) ? Object.values(value) : [value]
}

/** A field whose shape nobody documents: kept as it is. */
export const anything = z.unknown().optional()

function isNothing(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() === ''
  if (typeof value !== 'object') return value === undefined || value === false
  if (value === null) return true
  for (const _ in value) return false
  return true
}

/** The members of an object; none for anything else. */
export const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  hasMembers(value) ? value : NO_MEMBERS

const NO_MEMBERS: Readonly<Record<string, unknown>> = {}

const hasMembers = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Something that a source names by a label, by an id, or by both. */
export interface Named {
  readonly id: string | null
  readonly label: string | null
}

/** Reads `"label"`, `{id, label}`, `{id, name}` and `{code, libelle}`; null when there is neither an id nor a label. */
export function named(value: unknown): Named | null {
  if (!hasMembers(value)) return labelled(scalarText(value))
  const { id, code, label, name, libelle } = membersOf(value)
  const found = {
    id: scalarText(id) ?? scalarText(code),
    label: scalarText(value) ?? scalarText(label) ?? scalarText(name) ?? scalarText(libelle),
  }
  return found.id === null && found.label === null ? null : found
}

const labelled = (label: string | null): Named | null => (label === null ? null : { id: null, label })

/** Custom fields as JSON text, so that their types survive; what is empty is left out. */
export const customFields = (values: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.keys(values)
      .filter(name => !isNothing(values[name]))
      .map(name => [name, JSON.stringify(values[name])]),
  )

/** How databases write that there is no date. */
const NO_DATE = /^(?:0000-00-00|-0001-)/

/** The calendar day a field names, days since 1970-01-01. One that cannot be read is added to `warnings`. */
export function readDay(field: string | null, warnings: Set<string>): number | null {
  const day = calendarDay(field)
  if (day === null && field !== null && !NO_DATE.test(field)) warnings.add('DATE_INVALID')
  return day
}

/** The moment a field names, ms since the epoch. What was odd about it is added to `warnings`. */
export function readMoment(field: string | null, zoneIfNaive: string, warnings: Set<string>): number | null {
  if (field === null) return null
  const moment = instant(field, zoneIfNaive)
  if (moment === null) warnings.add('TIME_INVALID')
  else if (moment.naive) warnings.add('NAIVE_TIME')
  return moment?.ms ?? null
}
