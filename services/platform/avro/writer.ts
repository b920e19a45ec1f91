/**
 * Writes a record as Avro binary, as avsc does and at a quarter of its cost.
 *
 * avsc dispatches on an object for the null of each union, measures every string natively and copies strings byte by
 * byte through its own tap. Canonical records are some hundred short strings and nulls, so that was most of what a raw
 * event cost. Types that our schemas make no use of are left to avsc.
 */
import avro, { type Type } from 'avsc'
import { shortName } from '../../../schemas/avro-schema.ts'

/** Bytes that grow; what stands behind `at` is not written yet. */
export class AvroBytes {
  bytes = Buffer.allocUnsafe(64 * 1024)
  at = 0
  /** Where the fields stand that a writer leaves out: begin and end of each, in order. */
  readonly leftOut: number[] = []

  room(size: number): void {
    if (this.at + size <= this.bytes.length) return
    const grown = Buffer.allocUnsafe(2 * (this.at + size))
    this.bytes.copy(grown, 0, 0, this.at)
    this.bytes = grown
  }

  byte(value: number): void {
    this.room(1)
    this.bytes[this.at++] = value
  }

  /** Zigzag varint. Bit operators know 32 bits only: beyond 30 it divides. */
  long(value: number): void {
    this.room(LONG_BYTES_MAX)
    let rest = value < 0 ? -2 * value - 1 : 2 * value
    for (; rest > 0x7fffffff; rest = Math.floor(rest / 0x80)) this.bytes[this.at++] = (rest % 0x80) | 0x80
    for (; rest > 0x7f; rest >>>= 7) this.bytes[this.at++] = (rest & 0x7f) | 0x80
    this.bytes[this.at++] = rest
  }

  double(value: number): void {
    this.room(8)
    this.at = this.bytes.writeDoubleLE(value, this.at)
  }

  raw(bytes: Uint8Array): void {
    this.room(bytes.length)
    this.bytes.set(bytes, this.at)
    this.at += bytes.length
  }

  /** Short European text needs no native call: it is written behind one byte for its length. */
  string(text: string): void {
    const { length } = text
    if (length > SHORT_BYTES_MAX) return this.#anyString(text)
    this.room(1 + 2 * length)
    const { bytes, at } = this
    let end = at + 1
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index)
      if (code < 0x80) bytes[end++] = code
      else if (code < 0x800) {
        bytes[end++] = 0xc0 | (code >> 6)
        bytes[end++] = 0x80 | (code & 0x3f)
      } else return this.#anyString(text)
    }
    const size = end - at - 1
    if (size > SHORT_BYTES_MAX) return this.#anyString(text)
    bytes[at] = 2 * size
    this.at = end
  }

  #anyString(text: string): void {
    const size = Buffer.byteLength(text)
    this.long(size)
    this.room(size)
    this.at += this.bytes.write(text, this.at)
  }
}

const LONG_BYTES_MAX = 10
/** As many as one byte tells the length of, as a zigzag varint. */
const SHORT_BYTES_MAX = 63
/** What a float holds exactly, by avsc's count. */
const LONG_MAX = 9_007_199_254_740_990

/** Throws for a value that the type does not hold; says nothing of why, which `Type.isValid` can tell. */
export type WriteAvro = (value: unknown, to: AvroBytes) => void

const { types } = avro

/** Fields, each named `<record>.<field>`. */
export type FieldNames = ReadonlySet<string>
export const NO_FIELDS: FieldNames = new Set()

