/** Events that an operator wrote: they mean the same for every source. */
import { z } from 'zod'
import { CANDIDATE_DELETION, type CandidateDeletion } from '../core/operator-event.ts'
import { type Outcome, reject } from '../core/outcome.ts'
import { type Kind, type MapContext, type Mapped, mapping } from '../sources/source.ts'

const deletion: z.ZodType<CandidateDeletion> = z.object({ external_id: z.string().min(1) })

const KINDS = new Map<string, Kind>([
  [
    CANDIDATE_DELETION,
    mapping(deletion, ({ external_id }) => ({
      type: 'deletion',
      of: 'candidate',
      externalId: external_id,
      clockMs: null,
    })),
  ],
])

export const mapOperatorEvent = (kind: string, body: unknown, context: MapContext): Outcome<Mapped> =>
  KINDS.get(kind)?.(body, context) ?? reject('KIND_UNKNOWN', 'no version knows this event')
