import type { Parameters } from '../store/database.ts'
import { ApiError } from './endpoint.ts'

export interface Conditions {
  /** The condition itself. */
  readonly when: string
  /** `WHERE …`, or nothing. */
  readonly where: string
  readonly parameters: Parameters
}
type Value = string | number | undefined
type Parts = Readonly<Record<string, readonly [sql: string, value: Value]>>

/** SQL of the conditions whose value is given; each names its value as a parameter, so that no text becomes SQL. */
export function conditions(parts: Parts, always: readonly string[] = []): Conditions {
  const given = Object.entries(parts).filter(([, [, value]]) => value !== undefined && value !== '')
  const all = [...always, ...given.map(([, [sql]]) => sql)]
  return {
    when: all.length === 0 ? 'true' : all.join(' AND '),
    where: all.length === 0 ? '' : `WHERE ${all.join(' AND ')}`,
    parameters: Object.fromEntries(given.map(([name, [, value]]) => [name, value ?? null])),
  }
}

/** What everything can be narrowed to. */
export interface Selection {
  readonly source?: string | undefined
  readonly tenant_id?: string | undefined
  readonly job_key?: string | undefined
  /** Days, in UTC. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

export const selected = ({ source, tenant_id, job_key }: Selection) =>
  ({
    source: ['source = $source', source],
    tenant_id: ['tenant_id = $tenant_id', tenant_id],
    job_key: ['job_key = $job_key', job_key],
  }) as const

/** @param time the column whose day counts; ISO dates compare as text */
export function within(time: string, { from, to }: Selection) {
  if (from !== undefined && to !== undefined && from > to)
    throw new ApiError(400, 'INPUT_INVALID', 'from: is after to')
  return {
    from: [`${time} >= $from::DATE`, from],
    to: [`${time} < $to::DATE + INTERVAL 1 DAY`, to],
  } as const
}

/** Of what is kept of one application, whose key is `key`: its hash is found far faster than the key itself. */
export const OF_APPLICATION = 'application_id = hash($key::VARCHAR)'

/** Of what only the ledger knows, the first decision stands for the receipt. */
export const CAME_IN = 'came_in_at'

/** Conditions on rows of `application`: on the place where one stands, and on the application itself. */
export function ofApplications(query: Selection, standing: Parts = {}, others: Parts = {}): Conditions {
  const places = conditions({ ...selected(query), ...standing }, ['is_known'])
  const { parameters, ...found } = conditions({ ...within(CAME_IN, query), ...others }, [
    `standing_id IN (SELECT id FROM standing ${places.where})`,
  ])
  return { ...found, parameters: { ...places.parameters, ...parameters } }
}
