/** How fields are spelled in JSON: as in the records, `application_key`, and times as ISO text. Pure. */

/** A value of ours, with its fields so spelled: `failedAtMs: 0` is `failed_at: '1970-01-01T00:00:00.000Z'`. */
export function named<T extends object>(value: T): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [nameOf(name), spelled(name, item)]))
}

const isTime = (name: string): boolean => name.endsWith('AtMs')

const nameOf = (name: string): string =>
  (isTime(name) ? name.slice(0, -'Ms'.length) : name).replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)

function spelled(name: string, value: unknown): unknown {
  if (isTime(name)) return isoTime(value)
  if (Array.isArray(value)) return value.map(item => spelled('', item))
  return typeof value === 'object' && value !== null ? named(value) : value
}

/** @param ms since the epoch; null stays null */
export const isoTime = (ms: unknown): string | null =>
  typeof ms === 'number' && Number.isFinite(ms) ? new Date(ms).toISOString() : null
