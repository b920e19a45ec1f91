/** What we read of an application that CleverConnect (Météojob) sends. Unknown keys are ignored. */
import { z } from 'zod'
import { list, text } from '../lenient.ts'

/** An integer, by the guide; digits in a string are the same id (reading C5). The guide's path column is shifted (C4). */
const ApplicationId = z.union([z.int().nonnegative(), z.string().trim().regex(/^\d+$/)]).transform(String)

/** All that routing needs. */
export const Envelope = z.object({ id: ApplicationId })

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

/** Only `id`, `jobId` and `candidate` are taken as required: the guide does not say. */
export const Application = z.object({
  id: ApplicationId.pipe(z.string().max(18)),
  jobId: z.union([z.string().trim().min(1), z.int()]).transform(String),
  candidate: z.object({
    civility: text,
    firstName: text,
    lastName: text,
    email: text,
    phoneNumber: text,
    /** "One item" in the guide's table, whose paths say `location[]` (reading C2). */
    location: z.union([Location, z.array(Location)]).nullish(),
  }),
  attachments: list(Attachment),
  origin: text,
})

export type Application = z.infer<typeof Application>
export type Attachment = z.infer<typeof Attachment>
export type Location = z.infer<typeof Location>

/** Compiled, since mappings read it for each event. */
export const Settings = z.compile(
  z.strictObject({
    /** The source in whose key space `jobId` lives: the guide says it is the id "provided by the ATS" (reading C7). */
    job_source: z
      .string()
      .regex(/^[a-z0-9-]+$/)
      .default('cleverconnect'),
  }),
)
