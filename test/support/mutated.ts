import fc from 'fast-check'

/** JSON values in which one to three members, at any depth, have been replaced by something else or removed. */
export const mutated = (values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(
      values,
      fc.array(fc.tuple(fc.array(fc.nat(1000), { maxLength: 8 }), replacement), {
        minLength: 1,
        maxLength: 3,
      }),
    )
    .map(([value, changes]) => changes.reduce((body, [steps, other]) => replaced(body, steps, other), value))
    .map(value => (value === REMOVED ? null : value))

const REMOVED = Symbol('removed')

const replacement: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(
    REMOVED,
    null,
    '',
    ' ',
    0,
    -1,
    1.5,
    1e21,
    false,
    true,
    [],
    {},
    '0',
    [null],
    [[]],
    '\u0000',
    '2024-13-45T99:99',
  ),
  fc.jsonValue(),
)

/** Walks down by taking, at each level, the member whose position the next step names; what is there is replaced. */
function replaced(value: unknown, steps: readonly number[], other: unknown): unknown {
  const [step, ...rest] = steps
  if (step === undefined || typeof value !== 'object' || value === null) return other
  const members = Object.entries(value)
  const chosen = members[step % Math.max(members.length, 1)]
  if (chosen === undefined) return other
  const changed = members.flatMap(([name, member]) => {
    if (name !== chosen[0]) return [[name, member]]
    const next = replaced(member, rest, other)
    return next === REMOVED ? [] : [[name, next]]
  })
  return Array.isArray(value) ? changed.map(([, member]) => member) : Object.fromEntries(changed)
}
