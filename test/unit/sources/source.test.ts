import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { list } from '../../../services/sources/lenient.ts'
import { faultsOf } from '../../../services/sources/source.ts'

const Payload = z.object({
  id: z.number(),
  work: list(z.object({ role: z.string() })),
  fields: z.record(z.string(), z.object({ value: z.string() })),
})
const faults = (body: unknown, schema: z.ZodType = Payload): string => {
  const parsed = schema.safeParse(body)
  return parsed.success ? '' : faultsOf(parsed.error, schema)
}

describe('what is at fault', () => {
  it.each([
    ['the body itself', [], '(body): invalid_type'],
    ['a member', { id: 'x', fields: {} }, 'id: invalid_type'],
    ['a member of an element', { id: 1, work: [{ role: 'a' }, {}], fields: {} }, 'work.1.role: invalid_type'],
    [
      'what the sender named',
      { id: 1, fields: { 'jane@example.com': { value: 1 } } },
      'fields.*.value: invalid_type',
    ],
    ['a name that is a number', { id: 1, fields: { '0612345678': 1 } }, 'fields.*: invalid_type'],
  ])('is told by its path: %s', (_what, body, told) => {
    expect(faults(body)).toBe(told)
  })

  it('never repeats a name that only the sender knows', () => {
    expect(faults({ id: 1, 'jane@example.com': 1 }, z.strictObject({ id: z.number() }))).toBe(
      '(body): unrecognized_keys',
    )
  })
})
