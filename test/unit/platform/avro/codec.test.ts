import avro, { type Schema } from 'avsc'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AVRO_TOPICS, type AvroTopic, loadSchema, type RecordOf } from '../../../../schemas/subjects.ts'
import {
  CANONICAL_CANDIDATE,
  PULSIFI_INVITATION,
  PULSIFI_RESULT,
  PULSIFI_SCORE,
} from '../../../../services/core/topics.ts'
import { createCodec, UndecodableError } from '../../../../services/platform/avro/codec.ts'
import { candidateRecord } from '../../../support/candidate-record.ts'

const OWN_ID = 0x01020304
const FOREIGN_ID = 7

/** A codec whose registry knows one more version, under FOREIGN_ID. */
function codecWith({
  foreign = null,
  ownId = OWN_ID,
}: {
  foreign?: Schema | null
  ownId?: number | null
} = {}) {
  const asked: number[] = []
  const codec = createCodec({
    idOf: () => ownId,
    writerSchema: async id => {
      asked.push(id)
      return id === FOREIGN_ID ? foreign : null
    },
  })
  return { codec, asked }
}

const score: RecordOf[typeof PULSIFI_SCORE] = {
  event_id: 'e1',
  application_key: 'direct:default:a1',
  candidate_key: null,
  job_key: null,
  source: 'direct',
  tenant_id: 'default',
  pulsifi_candidate_id: '1',
  pulsifi_job_id: null,
  ext_reference_id: 'direct_a1',
  score_type: 'role_fit',
  kind: 'FIT',
  score_value: 91.5,
  score_format: 100,
  normalized: 0.915,
  result_content_sha256: 'ab',
  observed_at: 1_700_000_000_123,
}

/** `record` in Confluent framing, written with `schema`. */
function framed(schema: Schema, record: unknown, id = FOREIGN_ID): Buffer {
  const header = Buffer.alloc(5)
  header.writeUInt32BE(id, 1)
  return Buffer.concat([header, avro.Type.forSchema(schema).toBuffer(record)])
}

/** The schema of scores as another version might have it. */
function scoreSchema(change: (fields: ReturnType<typeof loadSchema>['fields']) => typeof fields): Schema {
  const schema = loadSchema(PULSIFI_SCORE)
  return { ...schema, fields: change(schema.fields) }
}

describe('encode', () => {
  it('writes a zero, the schema id in four bytes, then plain Avro', () => {
    const bytes = codecWith().codec.encode(PULSIFI_SCORE, score)
    expect(bytes.subarray(0, 5)).toEqual(Buffer.from([0, 1, 2, 3, 4]))
    expect(bytes.subarray(5)).toEqual(avro.Type.forSchema(loadSchema(PULSIFI_SCORE)).toBuffer(score))
  })

  it('gives every record bytes of its own', () => {
    const { codec } = codecWith()
    const first = codec.encode(PULSIFI_SCORE, score)
    const before = Buffer.from(first)
    codec.encode(PULSIFI_SCORE, { ...score, event_id: 'another' })
    expect(first).toEqual(before)
  })

  it.each([1, 65_000, 65_536, 700_000])('grows to a field of %i characters', length => {
    const { codec } = codecWith()
    const long = { ...score, event_id: 'é'.repeat(length) }
    expect(codec.decode(PULSIFI_SCORE, codec.encode(PULSIFI_SCORE, long))).toEqual(long)
  })

  it('names the field at fault and not its value', () => {
    const faulty = { ...score, observed_at: 'ada@example.com' as unknown as number }
    expect(() => codecWith().codec.encode(PULSIFI_SCORE, faulty)).toThrowError(
      new Error('A record does not fit the schema of pulsifi.score.v1: observed_at.'),
    )
  })

  it('names a nested field by its path', () => {
    const { application_key, pulsifi_candidate_id, ext_reference_id, event_id, observed_at } = score
    const scores = [{ score_type: 'role_fit', score_value: 1, score_format: 1.5 }]
    const keys = { application_key, pulsifi_candidate_id, ext_reference_id, event_id, observed_at }
    const result = { ...keys, status: 'completed', scores, trigger: 'POLL', content_sha256: 'ab' }
    const encode = () =>
      codecWith().codec.encode(PULSIFI_RESULT, result as unknown as RecordOf[typeof PULSIFI_RESULT])
    expect(encode).toThrowError(/: scores\.0\.score_format\.$/)
  })

  it('refuses a number that a long cannot carry exactly', () => {
    const faulty = { ...score, observed_at: Number.MAX_SAFE_INTEGER + 1 }
    expect(() => codecWith().codec.encode(PULSIFI_SCORE, faulty)).toThrowError(/: observed_at\.$/)
  })

  it('says what to do when the schemas are not registered', () => {
    expect(() => codecWith({ ownId: null }).codec.encode(PULSIFI_SCORE, score)).toThrowError(
      /registerSubjects/,
    )
  })
})

