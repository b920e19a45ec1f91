/** One operation of the HTTP API, declared once: its route, its checks and its description come from here. */
import { z } from 'zod'
import type { OperatorCommand } from '../../core/inbox-command.ts'
import type { Wanted } from '../../platform/dead-letters/plan.ts'
import type { User } from '../serve/user.ts'
import type { Database } from '../store/database.ts'
import type { Select } from '../store/select.ts'
import type { Snapshot } from '../watch/look-at-kafka.ts'

/** What an operation may use. */
export interface ApiContext {
  /** Who asks. The database shows the tenants alone that the user may see. */
  readonly user: User
  readonly database: Pick<Database, 'read' | 'use'>
  /** Of scores that the user may see, the fit score that most applications have; null without any score. */
  readonly mainScoreType: () => Promise<string | null>
  /** SQL of whoever asks. */
  readonly select: Select
  /** The newest look at Kafka and at the other processes; null before the first. */
  readonly snapshot: () => Snapshot | null
  readonly keepsPersonalData: boolean
  readonly resolveLetters: ResolveLetters
  /** Says to the owner of a partition what a person wants. @throws ApiError when Kafka does not confirm it. */
  readonly tellOwner: (command: OperatorCommand, partition: number) => Promise<void>
  /** The links of a result, read from its topic; null when the record is no longer there. */
  readonly reportAt: (place: Place) => Promise<ReportLinks | null>
  /** A dead letter, read from its topic; null when the record is no longer there. */
  readonly letterAt: (place: Place) => Promise<KeptLetter | null>
  /** Requests a second that the sink may make. */
  readonly pulsifiBudget: number
}

/** Of a record. */
export interface Place {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}
export type DeadLetterPlace = Place

/** Web addresses alone. */
export interface ReportLinks {
  readonly page: string | null
  readonly pdf: string | null
  /** ISO 8601 in UTC. */
  readonly pdf_expires_at: string | null
}

export interface ResolvedLetter extends DeadLetterPlace {
  readonly done: 'redriven' | 'discarded' | 'left' | 'missing'
  /** Why nothing was done; null when something was. */
  readonly why: string | null
  readonly sent_to: string | null
  readonly events: number
}
/** A dead letter as it was kept. */
export interface KeptLetter {
  readonly headers: Readonly<Record<string, string>>
  /** Null when there is none, or when it was kept outside Kafka and is not there any more. */
  readonly body: Uint8Array | null
  /** Of one that is a record of Avro: its fields. @param isShown with what they say of people; without, that is masked */
  readonly record: ((isShown: boolean) => Readonly<Record<string, unknown>>) | null
  /** Topic that it was meant for, or came in for; empty when nobody knows. */
  readonly origin: string
}

/** Sends dead letters back or discards them; answers in their order. @param operator who decides, for the record */
export type ResolveLetters = (
  wanted: Wanted,
  places: readonly DeadLetterPlace[],
  operator: string,
) => Promise<readonly ResolvedLetter[]>

/**
 * How long an answer lasts: until a record changes the tables, for a moment because it changes by itself, or not at all
 * because it is of the one who asked.
 */
export type Lasts = 'until-a-record' | 'a-moment' | 'never'

export interface Audited {
  readonly kind: 'LOOK' | 'DECISION'
  /** What it is about, by key or place; empty: whatever is found. No value, and nothing that somebody has typed in. */
  readonly subjects: readonly string[]
}

/** An answer other than 200. The message is for a person and holds nothing personal. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

interface Declaration<Q extends z.ZodObject, B extends z.ZodType, R extends z.ZodType> {
  readonly method: 'get' | 'post'
  readonly path: `/api/${string}`
  readonly name: string
  readonly tag: string
  readonly summary: string
  /** What each figure counts, exactly. */
  readonly description: string
  readonly query: Q
  readonly body?: B
  readonly response: R
  /** Of what is recorded who asked: a look at data about single people, or a decision. */
  readonly audited?: (input: { readonly query: z.output<Q>; readonly body: z.output<B> }) => Audited
  /** Who may ask: everybody, who may see all tenants, or who may decide. */
  readonly asks?: 'all-tenants' | 'operator'
  readonly lasts: Lasts
  readonly answer: (
    input: { readonly query: z.output<Q>; readonly body: z.output<B> },
    context: ApiContext,
  ) => Promise<z.input<R>>
}