/** @param leaveOut written like all others, and where they stand is told in `AvroBytes.leftOut` */
export function avroWriter(type: Type, leaveOut = NO_FIELDS): WriteAvro {
  if (type instanceof types.RecordType) return recordWriter(type, leaveOut)
  if (type instanceof types.ArrayType) return arrayWriter(avroWriter(type.itemsType, leaveOut))
  if (type instanceof types.MapType) return mapWriter(avroWriter(type.valuesType, leaveOut))
  if (type instanceof types.EnumType) return enumWriter(type.symbols)
  if (type instanceof types.UnwrappedUnionType && isNullable(type.types))
    return nullableWriter(avroWriter(type.types[1], leaveOut))
  return PRIMITIVES.get(type.typeName) ?? ((value, to) => to.raw(type.toBuffer(value)))
}

const PRIMITIVES: ReadonlyMap<string, WriteAvro> = new Map<string, WriteAvro>([
  ['string', (value, to) => (typeof value === 'string' ? to.string(value) : refuse())],
  ['boolean', (value, to) => (typeof value === 'boolean' ? to.byte(value ? 1 : 0) : refuse())],
  ['int', (value, to) => (typeof value === 'number' && value === (value | 0) ? to.long(value) : refuse())],
  ['long', (value, to) => (isLong(value) ? to.long(value) : refuse())],
  ['double', (value, to) => (typeof value === 'number' ? to.double(value) : refuse())],
])

const refuse = (): never => {
  throw new TypeError('not a value of this type')
}

const isLong = (value: unknown): value is number =>
  Number.isInteger(value) && Math.abs(Number(value)) <= LONG_MAX

/**
 * A function with the fields' names in its text: with each access and each call in a place of its own, V8 knows the shape
 * of the record and inlines the writers. Names come from our own schemas, and Avro's are identifiers.
 */
function recordWriter(
  { name: record = '', fields }: InstanceType<typeof types.RecordType>,
  leaveOut: FieldNames,
): WriteAvro {
  const writers = fields.map(field => {
    const write = withDefault(avroWriter(field.type, leaveOut), field.type, field.defaultValue())
    return leaveOut.has(`${shortName(record)}.${field.name}`) ? leftOut(write) : write
  })
  const names = fields.map((_, index) => `write${index}`)
  const calls = fields.map(({ name }, index) => `write${index}(value.${name}, to)`)
  const text = `return function writeRecord(value, to) { if (!isObject(value)) refuse(); ${calls.join('; ')} }`
  return new Function('isObject', 'refuse', ...names, text)(isObject, refuse, ...writers)
}

const leftOut =
  (write: WriteAvro): WriteAvro =>
  (value, to) => {
    to.leftOut.push(to.at)
    write(value, to)
    to.leftOut.push(to.at)
  }

function withDefault(write: WriteAvro, type: Type, byDefault: unknown): WriteAvro {
  if (byDefault === undefined) return write
  const bytes = type.toBuffer(byDefault)
  return (value, to) => (value === undefined ? to.raw(bytes) : write(value, to))
}

const arrayWriter = (item: WriteAvro): WriteAvro =>
  function writeArray(value, to) {
    if (!Array.isArray(value)) return refuse()
    if (value.length > 0) to.long(value.length)
    for (const each of value) item(each, to)
    to.byte(0)
  }

const mapWriter = (member: WriteAvro): WriteAvro =>
  function writeMap(value, to) {
    if (!isObject(value)) return refuse()
    const names = Object.keys(value)
    if (names.length > 0) to.long(names.length)
    for (const name of names) {
      to.string(name)
      member(value[name], to)
    }
    to.byte(0)
  }

function enumWriter(symbols: readonly string[]): WriteAvro {
  const indices = new Map<unknown, number>(symbols.map((symbol, index) => [symbol, index]))
  return (value, to) => to.long(indices.get(value) ?? refuse())
}

const isNullable = (members: readonly Type[]): members is readonly [Type, Type] =>
  members.length === 2 && members[0]?.typeName === 'null'

/** The position of the member as a varint: 0 or 1, twice. */
function nullableWriter(write: WriteAvro): WriteAvro {
  return function writeNullable(value, to) {
    if (value === null) return to.byte(0)
    to.byte(2)
    write(value, to)
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
