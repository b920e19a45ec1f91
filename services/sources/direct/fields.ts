/**
 * Fields as our own format has them: the names of the canonical records, dates as ISO 8601 text. What they are read
 * as is what the canonical record holds: days since 1970-01-01, ms since then, null for what is absent or empty.
 */
import { z } from 'zod'
import { calendarDay, instant } from '../../core/reading/dates.ts'
import { isUntilToday, type PartialDay, partialDay } from '../../core/reading/partial-day.ts'
import { customFields, linesOf, membersOf, scalarText } from '../lenient.ts'

/** Printable: control characters separate keys in our stores. How long a key may be is the pipeline's rule. */
const ID = /^[ -~\u00a0-\uffff]+$/
/** Without the sign that joins a candidate and a job to the key of an application. */
const ID_WITHOUT_HASH = /^[ -"$-~\u00a0-\uffff]+$/

const identifier = (pattern: RegExp) => z.union([z.string().trim().regex(pattern), z.int().transform(String)])

/** Id of a job, in whatever system. */
export const jobId = identifier(ID)
/** Id of a candidate or of an application. */
export const entityId = identifier(ID_WITHOUT_HASH)

export const text = z.union([z.string(), z.number()]).nullish().transform(scalarText)
export const flag = z.boolean().nullish().transform(orNull)
export const int = z.int32().nullish().transform(orNull)
export const amount = z.number().nullish().transform(orNull)
export const required = z.string().trim().min(1)

/** `M` for a mark that may be absent, one of Avro's symbols. */
export const oneOf = <const Symbol extends string>(symbols: readonly Symbol[], absent: NoInfer<Symbol>) =>
  z
    .enum(symbols)
    .nullish()
    .transform(symbol => symbol ?? absent)

export const list = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item)
    .nullish()
    .transform(items => items ?? [])

export const optional = <Value extends z.ZodType>(value: Value) => value.nullish().transform(orNull)

export const link = z
  .url({ protocol: /^https?$/ })
  .nullish()
  .transform(orNull)

const isoTime = z.union([z.iso.date(), z.iso.datetime({ offset: true })])

/** A calendar day; of a time, the day in its own offset. */
export const day = isoTime.nullish().transform((iso, context) => read(iso, calendarDay, context))

/** A day, or the month or year of one, as a CV has it: `2019-03-05`, `2019-03`, `2019`. */
export const partial = z
  .union([z.string(), z.int()])
  .nullish()
  .transform((sent, context) => read(scalarText(sent), partialDay, context))

/** The same of an end, or that there is none yet: `present`, `current`. */
export const partialOrPresent = z
  .union([z.string(), z.int()])
  .nullish()
  .transform((sent, context) =>
    read(
      scalarText(sent),
      (text): PartialDay | 'PRESENT' | null => (isUntilToday(text) ? 'PRESENT' : partialDay(text)),
      context,
    ),
  )

/** Text, or a list of texts, which become its lines. */
export const lines = z
  .union([z.string(), z.number(), z.array(z.union([z.string(), z.number()]))])
  .nullish()
  .transform(linesOf)

/** A moment; of a day, its first moment in UTC. */
export const moment = isoTime
  .nullish()
  .transform((iso, context) => read(iso, known => instant(known, 'utc')?.ms ?? null, context))

function read<Value>(
  iso: string | null | undefined,
  reading: (iso: string) => Value | null,
  context: z.core.$RefinementCtx,
): Value | null {
  if (iso === null || iso === undefined) return null
  const value = reading(iso)
  // A date that is given and not understood is a fault, never an absent one: absence would let an old applicant in.
  if (value === null) context.addIssue({ code: 'custom', message: 'not a time' })
  return value
}

/** An object of whatever members. Not a record: that leaves out a member named `__proto__`. */
const anyMembers = z
  .unknown()
  .refine(value => typeof value === 'object' && value !== null && !Array.isArray(value))
  .meta({ type: 'object', propertyNames: { type: 'string' }, additionalProperties: {} })

/** Any JSON values by name, kept as JSON text so that types survive. */
export const values = anyMembers.nullish().transform(fields => customFields(membersOf(fields)))

/** Further ids by name; empty ones are left out. */
export const ids = anyMembers.nullish().transform(named =>
  Object.fromEntries(
    Object.entries(membersOf(named)).flatMap(([name, id]) => {
      const known = scalarText(id)
      return known === null ? [] : [[name, known]]
    }),
  ),
)

function orNull<Value>(value: Value | null | undefined): Value | null {
  return value ?? null
}

export const Contact = z
  .strictObject({
    external_id: text,
    account_id: text,
    role: text,
    first_name: text,
    last_name: text,
    email: text,
  })
  .meta({ id: 'Contact' })

export const Location = z
  .strictObject({
    raw: text,
    street: text,
    city: text,
    postal_code: text,
    region: text,
    country: text,
    country_code: text,
    latitude: z.number().min(-90).max(90).nullish().transform(orNull),
    longitude: z.number().min(-180).max(180).nullish().transform(orNull),
  })
  .meta({ id: 'Location' })
export type Location = z.output<typeof Location>
