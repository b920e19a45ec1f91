/** What the records of both ledgers have in common. Pure. */

/** No call is under way or planned. */
export const noCall = { next_attempt_at: null, call_deadline_at: null } as const

/** Whether the record would say something else with this change. Lists are compared item by item. */
export const wouldChange = <T extends object>(current: T, change: Partial<NoInfer<T>>): boolean =>
  Object.entries(change).some(([name, value]) => !isEqual(value, Reflect.get(current, name)))

const isEqual = (a: unknown, b: unknown): boolean =>
  Array.isArray(a) && Array.isArray(b)
    ? a.length === b.length && a.every((item, at) => item === b[at])
    : a === b
