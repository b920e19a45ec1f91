/** Readings that the candidates and the vacancies of idibu share. */
import type { Contact, Location } from '../../../schemas/types.ts'
import { countryCode } from '../../core/reading/country.ts'
import { membersOf, scalarText } from '../lenient.ts'
import type { Creator } from './payload.ts'

/** Older samples have times without an offset, and nothing says of which zone. */
export const ZONE_IF_NAIVE = 'UTC'

/** The consultant behind a record. `id` is the company's account, `profile_id` the person. */
export const contactOf = (creator: Creator, role: string | null): Contact => ({
  external_id: creator.profile_id,
  account_id: creator.id,
  role,
  first_name: creator.firstname,
  last_name: creator.lastname,
  email: creator.email,
})

/** A place as `{place, lat, lng, country}` or as one text, with what other fields say of it. */
export function locationOf(place: unknown, address: unknown, countryField: unknown): Location | null {
  const members = membersOf(place)
  const country = scalarText(countryField) ?? scalarText(members.country)
  const location: Location = {
    raw: scalarText(address) ?? scalarText(members.place) ?? scalarText(place),
    street: null,
    city: null,
    postal_code: null,
    region: null,
    country,
    country_code: countryCode(country),
    latitude: degrees(members.lat, 90),
    longitude: degrees(members.lng, 180),
  }
  return Object.values(location).some(value => value !== null) ? location : null
}

function degrees(value: unknown, limit: number): number | null {
  const text = scalarText(value) ?? ''
  if (!/^-?[0-9]{1,3}(\.[0-9]+)?$/.test(text)) return null
  return Math.abs(Number(text)) <= limit ? Number(text) : null
}
