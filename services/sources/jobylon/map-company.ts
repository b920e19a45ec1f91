import { emptyCompany } from '../../core/canonical.ts'
import { plainLine } from '../../core/reading/text.ts'
import { readMoment } from '../lenient.ts'
import type { MappedCompany } from '../source.ts'
import type { SignupEvent } from './payload.ts'

/** The sample's time has no offset, and nothing says of which zone. */
const ZONE_IF_NAIVE = 'UTC'

/** A company that lets us have its candidates. Its settings are left out: they hold a token. */
export function toCompany(data: SignupEvent['data']): MappedCompany {
  const warnings = new Set<string>()
  const signedUpAtMs = readMoment(data.dt_created, ZONE_IF_NAIVE, warnings)
  return {
    type: 'company',
    change: 'created',
    clockMs: null,
    warnings: [...warnings],
    draft: {
      ...emptyCompany(data.company_id),
      internal_id: data.internal_id,
      name: plainLine(data.company_name),
      is_configured: data.has_config,
      signed_up_at: signedUpAtMs,
    },
  }
}
