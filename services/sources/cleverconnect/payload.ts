/** What we read of an application that CleverConnect (Météojob) sends. Unknown keys are ignored. */
import { z } from 'zod'
import { list, optionalObject, text } from '../lenient.ts'

/** An integer, by the guide, and zero is one; a text is an id as well. The guide's path column is shifted. */
const Id = z
  .union([z.string(), z.int()])
  .transform(id => String(id).trim())
  .pipe(z.string().min(1))

/** All that routing needs. */
export const Envelope = z.object({ id: Id })

const Location = z.object({ raw: text, city: text, zipCode: text, country: text })

/** Where a file's base64 was, `split` leaves a reference to its bytes, or why there are none. */
const FileReference = z.object({
  $file: z.union([
    z.object({ sha256: z.hash('sha256'), size_bytes: z.int(), content_type: z.string() }),
    z.object({ rejected: z.enum(['INVALID_BASE64', 'EMPTY_FILE']) }),
  ]),
})

const Attachment = z.object({
  type: text,
  contentType: text,
  fileName: text,
  content: FileReference.nullish(),
})

const Candidate = z.object({
  civility: text,
  firstName: text,
  lastName: text,
  email: text,
  phoneNumber: text,
  /** "One item" in the guide's table, whose paths say `location[]`. */
  location: optionalObject(Location, 'raw'),
})

/** Only `id` and `jobId` are taken as required: the guide does not say. Without a candidate, nobody can be invited. */
export const Application = z.preprocess(
  apart,
  z.object({
    id: Id,
    jobId: Id,
    candidate: z.preprocess(one => (Array.isArray(one) ? one[0] : one) ?? {}, Candidate),
    attachments: list(Attachment),
    origin: text,
    /** Not in the guide; the product may add them, and others, which are kept as they are. */
    message: text,
    createdAt: text,
    others: z.map(z.string(), z.unknown()),
  }),
)

/** Beside what is read, all other members: not left to the schema, which would lose one named `__proto__`. */
function apart(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
  const others = Object.entries(body).filter(([name]) => !READ.has(name))
  return { ...body, others: new Map(others) }
}

const READ: ReadonlySet<string> = new Set([
  'id',
  'jobId',
  'candidate',
  'attachments',
  'origin',
  'message',
  'createdAt',
])

export type Application = z.infer<typeof Application>
export type Attachment = z.infer<typeof Attachment>
export type Location = z.infer<typeof Location>

/** Compiled, since mappings read it for each event. */
export const Settings = z.compile(
  z.strictObject({
    /** The source in whose key space `jobId` lives: the guide says it is the id "provided by the ATS". */
    job_source: z
      .string()
      .regex(/^[a-z0-9-]+$/)
      .default('cleverconnect'),
  }),
)
