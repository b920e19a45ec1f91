/**
 * What came in before anybody knew whose customer its company is: it is kept under the connection's own tenant, where nobody
 * is invited, until the connection gives the company a tenant. Then it goes to the raw topic again, under that tenant's key.
 */
import { type CanonicalRecord, withAttachments } from '../core/canonical.ts'
import { COMPANY_UNKNOWN, tenantOfCompany } from '../core/companies.ts'
import { type EntityType, entityKey, KEY_SEPARATOR, partsOfKey, sha256Hex } from '../core/identity.ts'
import { moveOf, OPERATOR_AUTH } from '../core/operator-event.ts'
import { HEADER, rawTopic } from '../core/topics.ts'
import type { InputRecord, Output, State, StoreEntry } from '../platform/partitions/processor.ts'
import { eventRecord } from '../platform/raw-events/record.ts'
import type { SourceSettings } from '../sources/source.ts'

const HELD = `held${KEY_SEPARATOR}`
const heldKey = (type: EntityType, key: string): string => `${HELD}${type}${KEY_SEPARATOR}${key}`

export const isHeld = ({ record }: CanonicalRecord): boolean =>
  record.lifecycle === 'ACTIVE' && record.provenance.warnings.includes(COMPANY_UNKNOWN)

/** Keeps the record for as long as it waits. */
export const heldEntries = (
  type: EntityType,
  key: string,
  canonical: CanonicalRecord | null,
): readonly StoreEntry[] => [
  [heldKey(type, key), canonical !== null && isHeld(canonical) ? canonical : undefined],
]

// Casts: `heldEntries` alone writes these entries.
export const heldOf = (state: State, type: EntityType, key: string): CanonicalRecord | undefined =>
  state.get(heldKey(type, key)) as CanonicalRecord | undefined

/** All that waits. */
export const allHeld = (state: State): CanonicalRecord[] =>
  [...state.scan(HELD)].map(([, canonical]) => canonical as CanonicalRecord)

/** A record that lived under this key before it was asked whose it is stays there: it may have led to an invitation. */
export function withoutHold(canonical: CanonicalRecord): CanonicalRecord {
  const { provenance } = canonical.record
  const warnings = provenance.warnings.filter(warning => warning !== COMPANY_UNKNOWN)
  return canonical.type === 'job'
    ? { ...canonical, record: { ...canonical.record, provenance: { ...provenance, warnings } } }
    : { ...canonical, record: { ...canonical.record, provenance: { ...provenance, warnings } } }
}

const companyOf = (canonical: CanonicalRecord): string | null =>
  canonical.type === 'job'
    ? (canonical.record.hiring_organization?.external_id ?? null)
    : (canonical.record.applications.find(({ company_id }) => company_id !== null)?.company_id ?? null)

/** The tenant to which it belongs by now; null while that is not known, and when it is there already. */
export function destinationOf(
  canonical: CanonicalRecord,
  settingsOf: (source: string, tenant: string) => SourceSettings,
): string | null {
  if (!isHeld(canonical)) return null
  const { source, tenant_id: own } = canonical.record.provenance
  const tenant = tenantOfCompany(settingsOf(source, own), companyOf(canonical))
  return tenant === own ? null : tenant
}

export const keyOf = ({ type, record }: CanonicalRecord): string =>
  type === 'job' ? record.job_key : record.candidate_key

/** The raw record once more, under the tenant's key: whoever received it did not know the company yet. */
export function forwarded(input: InputRecord, key: string, tenant: string): Omit<Output, 'partition'> {
  const { source, externalId } = partsOfKey(key)
  const moved = entityKey(source, tenant, externalId)
  return {
    // Redriven, it was read from elsewhere.
    topic: rawTopic(source),
    key: moved,
    value: input.value,
    headers: {
      ...input.headers,
      [HEADER.source]: `/hooks/${source}/${tenant}`,
      [HEADER.tenant]: tenant,
      [HEADER.subject]: moved,
    },
  }
}

/** What was kept, as an event of the tenant's: received when it was received. */
export function moved(canonical: CanonicalRecord, tenant: string): Omit<Output, 'partition'> {
  const { type, record } = canonical
  const { source, event_id, body_sha256: bodySha256, received_at: receivedAtMs } = record.provenance
  const trace = sha256Hex(event_id)
  const delivery = {
    ...{ source, tenant, auth: OPERATOR_AUTH, receivedAtMs, bodySha256 },
    ...{ contentType: 'application/json', contentEncoding: null },
    traceParent: `00-${trace.slice(0, 32)}-${trace.slice(32, 48)}-01`,
  }
  const { kind, text } = moveOf(withoutBlobs(withoutHold(canonical)))
  const event = { kind, entity: { type, externalId: record.external_id }, text, deliveryId: null }
  // A job and a candidate may have come in one body.
  const { key, topic, headers } = eventRecord(delivery, event, NOTHING, type === 'job' ? 0 : 1).record
  return { topic, key, value: Buffer.from(text), headers }
}

/** Only the headers are wanted, which do not depend on it. */
const NOTHING = Buffer.alloc(0)

/** Files lie under the key that is left: they are fetched again, as long as their links live. */
const withoutBlobs = (canonical: CanonicalRecord): CanonicalRecord =>
  canonical.type === 'job'
    ? canonical
    : {
        ...canonical,
        record: withAttachments(canonical.record, file => ({
          ...file,
          ...{ size_bytes: null, sha256: null, blob_uri: null, extracted_text_blob_uri: null },
          fetch_status: file.source_url === null ? 'NOT_FETCHABLE' : 'NOT_ATTEMPTED',
        })),
      }
