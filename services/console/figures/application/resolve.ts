import { z } from 'zod'
import { commandOf, objectionTo, RESOLUTIONS } from '../../../core/resolution.ts'
import { ApiError, endpoint, NO_QUERY } from '../endpoint.ts'
import { ledgerEntryOf } from './ledger-entry.ts'

const body = z
  .strictObject({
    application_key: z.string().min(1).max(1_000),
    attempt: z
      .int()
      .min(0)
      .describe('that the application showed: when it shows another by now, nothing is done'),
    resolution: z
      .enum(RESOLUTIONS)
      .describe('of an AMBIGUOUS one that it was invited, or not; decide-again of one that was not invited'),
    pulsifi_candidate_id: z
      .string()
      .regex(/^\S{1,255}$/, 'expected an id without blanks')
      .nullable()
      .default(null)
      .describe('of one that was invited: its id at Pulsifi'),
  })
  .refine(
    ({ resolution, pulsifi_candidate_id: id }) => (resolution === 'invited') === (id !== null),
    'pulsifi_candidate_id belongs to invited, and to nothing else',
  )

export const resolveApplication = endpoint({
  method: 'post',
  path: '/api/applications/resolve',
  name: 'resolveApplication',
  tag: 'applications',
  summary: 'Say what became of an application, or have it decided again',
  description: [
    'What `ops -- invitations resolve` does: the owner of the application is told, and answers with its next record, or with',
    'none when it finds nothing to change. To say of somebody who is at Pulsifi that they are not may invite them twice.',
  ].join('\n'),
  query: NO_QUERY,
  body,
  response: z.object({ asked_at: z.iso.datetime() }),
  asks: 'operator',
  audited: ({ body: { application_key } }) => ({ kind: 'DECISION', subjects: [application_key] }),
  lasts: 'never',
  async answer({ body: { application_key: key, attempt, resolution, pulsifi_candidate_id } }, context) {
    const entry = await ledgerEntryOf(context, key)
    if (entry === null)
      throw new ApiError(404, 'APPLICATION_UNKNOWN', 'the ledger has no application with this key')
    if (entry.attempt !== attempt)
      throw new ApiError(409, 'CHANGED_MEANWHILE', 'it has changed meanwhile: look at it again')
    const objection = objectionTo(entry, resolution)
    if (objection !== null) throw new ApiError(409, 'NOT_POSSIBLE', objection)
    await context.tellOwner(commandOf(resolution, entry, pulsifi_candidate_id), entry.partition)
    return { asked_at: new Date().toISOString() }
  },
})
