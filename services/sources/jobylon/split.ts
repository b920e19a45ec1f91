import type { z } from 'zod'
import type { EntityType } from '../../core/identity.ts'
import { memberText } from '../../core/json.ts'
import { type Outcome, ok, reject } from '../../core/outcome.ts'
import { membersOf, scalarText } from '../lenient.ts'
import type { RawEvent } from '../source.ts'
import { type Envelope, Identified } from './payload.ts'

/** The actions that we read, with the other forms that a word may take. */
const CREATING = ['new', 'create', 'created']
const UPDATING = ['update', 'updated']

/**
 * A sent candidate is two events, so that each key is written from one partition: the job that came along, then the
 * candidate. Anything else is one event about the job, the candidate or the company that it names, if it names one.
 */
export function eventsOf(envelope: z.infer<typeof Envelope>, text: string): Outcome<readonly RawEvent[]> {
  const { event_type: type, action, data } = envelope
  const kind = `${type}/${action}`
  const company = companyOf(data)
  if (type !== 'job' && type !== 'candidate') {
    const signedUp = type === 'company' && company !== null ? ({ type, externalId: company } as const) : null
    return ok([{ kind, entity: signedUp, text, deliveryId: null, company }])
  }
  const entity = entityOf(type, data?.[type])
  const isKnown = CREATING.includes(action) || (type === 'job' && UPDATING.includes(action))
  if (entity === null && isKnown) return reject('NOT_ROUTABLE', `data.${type}.id`)
  const event: RawEvent = { kind, entity, text, deliveryId: null, company }
  const job = type === 'candidate' && isKnown ? entityOf('job', data?.job) : null
  if (job === null) return ok([event])
  return ok([{ kind: `${kind}#job`, entity: job, text: embeddedJob(text), deliveryId: null, company }, event])
}

function entityOf(type: EntityType, named: unknown): RawEvent['entity'] {
  const identified = Identified.safeParse(named)
  return identified.success ? { type, externalId: identified.data.id } : null
}

/** A signup names it on the top, everything else in a member of its own. */
function companyOf(data: z.infer<typeof Envelope>['data']): string | null {
  const { company, company_id: signedUp } = membersOf(data)
  return scalarText(membersOf(company).id) ?? scalarText(signedUp)
}

/** The job and its company exactly as they were written. */
function embeddedJob(text: string): string {
  const company = memberText(text, ['data', 'company']) ?? 'null'
  return `{"company":${company},"job":${memberText(text, ['data', 'job'])}}`
}
