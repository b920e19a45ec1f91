/** Where a source serves several companies through one endpoint: which tenant each of them is. */
import { z } from 'zod'
import { TENANT_PATTERN } from './identity.ts'

type Settings = Readonly<Record<string, unknown>>

const Companies = z.record(
  z.string().trim().min(1),
  z.string().regex(TENANT_PATTERN, 'expected a tenant: 1 to 24 lower-case letters, digits and hyphens'),
)

/** `id:tenant`, separated by commas, as in the environment. */
const inText = z.string().transform(text =>
  Object.fromEntries(
    text
      .split(',')
      .map(pair => pair.trim())
      .filter(pair => pair !== '')
      .map(pair => {
        const at = pair.lastIndexOf(':')
        return [pair.slice(0, Math.max(at, 0)).trim(), pair.slice(at + 1).trim()] as const
      }),
  ),
)

/** The setting of a source that knows companies: the tenant of each by the company's id at the source. */
export const companies = z.union([Companies, inText.pipe(Companies)]).optional()

/** Null where the connection names no companies: then all that comes in is its own tenant's. */
export function companiesIn(settings: Settings): Readonly<Record<string, string>> | null {
  const { companies: named } = settings
  // Cast: the source's schema is `companies`, or it has no such setting.
  return typeof named === 'object' && named !== null ? (named as Readonly<Record<string, string>>) : null
}

/** The tenant that the connection gives the company; null when it gives none. */
export function tenantOfCompany(settings: Settings, companyId: string | null): string | null {
  const known = companiesIn(settings)
  if (known === null || companyId === null || !Object.hasOwn(known, companyId)) return null
  return known[companyId] ?? null
}

/** Whether something that came in under `tenant` is of nobody whom the connection knows. */
export const isOfUnknownCompany = (settings: Settings, companyId: string | null, tenant: string): boolean =>
  companiesIn(settings) !== null && tenantOfCompany(settings, companyId) !== tenant

/** On a record that waits under the connection's own tenant until the connection says whose company it is of. */
export const COMPANY_UNKNOWN = 'COMPANY_UNKNOWN'

export const companyWarnings = (
  { settings, tenant }: { readonly settings: Settings; readonly tenant: string },
  companyId: string | null,
): string[] => (isOfUnknownCompany(settings, companyId, tenant) ? [COMPANY_UNKNOWN] : [])