describe('decode', () => {
  it.each(AVRO_TOPICS)('gives back every record of %s', topic => {
    const { codec } = codecWith()
    fc.assert(
      fc.property(arbitraryOf(loadSchema(topic), new Map()), record => {
        const typed = record as RecordOf[AvroTopic]
        expect(codec.decode(topic, codec.encode(topic, typed))).toEqual(record)
      }),
      { numRuns: 50 },
    )
  })

  it('leaves times and dates as numbers', () => {
    const { codec } = codecWith()
    expect(codec.decode(PULSIFI_SCORE, codec.encode(PULSIFI_SCORE, score)).observed_at).toBe(
      1_700_000_000_123,
    )
  })

  it('never asks the registry for our own version', async () => {
    const { codec, asked } = codecWith()
    codec.decode(PULSIFI_SCORE, codec.encode(PULSIFI_SCORE, score))
    expect(asked).toEqual([])
  })

  it('fills a field that an older version did not have', async () => {
    const foreign = scoreSchema(fields => fields.filter(field => field.name !== 'normalized'))
    const { codec } = codecWith({ foreign })
    const value = framed(foreign, score)
    await codec.prepare([value])
    expect(codec.decode(PULSIFI_SCORE, value)).toEqual({ ...score, normalized: null })
  })

  it('drops a field that only a newer version has', async () => {
    const foreign = scoreSchema(fields => [{ name: 'percentile', type: 'int', default: 0 }, ...fields])
    const { codec } = codecWith({ foreign })
    const value = framed(foreign, { ...score, percentile: 99 })
    await codec.prepare([value])
    expect(codec.decode(PULSIFI_SCORE, value)).toEqual(score)
  })

  it('refuses a schema that cannot be read as ours', async () => {
    const foreign = scoreSchema(fields => fields.filter(field => field.name !== 'score_type'))
    const { codec } = codecWith({ foreign })
    const value = framed(foreign, score)
    await codec.prepare([value])
    expect(() => codec.decode(PULSIFI_SCORE, value)).toThrowError(UndecodableError)
  })

  it('tells a value that was not prepared from one that can never be read', async () => {
    const { codec } = codecWith()
    const value = framed(loadSchema(PULSIFI_SCORE), score)
    expect(() => codec.decode(PULSIFI_SCORE, value)).toThrowError(/await prepare\(\) before decode\(\)/)
    expect(() => codec.decode(PULSIFI_SCORE, value)).not.toThrowError(UndecodableError)
    await codec.prepare([value])
    expect(() => codec.decode(PULSIFI_SCORE, value)).toThrowError(UndecodableError)
  })

  const whole = codecWith().codec.encode(PULSIFI_SCORE, score)
  it.each([
    ['an empty value', Buffer.alloc(0)],
    ['a value without the zero', Buffer.from('{"event_id":"e1"}')],
    ['a header alone', whole.subarray(0, 5)],
    ['a value cut short', whole.subarray(0, whole.length - 1)],
    ['a value with bytes behind it', Buffer.concat([whole, Buffer.from([0])])],
  ])('refuses %s', (_name, value) => {
    expect(() => codecWith().codec.decode(PULSIFI_SCORE, value)).toThrowError(UndecodableError)
  })

  it('never throws anything but UndecodableError on bytes that claim to be ours', () => {
    const { codec } = codecWith()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        const value = Buffer.concat([Buffer.from([0, 1, 2, 3, 4]), bytes])
        try {
          codec.decode(PULSIFI_INVITATION, value)
        } catch (error) {
          expect(error).toBeInstanceOf(UndecodableError)
        }
      }),
    )
  })
})

describe('prepare', () => {
  const foreign = scoreSchema(fields => fields)

  it('asks for a schema once, and passes over tombstones and unframed values', async () => {
    const { codec, asked } = codecWith({ foreign })
    const value = framed(foreign, score)
    await codec.prepare([value, null, value, Buffer.from('{}')])
    await codec.prepare([value])
    expect(asked).toEqual([FOREIGN_ID])
  })

  it('asks again for a schema that the registry did not have', async () => {
    const { codec, asked } = codecWith()
    const value = framed(foreign, score)
    await codec.prepare([value])
    await codec.prepare([value])
    expect(asked).toEqual([FOREIGN_ID, FOREIGN_ID])
  })

  it('fails when the registry is away', async () => {
    const writerSchema = () => Promise.reject(new Error('away'))
    const codec = createCodec({ idOf: () => OWN_ID, writerSchema })
    await expect(codec.prepare([framed(foreign, score)])).rejects.toThrowError('away')
  })
})

