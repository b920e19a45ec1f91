import type { Location as CanonicalLocation } from '../../../schemas/types.ts'
import { emptyApplication, emptyCandidate, emptyJobRef } from '../../core/canonical.ts'
import { entityKey } from '../../core/identity.ts'
import { countryCode } from '../../core/reading/country.ts'
import { phoneNumber } from '../../core/reading/phone.ts'
import { prose } from '../../core/reading/text.ts'
import { civilityOf } from '../civility.ts'
import { customFields, readMoment } from '../lenient.ts'
import type { MapContext, MappedCandidate } from '../source.ts'
import { toAttachment } from './map-attachment.ts'
import { type Application, type Location, Settings } from './payload.ts'

/** Météojob is a French product. */
const ZONE_IF_NAIVE = 'Europe/Paris'

/**
 * The candidate is known by the application's id alone, because the guide has no id of the person; and nothing in it
 * tells the time.
 */
export function toCandidate(application: Application, context: MapContext): MappedCandidate {
  const { id, jobId, candidate, attachments, origin, message, createdAt, others } = application
  const warnings = new Set<string>()
  const job = emptyJobRef(Settings.parse(context.settings).job_source, jobId)
  const { email, phoneNumber: phone } = candidate
  const { location } = candidate
  const owner = entityKey('cleverconnect', context.tenant, id)
  const files = attachments.map(attachment => toAttachment(attachment, context.tenant, owner))
  for (const warning of files.flatMap(file => file.warnings)) warnings.add(warning)
  const appliedAtMs = readMoment(createdAt, ZONE_IF_NAIVE, warnings)
  return {
    type: 'candidate',
    change: 'created',
    clockMs: null,
    warnings: [...warnings],
    draft: {
      ...emptyCandidate(id),
      identity_basis: 'APPLICATION_ID',
      first_name: candidate.firstName,
      last_name: candidate.lastName,
      civility: civilityOf(candidate.civility),
      civility_raw: candidate.civility,
      email,
      phone_numbers: phone ? [phoneNumber(phone, null, countryCode(location?.country ?? null))] : [],
      location: location ? toLocation(location) : null,
      source_channel: origin,
      applications: [
        {
          ...emptyApplication(id, job),
          stage: 'NEW',
          applied_at: appliedAtMs,
          cover_message: prose(message).text,
          origin,
          attachments: files.map(file => file.attachment),
          custom_fields: customFields(Object.fromEntries(others)),
        },
      ],
    },
  }
}

function toLocation(location: Location): CanonicalLocation {
  return {
    raw: location.raw,
    street: null,
    city: location.city,
    postal_code: location.zipCode,
    region: null,
    country: location.country,
    country_code: countryCode(location.country),
    latitude: null,
    longitude: null,
  }
}