export interface Endpoint
  extends Omit<Declaration<z.ZodObject, z.ZodType, z.ZodType>, 'answer' | 'audited' | 'body'> {
  readonly body: z.ZodType | null
  /** Null for what is not recorded. @throws as `answer` does */
  readonly auditOf: (query: unknown, body: unknown, user: User) => Audited | null
  /** @throws ApiError with status 403 for who may not ask, 400 for input that does not fit. */
  readonly answer: (query: unknown, body: unknown, context: ApiContext) => Promise<unknown>
}

export function endpoint<Q extends z.ZodObject, R extends z.ZodType, B extends z.ZodType = z.ZodNull>(
  declaration: Declaration<Q, B, R>,
): Endpoint {
  const { answer, audited, body, ...rest } = declaration
  // A filter that is misspelt would otherwise be none. Cast: what is refused changes no type of what is taken.
  const query = declaration.query.strict() as unknown as Q
  const inputOf = (givenQuery: unknown, givenBody: unknown, user: User) => {
    refuseOthers(rest.asks, user)
    return {
      query: checked(query, givenQuery),
      // Cast: without a declared body, B is the null that stands here.
      body: body === undefined ? (null as z.output<B>) : checked(body, givenBody),
    }
  }
  return {
    ...rest,
    query,
    body: body ?? null,
    auditOf: (givenQuery, givenBody, user) => audited?.(inputOf(givenQuery, givenBody, user)) ?? null,
    answer: async (givenQuery, givenBody, context) =>
      answer(inputOf(givenQuery, givenBody, context.user), context),
  }
}

function refuseOthers(asks: Endpoint['asks'], { role, tenants }: User): void {
  if (asks === 'operator' && role !== 'operator')
    throw new ApiError(403, 'ROLE_MISSING', 'a viewer looks, and does not decide')
  if (asks === 'all-tenants' && tenants !== null)
    throw new ApiError(403, 'TENANTS_LIMITED', 'this is for who may see all tenants')
}

export function checked<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(issue => `${issue.path.join('.') || 'body'}: ${issue.message}`)
  throw new ApiError(400, 'INPUT_INVALID', faults.join('; '))
}

export const NO_QUERY = z.object({})
/** ISO 8601 in UTC, with its zone. */
export const time = () => z.string().meta({ format: 'date-time' }).nullable()
/** Of the keys that lead from table to table. */
export const KEYS = {
  application_key: z.string().describe('`<source>:<tenant>:<candidate>#<job>`'),
  candidate_key: z.string().nullable().describe('`<source>:<tenant>:<candidate>`'),
  job_key: z.string().nullable().describe('`<source>:<tenant>:<job>`'),
  job_title: z.string().nullable().describe('null when no source sent the job, or it has no title'),
  source: z.string().describe('name of the source, such as jobylon'),
  tenant_id: z.string().describe('tenant, default when there is only one'),
} as const
export const ordering = {
  order: z.enum(['asc', 'desc']).optional().describe('unset: times and numbers from above, texts from A'),
}
export const paging = {
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('rows of a page'),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0).describe('rows before the page'),
}
export const selection = {
  source: z.string().optional().describe('name of the source, such as jobylon'),
  tenant_id: z.string().optional().describe('tenant, default when there is only one'),
  job_key: z.string().optional().describe('one job'),
}
/** With the days of which the applications count, for everything that is told of them. */
export const cohort = {
  ...selection,
  from: z.iso
    .date()
    .optional()
    .describe('applications received on this day or later, in UTC; where no receipt is known, first decided'),
  to: z.iso.date().optional().describe('applications received on this day or earlier'),
}
