import { countryCode } from '../../core/reading/country.ts'
import type { CompanyJob } from './payload.ts'

type Place = Pick<CompanyJob['job']['locations'][number], 'location' | 'location_json'>

/** By the map service's parts, else by what stands last in the place as it is written. */
export const countryOfPlace = ({ location, location_json: parts }: Place): string | null =>
  countryCode(parts?.country_short ?? null) ??
  countryCode(parts?.country ?? null) ??
  countryCode(lastName(location))

/** Two letters in the end may be a state. */
function lastName(place: string | null): string | null {
  const last = place?.split(',').at(-1)?.trim() ?? ''
  return last.length > 2 ? last : null
}
