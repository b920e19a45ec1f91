/**
 * What Pulsifi's API v4.1.0 takes and answers, with its own field names. Requests are exact, readings are tolerant:
 * the guideline contradicts itself and the portal, so only what we cannot do without is required of an answer.
 */
import { z } from 'zod'
import { instant } from '../../core/reading/dates.ts'

export interface CreateJobRequest {
  readonly title: string
  readonly description: string
  readonly skills: readonly string[]
  readonly external_id: string
}

/** Optional keys are left out: the guideline says that optional lists are not nullable. */
export interface CreateCandidateRequest {
  readonly job_id: string
  readonly ext_reference_id: string
  readonly is_anonymous_candidate: boolean
  readonly email?: string
  readonly first_name?: string
  readonly last_name?: string
  readonly skills?: readonly CandidateSkillRequest[]
  readonly work_experiences?: readonly WorkExperienceRequest[]
  /** UTC, with `Z`. */
  readonly deadline?: string
}

/** The four values that the guideline and the developer portal both list; `beginner` is only in the first. */
export type Proficiency = 'novice' | 'competent' | 'proficient' | 'expert'

export interface CandidateSkillRequest {
  readonly name: string
  readonly proficiency: Proficiency
}

/** The guideline's field list has the singular name, its example the plural one. Only one of them is ever sent. */
export type ResponsibilityFieldName = 'responsibility_achievement' | 'responsibilities_achievements'

export type WorkExperienceRequest = {
  readonly role: string
  readonly organization: string
  readonly is_current: boolean
  /** `YYYY-MM-DD`. */
  readonly start_date: string
  /** `YYYY-MM-DD`; only of a past position. */
  readonly end_date?: string
} & { readonly [Name in ResponsibilityFieldName]?: string }

export interface WebhookRequest {
  readonly name: string
  readonly url: string
  readonly events: readonly string[]
  readonly secret?: string
}

export type WebhookEvent = 'candidate_application_result_ready' | 'candidate_job_recommendation_result_ready'

export interface WebhookQuery {
  readonly page?: number
  readonly page_size?: number
  readonly sort_by?: string
  readonly status?: string
  readonly q?: string
}

/** An identifier, which some systems write as a number. */
const id = z.union([z.string().trim().min(1), z.number().transform(String)])
const textOrNull = z
  .string()
  .nullish()
  .catch(null)
  .transform(value => value || null)
/** Milliseconds since the epoch, also when it is written so; the guideline's times are UTC, with or without saying so. */
const timeOrNull = z
  .unknown()
  .optional()
  .transform(value => (Number.isSafeInteger(value) ? Number(value) : (instant(value, 'utc')?.ms ?? null)))

/** The developer portal shows `{data, meta}` around what the guideline shows bare. */
const maybeWrapped = <Reading extends z.ZodType>(expectedField: string, reading: Reading) =>
  z.preprocess(body => unwrapped(body, expectedField), reading)

function unwrapped(body: unknown, expectedField: string): unknown {
  if (typeof body !== 'object' || body === null || Object.hasOwn(body, expectedField)) return body
  return 'data' in body ? body.data : body
}

/** The answer to a request for a token. `expires_in` is read by `tokenLifetimeMs`. */
export const tokenReply = maybeWrapped(
  'access_token',
  z.object({ access_token: z.string().min(1), expires_in: z.unknown().optional() }),
)

export const jobReply = maybeWrapped(
  'id',
  z.object({
    id,
    /** `active` after creation; other values are not documented. */
    status: textOrNull,
    external_id: textOrNull,
  }),
)
export type JobReply = z.output<typeof jobReply>

/** `score_value` is an integer in v4.1.0 and was a fraction before; a score that cannot be read is left out. */
const score = z.object({
  score_type: z.string().trim().min(1),
  score_value: z.union([
    z.number(),
    z
      .string()
      .trim()
      .regex(/^-?\d+(?:\.\d+)?$/)
      .transform(Number),
  ]),
  score_format: z.union([
    z.number(),
    z
      .string()
      .trim()
      .regex(/^\d+(?:\.\d+)?$/)
      .transform(Number),
  ]),
})
export type ScoreReply = z.output<typeof score>

const scores = z
  .array(z.unknown())
  .nullish()
  .catch(null)
  .transform(items => (items ?? []).flatMap(item => readable(score.safeParse(item))))

const readable = <T>(parsed: z.ZodSafeParseResult<T>): T[] => (parsed.success ? [parsed.data] : [])

const candidateFields = {
  candidate_id: id,
  ext_reference_id: id
    .nullish()
    .catch(null)
    .transform(value => value ?? null),
  job_id: textOrNull,
  is_anonymous_candidate: z
    .boolean()
    .nullish()
    .catch(null)
    .transform(value => value ?? false),
  /** A bearer secret. */
  invitation_link: textOrNull,
  invitation_expired_at: timeOrNull,
  created_at: timeOrNull,
  report_pdf_link: textOrNull,
  report_profile_link: textOrNull,
  scores,
  additional_scores: scores,
}

const withInviteCode = <Reply extends { readonly invitation_link: string | null }>(reply: Reply) => ({
  ...reply,
  invite_code: inviteCodeOf(reply.invitation_link),
})

/** A candidate's details: everything that the answer to an invitation has, and the result. */
export const candidateReply = maybeWrapped(
  'candidate_id',
  z.object({ ...candidateFields, status: z.string().trim().min(1) }).transform(withInviteCode),
)
/** The answer to an invitation. It begins as `invited`, says the guideline, so that need not be repeated to us. */
export const invitationReply = maybeWrapped(
  'candidate_id',
  z
    .object({ ...candidateFields, status: z.string().trim().min(1).catch('invited') })
    .transform(withInviteCode),
)
export type CandidateReply = z.output<typeof candidateReply>

/** `secret` is never answered. `is_deleted` is a boolean, whatever the guideline's field list says. */
const webhook = z.object({
  id,
  name: textOrNull,
  url: textOrNull,
  events: z.array(z.string()).catch([]),
  status: textOrNull,
  is_deleted: z.boolean().catch(false),
})
export const webhookReply = maybeWrapped('id', webhook)
export type WebhookReply = z.output<typeof webhookReply>
/** The answer to a change of a webhook, of which the status is enough. */
export const webhookChangeReply = webhookReply.nullable().catch(null)

const page = z.object({ total_count: z.number().catch(0), result: z.array(webhook) })
/** A page of webhooks: bare, wrapped, or, as other listings of the portal, a wrapped array. */
export const webhookListReply = maybeWrapped(
  'result',
  z.union([page, z.array(webhook).transform(result => ({ total_count: result.length, result }))]),
)
export type WebhookListReply = z.output<typeof webhookListReply>

/** The value of a JSON text; undefined when it is none. */
export function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * The code that "Get Candidate Result With Invitation Code" asks for. No answer has a field for it: it is the last
 * segment of the invitation link. Null when the link has none.
 */
export function inviteCodeOf(invitationLink: string | null): string | null {
  const path = invitationLink === null ? undefined : URL.parse(invitationLink)?.pathname
  return (
    path
      ?.split('/')
      .filter(segment => segment !== '')
      .at(-1) ?? null
  )
}
