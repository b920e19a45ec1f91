/** Our own format: what a system pushes that has no webhooks, or whose webhooks send no jobs. */
import { z } from 'zod'
import { EVENTS_MAX } from '../parse-body.ts'
import { CandidateData } from './candidate-payload.ts'
import { entityId, jobId, moment } from './fields.ts'
import { JobData } from './job-payload.ts'

/** All that routing needs. */
export const Envelope = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('job'),
    action: z.enum(['upsert', 'delete']),
    data: z.object({ external_id: jobId }),
  }),
  z.object({
    type: z.literal('candidate'),
    action: z.enum(['upsert', 'delete']),
    data: z.object({ external_id: entityId }),
  }),
])
export type Envelope = z.output<typeof Envelope>

export const JobUpsert = z
  .strictObject({ type: z.literal('job'), action: z.literal('upsert'), data: JobData })
  .describe('A job as it is now: it replaces what was sent before.')
export const CandidateUpsert = z
  .strictObject({ type: z.literal('candidate'), action: z.literal('upsert'), data: CandidateData })
  .describe('A candidate as they are now, with all applications: it replaces what was sent before.')

/** A deletion is read whatever else it says: erasing must not fail for a field too many. */
const deletion = <const Type extends string, Id extends z.ZodType<string>>(type: Type, externalId: Id) =>
  z.object({
    type: z.literal(type),
    action: z.literal('delete'),
    data: z.object({ external_id: externalId, updated_at: moment }),
  })

export const JobDeletion = deletion('job', jobId).describe(
  'The job is gone: nobody is invited for it any more.',
)
export const CandidateDeletion = deletion('candidate', entityId).describe(
  'The candidate is gone: their personal data are erased.',
)

const Event = z.union([JobUpsert, JobDeletion, CandidateUpsert, CandidateDeletion]).meta({ id: 'Event' })

/** What may be posted, whole: `direct.schema.json` is made from it. Ingress reads element by element instead. */
export const Delivery = z.union([Event, z.array(Event).max(EVENTS_MAX)]).meta({
  title: 'POST /hooks/direct/<tenant>',
  description: [
    'One event, or an array of events; with content type application/x-ndjson one event a line.',
    'Days are written YYYY-MM-DD, times as in RFC 3339 with an offset.',
    'An event is the whole state of its job or candidate: what it leaves out is not known any more.',
    'updated_at is the version clock: an older snapshot never replaces a newer one.',
  ].join(' '),
})