interface Json {
  readonly type: unknown
  readonly name: string
  readonly namespace: string
  readonly items: unknown
  readonly values: unknown
  readonly symbols: readonly string[]
  readonly fields: readonly { name: string; type: unknown }[]
}
type Named = Map<string, fc.Arbitrary<unknown>>

const PRIMITIVES: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  null: fc.constant(null),
  boolean: fc.boolean(),
  int: fc.integer(),
  // Beyond these avsc is not exact: its zigzag needs one bit more than the number. Times and offsets stay far below.
  long: fc.integer({ min: -(2 ** 52), max: 2 ** 52 }),
  // Binary zero has no sign worth keeping.
  double: fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => value + 0),
  string: fc.string({ unit: 'binary', maxLength: 20 }),
}

/** Every record that a schema allows. */
function arbitraryOf(schema: unknown, named: Named): fc.Arbitrary<unknown> {
  if (Array.isArray(schema)) return fc.oneof(...schema.map(branch => arbitraryOf(branch, named)))
  if (typeof schema === 'string') return PRIMITIVES[schema] ?? named.get(schema) ?? fc.constant(undefined)
  const json = schema as Json
  if (json.type === 'array') return fc.array(arbitraryOf(json.items, named), { maxLength: 2 })
  if (json.type === 'map') {
    const key = fc.oneof({ weight: 9, arbitrary: fc.string({ maxLength: 5 }) }, fc.constant('__proto__'))
    const member = fc.tuple(key, arbitraryOf(json.values, named))
    return fc.array(member, { maxLength: 2 }).map(members => Object.fromEntries(members))
  }
  if (json.type !== 'enum' && json.type !== 'record') return arbitraryOf(json.type, named)
  const arbitrary = json.type === 'enum' ? fc.constantFrom(...json.symbols) : recordOf(json, named)
  named.set(`${json.namespace}.${json.name}`, arbitrary)
  return arbitrary
}

const recordOf = ({ fields }: Json, named: Named): fc.Arbitrary<unknown> =>
  fc.record(Object.fromEntries(fields.map(({ name, type }) => [name, arbitraryOf(type, named)])))

describe('the digest of a record without some of its fields', () => {
  const { codec } = codecWith()
  const leaveOut = new Set([
    'PulsifiScore.score_type',
    'PulsifiScore.observed_at',
    'PulsifiScore.pulsifi_job_id',
  ])
  const both = (change: Partial<typeof score>, instead = '') =>
    codec.encodeWithDigest(PULSIFI_SCORE, { ...score, ...change }, leaveOut, instead)
  const text = fc.string({ unit: 'grapheme', maxLength: 80 })

  it('comes with what is written of all of them', () => {
    fc.assert(
      fc.property(text, score_type =>
        both({ score_type }).value.equals(codec.encode(PULSIFI_SCORE, { ...score, score_type })),
      ),
    )
  })

  it('is the same whatever these fields say', () => {
    const change = fc.record({ score_type: text, observed_at: fc.nat(), pulsifi_job_id: fc.option(text) })
    fc.assert(fc.property(change, fields => both(fields).digest === both({}).digest))
  })

  it('is another one when any other field says something else, or what stands instead', () => {
    const said = fc.tuple(
      fc.record({ application_key: text, job_key: fc.option(text), result_content_sha256: text }),
      text,
    )
    fc.assert(
      fc.property(said, said, (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other))
        return both(...one).digest !== both(...other).digest
      }),
    )
  })

  it('is without them wherever their record stands', () => {
    const phone = (change: object) => ({ raw: '020', e164: null, type: null, ...change })
    const digestOf = (change: object) =>
      codec.encodeWithDigest(
        CANONICAL_CANDIDATE,
        candidateRecord({ phone_numbers: [phone({}), phone(change)] }),
        new Set(['PhoneNumber.raw']),
        '',
      ).digest
    expect(digestOf({ raw: '+44 20 7946 0000' })).toBe(digestOf({}))
    expect(digestOf({ e164: '+4420' })).not.toBe(digestOf({}))
  })
})
