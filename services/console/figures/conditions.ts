import type { Parameters } from '../store/database.ts'

export interface Conditions {
  /** `WHERE …`, or nothing. */
  readonly where: string
  readonly parameters: Parameters
}

/** SQL of the conditions whose value is given; each names its value as a parameter, so that no text becomes SQL. */
export function conditions(
  parts: Readonly<Record<string, readonly [sql: string, value: string | number | undefined]>>,
  always: readonly string[] = [],
): Conditions {
  const given = Object.entries(parts).filter(([, [, value]]) => value !== undefined && value !== '')
  const all = [...always, ...given.map(([, [sql]]) => sql)]
  return {
    where: all.length === 0 ? '' : `WHERE ${all.join(' AND ')}`,
    parameters: Object.fromEntries(given.map(([name, [, value]]) => [name, value ?? null])),
  }
}

export interface Selection {
  readonly source?: string | undefined
  readonly tenant?: string | undefined
  readonly job?: string | undefined
}

export const selected = ({ source, tenant, job }: Selection) =>
  ({
    source: ['source = $source', source],
    tenant: ['tenant_id = $tenant', tenant],
    job: ['job_key = $job', job],
  }) as const
