/** Events that an operator wrote: they mean the same for every source. */
import { z } from 'zod'
import type { CandidateDraft, JobDraft } from '../core/canonical.ts'
import {
  CANDIDATE_DELETION,
  CANDIDATE_MOVE,
  type CandidateDeletion,
  JOB_MOVE,
  type Move,
} from '../core/operator-event.ts'
import { type Outcome, reject } from '../core/outcome.ts'
import { type Kind, type MapContext, type Mapped, mapping } from '../sources/source.ts'

const deletion: z.ZodType<CandidateDeletion> = z.object({ external_id: z.string().min(1) })

/** The rest of the draft is checked where it is encoded: its schema is that of the record. */
const move = <Draft extends JobDraft | CandidateDraft>() =>
  z.object({
    draft: z.looseObject({ external_id: z.string().min(1) }).transform(draft => draft as unknown as Draft),
    clock_ms: z.int().nullable(),
    warnings: z.array(z.string()),
  }) satisfies z.ZodType<Move<Draft>>

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
  [
    CANDIDATE_MOVE,
    mapping(move<CandidateDraft>(), ({ draft, clock_ms: clockMs, warnings }) => ({
      ...{ type: 'candidate', change: 'created', draft, clockMs, warnings },
    })),
  ],
  [
    JOB_MOVE,
    mapping(move<JobDraft>(), ({ draft, clock_ms: clockMs, warnings }) => ({
      ...{ type: 'job', change: 'created', draft, clockMs, warnings },
    })),
  ],
])

export const mapOperatorEvent = (kind: string, body: unknown, context: MapContext): Outcome<Mapped> =>
  KINDS.get(kind)?.(body, context) ?? reject('KIND_UNKNOWN', 'no version knows this event')
