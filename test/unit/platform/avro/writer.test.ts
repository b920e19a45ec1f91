import avro, { type Type } from 'avsc'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AVRO_TOPICS, loadSchema } from '../../../../schemas/subjects.ts'
import { AvroBytes, avroWriter } from '../../../../services/platform/avro/writer.ts'

/** Whatever avsc accepts for a type, as it accepts it. */
function arbitraryOf(type: Type): fc.Arbitrary<unknown> {
  const { types } = avro
  if (type instanceof types.RecordType)
    return fc.record(
      Object.fromEntries(type.fields.map(({ name, type: field }) => [name, arbitraryOf(field)])),
    )
  if (type instanceof types.ArrayType) return fc.array(arbitraryOf(type.itemsType), { maxLength: 3 })
  if (type instanceof types.MapType) return fc.dictionary(text, arbitraryOf(type.valuesType), { maxKeys: 3 })
  if (type instanceof types.EnumType) return fc.constantFrom(...type.symbols)
  if (type instanceof types.UnwrappedUnionType) return fc.oneof(...type.types.map(arbitraryOf))
  return PRIMITIVES[type.typeName] ?? fc.constant(null)
}

/** Well-formed: what avsc makes of half a surrogate pair is no UTF-8. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 70 }),
  fc.string({ unit: fc.constantFrom('a', 'é', 'ß', '東', '👋', '\u0000'), maxLength: 300 }),
)
const PRIMITIVES: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  string: text,
  boolean: fc.boolean(),
  int: fc.integer(),
  long: fc.oneof(fc.integer(), fc.maxSafeInteger()).filter(value => Math.abs(value) <= 2 ** 53 - 2),
  double: fc.double(),
}

const parse = (schema: avro.Schema) => avro.Type.forSchema(schema, { omitRecordMethods: true })

function written(type: Type, value: unknown): Buffer {
  const to = new AvroBytes()
  avroWriter(type)(value, to)
  return to.bytes.subarray(0, to.at)
}

describe.each(AVRO_TOPICS)('a record of %s', topic => {
  const type = parse(loadSchema(topic))

  it('is written as avsc writes it', () => {
    fc.assert(
      fc.property(arbitraryOf(type), record => {
        expect(written(type, record).equals(type.toBuffer(record))).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('is refused when avsc refuses it, and only then', () => {
    const bad = fc.constantFrom(null, true, 1.5, -1, 2 ** 60, 'x', [null], { x: 1 })
    const field = fc.constantFrom(...loadSchema(topic).fields.map(({ name }) => name))
    fc.assert(
      fc.property(arbitraryOf(type), field, bad, (record, name, value) => {
        const given = { ...Object(record), [name]: value }
        if (type.isValid(given)) expect(written(type, given).equals(type.toBuffer(given))).toBe(true)
        else expect(() => written(type, given)).toThrow(TypeError)
      }),
      { numRuns: 200 },
    )
  })
})

it.each([
  ['zero', 0],
  ['the largest of a byte', 63],
  ['the smallest of two bytes', 64],
  ['the largest that bit operators know', 2 ** 30 - 1],
  ['the first beyond', 2 ** 30],
  ['a moment in ms', 1_700_000_000_123],
  ['a negative one', -1_700_000_000_123],
  ['the largest', 2 ** 53 - 2],
])('writes %s as avsc does', (_name, value) => {
  const type = parse('long')
  expect(written(type, value)).toEqual(type.toBuffer(value))
})

it.each([
  ['fractions', 'long', 1.5],
  ['numbers that a float does not hold exactly', 'long', 2 ** 53],
  ['numbers beyond 32 bits as an int', 'int', 2 ** 31],
  ['text as a number', 'int', '1'],
  ['a symbol that the enum does not have', { type: 'enum', name: 'E', symbols: ['A'] }, 'constructor'],
] as const)('refuses %s', (_name, schema, value) => {
  expect(() => written(parse(schema as avro.Schema), value)).toThrow(TypeError)
})

it('writes the default of a field that is absent', () => {
  const type = parse({ type: 'record', name: 'R', fields: [{ name: 'a', type: 'string', default: 'é' }] })
  expect(written(type, {})).toEqual(type.toBuffer({ a: 'é' }))
})

it('leaves to avsc what no schema of ours has', () => {
  const type = parse({ type: 'array', items: ['int', 'bytes', 'string'] })
  const value = [1, Buffer.from('x'), 'y']
  expect(written(type, value)).toEqual(type.toBuffer(value))
})

it('writes half of a surrogate pair as the replacement character, which reads back as it was written', () => {
  const type = parse('string')
  const once = written(type, '\ud800')
  expect(once).toEqual(type.toBuffer('\ufffd'))
})

it('grows for a record that is larger than any before', () => {
  const type = parse({ type: 'array', items: 'string' })
  const value = [
    ' '.repeat(50),
    'é'.repeat(100_000),
    'x'.repeat(100_000),
    ...Array.from({ length: 9_000 }, String),
  ]
  // Byte by byte, the matcher takes seconds for so many.
  expect(written(type, value).equals(type.toBuffer(value))).toBe(true)
})
