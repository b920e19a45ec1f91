/** Checks a body, and leaves out of it what cannot be read and nobody needs. */
import type { z } from 'zod'

type Path = readonly PropertyKey[]

export type Checked<Payload> =
  /** `dropped`: paths of the fields that were left out. */
  | { readonly value: Payload; readonly dropped: readonly Path[]; readonly error: null }
  /** Without what it names nothing can be made of the body. */
  | { readonly value: null; readonly dropped: readonly Path[]; readonly error: z.ZodError }

/** Each round drops all that is faulty by then; what was hidden behind it shows in the next. */
const ROUNDS_MAX = 16

/**
 * A fault costs the field that has it. A field that is required costs what it is required for, such as one element of a
 * list; where that is the body, the body is faulty. So it is when something would be decided otherwise: `decisive` are
 * the paths of such fields. The body itself is not changed.
 */
export function checkLeniently<Payload>(
  body: unknown,
  schema: z.ZodType<Payload>,
  decisive: ReadonlySet<string>,
): Checked<Payload> {
  const first = schema.safeParse(body)
  if (first.success) return { value: first.data, dropped: [], error: null }
  const rest = structuredClone(body)
  const dropped: Path[] = []
  let { issues } = first.error
  for (let round = 0; round < ROUNDS_MAX; round++) {
    if (!issues.every(issue => isDroppable(issue, decisive))) break
    const gone = dropAll(rest, issues)
    if (gone === null) break
    dropped.push(...gone)
    const again = schema.safeParse(rest)
    if (again.success) return { value: again.data, dropped, error: null }
    issues = again.error.issues
  }
  return { value: null, dropped, error: first.error }
}

/** A field too many is the sender's mistake about a name, and the field that was meant is missing. */
function isDroppable({ code, path }: z.core.$ZodIssue, decisive: ReadonlySet<string>): boolean {
  if (code === 'unrecognized_keys') return false
  const names = path.filter(part => typeof part !== 'number')
  return !names.some((_, at) => decisive.has(names.slice(0, at + 1).join('.')))
}

/** Paths of what was taken out; null when that would be everything. */
function dropAll(body: unknown, issues: readonly z.core.$ZodIssue[]): readonly Path[] | null {
  const places = issues.map(({ path }) => deepest(body, path))
  const holders = new Set<object>()
  for (const place of places) {
    if (place === null) return null
    if (Array.isArray(place.holder)) Reflect.set(place.holder, place.name, undefined)
    else Reflect.deleteProperty(place.holder, place.name)
    holders.add(place.holder)
  }
  // Only now, so that the indices in the other paths are right.
  for (const holder of holders)
    if (Array.isArray(holder)) holder.splice(0, holder.length, ...holder.filter(one => one !== undefined))
  const paths = places.flatMap(place => (place === null ? [] : [place.path]))
  return [...new Map(paths.map(path => [path.join('.'), path])).values()]
}

interface Place {
  readonly holder: object
  readonly name: PropertyKey
  readonly path: Path
}

/** The last thing on the way that is there, found where the lenient readings found it. */
function deepest(body: unknown, path: Path): Place | null {
  let found: Place | null = null
  let value = body
  for (const [at, part] of path.entries()) {
    const step = stepTo(value, part)
    if (step === 'itself') continue
    if (step === null) break
    found = { ...step, path: path.slice(0, at + 1) }
    value = Reflect.get(step.holder, step.name)
  }
  return found
}

function stepTo(value: unknown, part: PropertyKey): Omit<Place, 'path'> | 'itself' | null {
  if (typeof value !== 'object' || value === null) return null
  if (Array.isArray(value) && typeof part !== 'number') return stepTo(value[0], part)
  if (typeof part !== 'number' || Array.isArray(value)) {
    return Object.hasOwn(value, part) && Reflect.get(value, part) !== undefined
      ? { holder: value, name: part }
      : null
  }
  // An object in place of a list: its members are the elements, or it is the only one.
  const names = Object.keys(value)
  if (!names.every(name => /^[0-9]+$/.test(name))) return part === 0 ? 'itself' : null
  const name = names[part]
  return name === undefined ? null : { holder: value, name }
}
