/** How the command line spells JSON: fields as in the records, times as ISO text. */

/** Whose members are named by others. */
const FREE = new Set(['headers', 'custom_fields', 'alternate_ids'])
const SPELLED = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/
const TIME = /(^time|_at|_since|_until)$/
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** Paths at which a value is spelled otherwise. */
export function misspelled(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(item => misspelled(item, `${path}[]`))
  if (typeof value === 'number' && value > 1e12 && value < 4e12)
    return [`${path}: ${value} looks like a time`]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, item]) => {
    const at = `${path}.${name}`
    if (!SPELLED.test(name)) return [at]
    if (TIME.test(name) && item !== null && !ISO.test(String(item)))
      return [`${at}: ${String(item)} is no ISO time`]
    return FREE.has(name) ? [] : misspelled(item, at)
  })
}

/** Of everything that was printed: one value, or one a line. @throws Error that names the places */
export function checkSpelling(stdout: string): void {
  const faults = valuesIn(stdout).flatMap(value => misspelled(value))
  if (faults.length > 0)
    throw new Error(`JSON of the command line is spelled otherwise: ${faults.join(', ')}`)
}

function valuesIn(stdout: string): readonly unknown[] {
  try {
    return [JSON.parse(stdout)]
  } catch {
    return stdout.split('\n').flatMap(line => (line.startsWith('{') ? [JSON.parse(line)] : []))
  }
}
