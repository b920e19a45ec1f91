/** One raw record, read and mapped: pure, whatever the record holds. */
import type { CanonicalRecord } from '../core/canonical.ts'
import { isUsableKey } from '../core/identity.ts'
import { parseJson } from '../core/json.ts'
import { andThen, type Outcome, ok, reject } from '../core/outcome.ts'
import type { RawEventHeaders } from '../core/raw-event.ts'
import { type Mapped, mapEvent, type Source, type SourceSettings } from '../sources/source.ts'
import { type CompanyRecord, type CompletionContext, complete, completeCompany } from './complete.ts'
import { mapOperatorEvent } from './operator-event.ts'

export interface NormalizeContext extends CompletionContext {
  readonly sources: ReadonlyMap<string, Source>
  readonly settingsOf: (source: string, tenant: string) => SourceSettings
}

/** @param body bytes of the event's text */
export function normalize(
  body: Uint8Array | null,
  context: NormalizeContext,
): Outcome<CanonicalRecord | CompanyRecord> {
  const { event } = context
  const source = context.sources.get(event.source)
  if (source === undefined) return reject('SOURCE_UNKNOWN', 'no folder under sources/ declares it')
  return andThen(parse(body), json =>
    andThen(mapped(source, json, context), value =>
      withUsableKeys(value.type === 'company' ? completeCompany(value, context) : complete(value, context)),
    ),
  )
}

function mapped(source: Source, json: unknown, context: NormalizeContext): Outcome<Mapped> {
  const { event } = context
  return event.fromOperator
    ? mapOperatorEvent(event.kind, json, mapContext(event, context))
    : mapEvent(source, event.kind, json, mapContext(event, context))
}

/** Ids are the source's words: one that nothing can be kept under is bad data, not an accident further on. */
function withUsableKeys<Completed extends CanonicalRecord | CompanyRecord>(
  canonical: Completed,
): Outcome<Completed> {
  const isUsable = keysOf(canonical).every(isUsableKey)
  return isUsable ? ok(canonical) : reject('PAYLOAD_INVALID', 'an id is too long or holds control characters')
}

function keysOf(canonical: CanonicalRecord | CompanyRecord): readonly string[] {
  switch (canonical.type) {
    case 'job':
      return [canonical.record.job_key]
    case 'company':
      return [canonical.record.company_key]
    case 'candidate':
      return [
        canonical.record.candidate_key,
        ...canonical.record.applications.flatMap(({ application_key, job }) => [
          application_key,
          job.job_key,
        ]),
      ]
  }
}

const mapContext = (event: RawEventHeaders, context: NormalizeContext) => ({
  tenant: event.tenant,
  receivedAtMs: event.receivedAtMs,
  deliveryId: event.deliveryId,
  settings: context.settingsOf(event.source, event.tenant),
})

/** Keeps nothing from one text to the next. */
const UTF_8 = new TextDecoder('utf-8', { fatal: true })

function parse(body: Uint8Array | null): Outcome<unknown> {
  if (body === null) return reject('BODY_UNREADABLE', 'the record has no value')
  try {
    return ok(parseJson(UTF_8.decode(body)))
  } catch {
    return reject('BODY_UNREADABLE', 'not UTF-8 JSON')
  }
}
