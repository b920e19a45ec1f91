/**
 * Records to bytes and back, in Confluent framing: a zero, the schema id as four bytes, Avro binary. Both directions
 * are synchronous, so that a step never waits between two records; `prepare` fetches beforehand what decoding needs.
 */
import { hash } from 'node:crypto'
import avro, { type Resolver, type Schema, type Type } from 'avsc'
import { type AvroTopic, loadSchema, type RecordOf } from '../../../schemas/subjects.ts'
import { readWholeMaps } from './whole-maps.ts'
import { AvroBytes, avroWriter, type FieldNames, NO_FIELDS, type WriteAvro } from './writer.ts'

export interface Codec {
  /** Throws an error that names the faulty fields and none of their values when the record does not fit its schema. */
  readonly encode: <T extends AvroTopic>(topic: T, record: RecordOf[T]) => Buffer
  /**
   * As `encode`, and a digest of all that the record says but for the fields `leaveOut`: hex SHA-256 of the bytes without
   * them, and of the text `instead` behind these.
   */
  readonly encodeWithDigest: <T extends AvroTopic>(
    topic: T,
    record: RecordOf[T],
    leaveOut: FieldNames,
    instead: string,
  ) => { readonly value: Buffer; readonly digest: string }
  /**
   * The record as this version of the code knows it, whichever version wrote it. Throws `UndecodableError` when the
   * bytes can never be read, and an ordinary error when `prepare` has not seen the value.
   */
  readonly decode: <T extends AvroTopic>(topic: T, value: Buffer) => RecordOf[T]
  /** Fetches the schemas that the values were written with and that are not known yet. Throws when the registry is away. */
  readonly prepare: (values: Iterable<Buffer | null>) => Promise<void>
}

/** What the codec asks of a registry. */
export interface SchemaSource {
  /** Id under which this version of the topic's schema is registered; null before it is. */
  readonly idOf: (topic: AvroTopic) => number | null
  /** Schema that a value was written with; null when the registry has none under the id. */
  readonly writerSchema: (id: number) => Promise<Schema | null>
}

/** A value that no retry makes readable. */
export class UndecodableError extends Error {
  override readonly name = 'UndecodableError'
}

const MAGIC = 0
const HEADER_BYTES = 5

export function createCodec(registry: SchemaSource): Codec {
  const readers = new Map<AvroTopic, Reader>()
  const writers = new Map<number, Type | null>()
  const to = new AvroBytes()
  readWholeMaps()

  function readerOf(topic: AvroTopic): Reader {
    const known = readers.get(topic)
    if (known) return known
    const type = parse(loadSchema(topic))
    const reader: Reader = { topic, type, writers: new Map(), resolvers: new Map() }
    readers.set(topic, reader)
    return reader
  }

  /** Undefined for a value of our own version, which needs no resolving. */
  function resolverFor(topic: AvroTopic, reader: Reader, id: number): Resolver | undefined {
    if (reader.resolvers.has(id)) return reader.resolvers.get(id)
    const resolver =
      id === registry.idOf(topic) ? undefined : resolve(topic, reader.type, id, writers.get(id))
    reader.resolvers.set(id, resolver)
    return resolver
  }

  return {
    encode(topic, record) {
      writeFramed(to, registry.idOf(topic), readerOf(topic), NO_FIELDS, record)
      return writtenIn(to)
    },
    encodeWithDigest(topic, record, leaveOut, instead) {
      writeFramed(to, registry.idOf(topic), readerOf(topic), leaveOut, record)
      const value = writtenIn(to)
      dropLeftOut(to)
      to.raw(Buffer.from(instead))
      return { value, digest: hash('sha256', to.bytes.subarray(HEADER_BYTES, to.at)) }
    },
    decode(topic, value) {
      const id = schemaIdOf(value)
      if (id === null) throw new UndecodableError(`A value of ${topic} is not in Confluent framing.`)
      const reader = readerOf(topic)
      // Sound because the reader's schema and RecordOf come from one file.
      return read(topic, reader.type, resolverFor(topic, reader, id), id, value) as RecordOf[typeof topic]
    },
    async prepare(values) {
      const unknown = new Set<number>()
      for (const value of values) {
        const id = value && schemaIdOf(value)
        if (id !== null && !writers.get(id)) unknown.add(id)
      }
      for (const id of unknown) writers.set(id, parseForeign(await registry.writerSchema(id)))
    },
  }
}

