import { z } from 'zod'
import type { EntityType } from '../../core/identity.ts'
import { elementTexts } from '../../core/json.ts'
import { andThen, type Outcome, ok, reject } from '../../core/outcome.ts'
import { EVENTS_MAX, parseAny } from '../parse-body.ts'
import { faultsOf, type RawEvent, UNROUTABLE, type WebhookRequest } from '../source.ts'
import { detachTexts } from './detach-texts.ts'
import { CandidateId, Envelope, JobId } from './payload.ts'

const JobName = JobId.transform(({ job_id }) => job_id)
const CandidateName = CandidateId.transform(({ id }) => id)
const ROUTES = new Map<string, (data: unknown) => Outcome<RawEvent['entity']>>([
  ['job', data => entityOf('job', JobName.safeParse(data))],
  ['candidate', data => entityOf('candidate', CandidateName.safeParse(data))],
])
const EntityId = z.union([JobId, CandidateId])
const EVENTS = ['creation', 'update', 'delete']

/**
 * One event for each element. The page describes a bare object and shows arrays: both are read. An element that
 * cannot be routed becomes an event of its own, so that its neighbours go through; alone, it is the delivery's fault.
 */
export function split(request: WebhookRequest): Outcome<readonly RawEvent[]> {
  return andThen(parseAny(request), ({ value, text }) => {
    if (!Array.isArray(value)) return andThen(route(value, text), event => ok([event]))
    if (value.length === 0) return reject('NOT_ROUTABLE', 'an empty list')
    if (value.length > EVENTS_MAX) return reject('NOT_ROUTABLE', `more than ${EVENTS_MAX} elements`)
    const texts = elementTexts(text)
    const routed = value.map((element: unknown, index) => route(element, texts[index] ?? ''))
    const [only] = routed
    if (only?.type === 'reject' && routed.length === 1) return only
    return ok(
      routed.map((outcome, index) =>
        outcome.type === 'ok'
          ? outcome.value
          : { kind: UNROUTABLE, entity: null, text: texts[index] ?? '', deliveryId: null },
      ),
    )
  })
}

function route(element: unknown, text: string): Outcome<RawEvent> {
  const envelope = Envelope.safeParse(element)
  if (!envelope.success) return reject('NOT_ROUTABLE', faultsOf(envelope.error, Envelope))
  const { type, event, data } = envelope.data
  const kind = `${type}.${event}`
  const entity = ROUTES.get(type)
  if (!entity || !EVENTS.includes(event)) return ok({ kind, entity: null, text, deliveryId: null })
  const detached = type === 'candidate' ? detachTexts(text) : { text }
  return andThen(entity(data), found => ok({ kind, entity: found, deliveryId: null, ...detached }))
}

const entityOf = (
  type: EntityType,
  id: z.ZodSafeParseResult<string>,
): Outcome<{ type: EntityType; externalId: string }> =>
  id.success
    ? ok({ type, externalId: id.data })
    : reject('NOT_ROUTABLE', `data.${faultsOf(id.error, EntityId)}`)
