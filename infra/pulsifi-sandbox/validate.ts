/**
 * The request rows of guideline v4.1.0, read from the guideline itself and from nothing that our own client uses, so
 * that a misreading on one side shows on the other. Lengths are the guideline's "characters": Unicode code points.
 */
import { DateTime } from 'luxon'
import { z } from 'zod'
import { ApiError, type Detail } from './api-error.ts'

const lengthOf = (text: string) => [...text].length
const atMost = (max: number) =>
  z.string().refine(text => lengthOf(text) <= max, { message: `at most ${max} characters` })
const atLeast = (min: number) =>
  z.string().refine(text => lengthOf(text) >= min, { message: `at least ${min} characters` })
/** "Required: Yes": a text of nothing but spaces is as good as missing. */
const required = (max: number) => atMost(max).refine(text => text.trim() !== '', { message: 'required' })
const itemsAtMost = <Item extends z.ZodType>(item: Item, max: number) =>
  z.array(item).refine(items => items.length <= max, { message: `at most ${max} items` })

const uuid = z.guid({ message: 'a UUID' })
const calendarDate = z.iso.date({ message: 'a date YYYY-MM-DD' })
const email = required(255).refine(text => /^[^\s@]+@[^\s@]+$/.test(text), { message: 'an e-mail address' })

/** `POST /partner/oauth2/token` */
export const tokenRequest = z.object({ grant_type: z.literal('client_credentials') })

/** `POST /partner/v1.0/standard/jobs`. No minimum of skills and no maximum of the description are stated. */
export const jobRequest = z.object({
  title: required(255),
  description: atLeast(300),
  skills: itemsAtMost(z.string(), 10),
  external_id: required(45),
})

/** "Array of Strings" in one line of the guideline, "each skill object" in the next: objects. */
const candidateSkill = z.object({
  name: required(255),
  proficiency: z.enum(['novice', 'beginner', 'competent', 'proficient', 'expert']),
})

/** The field list has `responsibility_achievement`, the example `responsibilities_achievements`: either, never both. */
const workExperience = z
  .object({
    role: required(255),
    organization: required(255),
    is_current: z.boolean(),
    responsibility_achievement: atMost(1000).nullable().optional(),
    responsibilities_achievements: atMost(1000).nullable().optional(),
    start_date: calendarDate,
    end_date: calendarDate.nullable().optional(),
  })
  .refine(
    work => work.responsibility_achievement === undefined || work.responsibilities_achievements === undefined,
    { path: ['responsibility_achievement'], message: 'one spelling of the field, not both' },
  )

/** `POST /partner/v1.0/standard/candidates`, but for the deadline, which needs a clock. */
const candidateFields = z.object({
  job_id: uuid,
  ext_reference_id: required(50),
  is_anonymous_candidate: z.boolean().nullable(),
  email: email.nullable().optional(),
  first_name: atMost(255).nullable().optional(),
  last_name: atMost(255).nullable().optional(),
  skills: itemsAtMost(candidateSkill, 15).optional(),
  work_experiences: itemsAtMost(workExperience, 10).optional(),
  deadline: z.iso.datetime({ message: 'a UTC date-time such as 2021-08-12T12:21:59Z' }).optional(),
})

const PERSON_FIELDS = ['email', 'first_name', 'last_name'] as const

/** Three calendar months from now: the default deadline, and the latest one allowed. */
export const deadlineMax = (nowMs: number): DateTime =>
  DateTime.fromMillis(nowMs, { zone: 'utc' }).plus({ months: 3 })

/** E-mail and names are required unless the candidate is anonymous; a deadline lies within the next three months. */
export const candidateRequest = (nowMs: number) =>
  candidateFields.superRefine((request, context) => {
    const isNamed = request.is_anonymous_candidate !== true
    for (const field of isNamed ? PERSON_FIELDS : []) {
      if ((request[field] ?? '').trim() === '') {
        context.addIssue({ code: 'custom', path: [field], message: 'required unless anonymous' })
      }
    }
    const deadlineMs = request.deadline === undefined ? null : Date.parse(request.deadline)
    if (deadlineMs !== null && (deadlineMs <= nowMs || deadlineMs > deadlineMax(nowMs).toMillis())) {
      context.addIssue({ code: 'custom', path: ['deadline'], message: 'within 3 months from now' })
    }
  })

const event = z.enum(['candidate_application_result_ready', 'candidate_job_recommendation_result_ready'])
const httpUrl = z.url({ protocol: /^https?$/, message: 'an http or https URL' })

/** `POST /partner/v1.0/webhooks` and `PUT /partner/v1.0/webhooks/{webhook_id}` */
export const webhookRequest = z.object({
  name: required(255),
  url: httpUrl.refine(text => lengthOf(text) <= 2048, { message: 'at most 2048 characters' }),
  events: z.array(event),
  secret: atMost(255).nullable().optional(),
})

/** `PUT /partner/v1.0/webhooks/{webhook_id}/status` */
export const webhookStatusRequest = z.object({ status: z.enum(['active', 'inactive']) })

/** `POST /partner/v1.0/webhooks/test` */
export const webhookTestRequest = z.object({ event })

/** A `+` in a query string arrives as a space unless the client encoded it; both mean ascending. */
const SORT_FIELD = /^[+ -]?(?:created_at|name)$/

/** `GET /partner/v1.0/webhooks` */
export const webhookListQuery = z.object({
  page: z.coerce.number().int().min(1).default(1),
  page_size: z.coerce.number().int().min(1).default(25),
  sort_by: z
    .string()
    .refine(text => text.split(',').every(part => SORT_FIELD.test(part)), {
      message: 'comma separated created_at, name, with + or - before',
    })
    .optional(),
  status: z.enum(['active', 'inactive']).optional(),
  q: z.string().optional(),
})

/** A `{job_id}` or `{webhook_id}` in a path. */
export const uuidPath = (name: string) => z.object({ [name]: uuid })

/**
 * The checked value. In strict mode a field that the schema does not name is a fault too, at any depth.
 * @throws ApiError 400 with every broken rule, by path, without values.
 */
export function validated<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  isStrict: boolean,
): z.output<Schema> {
  const parsed = schema.safeParse(input)
  const faults = parsed.success ? [] : parsed.error.issues.map(detailOf)
  const unknown = isStrict && parsed.success ? unknownFields(input, parsed.data, '') : []
  if (parsed.success && unknown.length === 0) return parsed.data
  throw new ApiError(400, 'VALIDATION_FAILED', 'the request breaks a documented rule', [
    ...faults,
    ...unknown,
  ])
}

const detailOf = (issue: { path: PropertyKey[]; message: string }): Detail => ({
  path: issue.path.map(String).join('.'),
  rule: issue.message,
})

/** Object schemas drop what they do not name: whatever is in the input and not in the output was never documented. */
function unknownFields(input: unknown, output: unknown, path: string): Detail[] {
  if (typeof input !== 'object' || input === null || typeof output !== 'object' || output === null) return []
  const known = new Map(Object.entries(output))
  return Object.entries(input).flatMap(([key, value]) => {
    const place = path === '' ? key : `${path}.${key}`
    return known.has(key)
      ? unknownFields(value, known.get(key), place)
      : [{ path: place, rule: 'unknown field' }]
  })
}