interface Reader {
  readonly topic: AvroTopic
  readonly type: Type
  /** By what they leave out. */
  readonly writers: Map<FieldNames, WriteAvro>
  /** By the id of the writer's schema. */
  readonly resolvers: Map<number, Resolver | undefined>
}

/** No logical types are registered: a date stays a number of days, a time a number of milliseconds. */
const parse = (schema: Schema): Type => avro.Type.forSchema(schema, { omitRecordMethods: true })

/** Null for what is not an Avro schema. */
function parseForeign(schema: Schema | null): Type | null {
  try {
    return schema === null ? null : parse(schema)
  } catch {
    return null
  }
}

/** Null when the value is not framed. */
const schemaIdOf = (value: Buffer): number | null =>
  value.length >= HEADER_BYTES && value[0] === MAGIC ? value.readUInt32BE(1) : null

function resolve(topic: AvroTopic, type: Type, id: number, writer: Type | null | undefined): Resolver {
  if (writer === undefined)
    throw new Error(`Schema ${id} of ${topic} is not loaded: await prepare() before decode().`)
  if (writer === null)
    throw new UndecodableError(`The registry has no Avro schema ${id}, named by a value of ${topic}.`)
  try {
    return type.createResolver(writer)
  } catch {
    throw new UndecodableError(`Schema ${id} cannot be read as a value of ${topic}.`)
  }
}

/** What avsc says of bad bytes may quote them, so it stays out of the error. */
function read(
  topic: AvroTopic,
  type: Type,
  resolver: Resolver | undefined,
  id: number,
  value: Buffer,
): unknown {
  try {
    const { value: record, offset }: { value: unknown; offset: number } = type.decode(
      value,
      HEADER_BYTES,
      resolver,
    )
    if (offset === value.length) return record
  } catch {
    // Told below, as for bytes that are too few or too many.
  }
  throw new UndecodableError(`A value of ${topic} does not fit schema ${id}.`)
}

/** Into one buffer that grows to the largest record, and out of it before the next one. */
function writeFramed(
  to: AvroBytes,
  id: number | null,
  { topic, type, writers }: Reader,
  leaveOut: FieldNames,
  record: unknown,
): void {
  if (id === null) throw new Error(`The schema of ${topic} has no id yet: call registerSubjects() at boot.`)
  const write = writers.get(leaveOut) ?? avroWriter(type, leaveOut)
  writers.set(leaveOut, write)
  to.at = HEADER_BYTES
  to.leftOut.length = 0
  try {
    write(record, to)
  } catch {
    throw new Error(`A record does not fit the schema of ${topic}: ${faultsOf(type, record)}.`)
  }
  to.bytes[0] = MAGIC
  to.bytes.writeUInt32BE(id, 1)
}

const writtenIn = ({ bytes, at }: AvroBytes): Buffer => Buffer.from(bytes.subarray(0, at))

/** Moves what stands behind each of them to its place. */
function dropLeftOut(to: AvroBytes): void {
  const { bytes, at, leftOut } = to
  let end = leftOut[0] ?? at
  for (let index = 1; index < leftOut.length; index += 2) {
    const [from = at, until = at] = [leftOut[index], leftOut[index + 1]]
    bytes.copyWithin(end, from, until)
    end += until - from
  }
  to.at = end
}

/** Paths of the fields at fault, never their values. */
function faultsOf(type: Type, record: unknown): string {
  const paths: string[] = []
  type.isValid(record, { errorHook: path => paths.push(path.join('.') || '(record)') })
  return paths.slice(0, 5).join(', ')
}
