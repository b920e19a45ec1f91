import { readdirSync, readFileSync } from 'node:fs'
import avro, { type Schema } from 'avsc'
import { describe, expect, it } from 'vitest'
import { pythonFiles } from '../../schemas/generate-python.ts'
import { generateTypes, typesFile } from '../../schemas/generate-types.ts'
import { AVRO_TOPICS, type RecordSchema, readSchema, SCHEMA_NAME } from '../../schemas/subjects.ts'

interface NamedType {
  readonly type: 'record' | 'enum'
  readonly name: string
  readonly doc?: string
  readonly symbols?: readonly string[]
  readonly default?: string
  readonly fields?: readonly Field[]
}
interface Field {
  readonly name: string
  readonly type: unknown
  readonly doc?: string
  readonly default?: unknown
}

const directory = new URL('../../schemas/', import.meta.url)
const names = Object.values(SCHEMA_NAME)
const current = new Map(names.map(name => [name, readSchema(`${name}.avsc`)]))
const declarations = [...current.values()].flatMap(namedTypes)
const types = [...new Map(declarations.map(type => [type.name, type])).values()]
const records = types.filter(type => type.type === 'record')
const enums = types.filter(type => type.type === 'enum')
const fields = records.flatMap(record =>
  (record.fields ?? []).map(field => ({ record: record.name, ...field })),
)

/** Fields that every version has: keys, and what makes no sense without them. All others have a default. */
const WITHOUT_DEFAULT: Readonly<Record<string, readonly string[]>> = {
  Job: ['job_key', 'external_id', 'provenance'],
  Candidate: ['candidate_key', 'external_id', 'provenance'],
  Company: ['company_key', 'external_id', 'provenance'],
  Canary: ['canary_key', 'source', 'tenant_id', 'event_id', 'posted_at', 'received_at'],
  Application: ['application_key', 'external_id', 'job'],
  JobRef: ['job_key', 'external_id'],
  Provenance: [
    ...['source', 'tenant_id', 'event_id', 'event_type', 'source_event_type'],
    ...['received_at', 'body_sha256', 'normalizer_version'],
  ],
  DescriptionSection: ['name', 'text'],
  JobSkill: ['name'],
  CandidateSkill: ['name'],
  SpokenLanguage: ['name'],
  ScoreSet: ['content_sha256', 'observed_at', 'count'],
  Link: ['url'],
  Label: ['scheme'],
  PhoneNumber: ['raw'],
  WorkExperience: ['role', 'organization', 'is_current'],
  Activity: ['external_id'],
  PulsifiJobBinding: ['job_key', 'external_id', 'state', 'updated_at'],
  PulsifiInvitation: [
    ...['event_id', 'application_key', 'candidate_key', 'job_key', 'ext_reference_id'],
    ...['outcome', 'attempt', 'occurred_at'],
  ],
  FollowedApplication: ['application_key', 'partition'],
  PulsifiAccess: ['application_key', 'candidate_key', 'source', 'tenant_id', 'updated_at'],
  PulsifiClaim: ['claim_key', 'application_key', 'partition', 'claimed_at', 'updated_at'],
  PulsifiInboxMessage: ['message_id', 'entity_key', 'body', 'issued_at'],
  AuditEntry: ['audit_id', 'occurred_at', 'action', 'actor'],
  PulsifiReference: ['reference', 'application_key', 'partition', 'updated_at'],
  PulsifiResult: [
    ...['event_id', 'application_key', 'pulsifi_candidate_id', 'ext_reference_id'],
    ...['status', 'trigger', 'content_sha256', 'observed_at'],
  ],
  PulsifiStatus: [
    ...['event_id', 'status_key', 'application_key', 'candidate_key', 'job_key', 'source', 'tenant_id'],
    ...['number', 'to', 'occurred_at', 'ingested_at'],
  ],
  Score: ['score_type', 'score_value', 'score_format'],
  PulsifiScore: [
    ...['event_id', 'application_key', 'pulsifi_candidate_id', 'ext_reference_id', 'score_type'],
    ...['score_value', 'score_format', 'result_content_sha256', 'observed_at'],
  ],
}

describe('the set of schemas', () => {
  it('has one file for each topic and no other', () => {
    const files = readdirSync(directory).filter(file => file.endsWith('.avsc'))
    expect(files.sort()).toEqual(names.map(name => `${name}.avsc`).sort())
    expect(AVRO_TOPICS.length).toBe(new Set(names).size)
  })

  it('says the same wherever it repeats a named type', () => {
    const texts = new Map<string, string>()
    for (const type of declarations) {
      const text = JSON.stringify(type)
      expect(texts.get(type.name) ?? text, type.name).toBe(text)
      texts.set(type.name, text)
    }
  })

  it('is what types.ts was generated from', () => {
    expect(readFileSync(typesFile, 'utf8'), 'run npm run generate').toBe(generateTypes())
  })

  it.each(pythonFiles())('is what $0 was generated from', (file, text) => {
    expect(readFileSync(file, 'utf8'), 'run npm run generate').toBe(text)
  })
})

describe('documentation', () => {
  it('describes every record and every enum in sentences', () => {
    expect(types.filter(type => !type.doc?.endsWith('.')).map(type => type.name)).toEqual([])
  })

  it('describes every field in sentences, with at most one mark, at the end', () => {
    expect(fieldsWithout(/^[^[\]]+\.( \[(personal|secret)\])?$/, () => true)).toEqual([])
  })

  it('says of every field that may be null what null means', () => {
    expect(fieldsWithout(/\b[Nn]ull\b/, field => field.default === null)).toEqual([])
  })

  it('gives the unit of every time and date', () => {
    expect(fieldsWithout(/\b(ms UTC|days since 1970-01-01)\b/, isTimeOrDate)).toEqual([])
  })

  it('marks names, addresses and numbers of people as personal', () => {
    const names = /^(first_name|last_name|email|phone_numbers|e164|file_name|cover_message|recruiter_notes)$/
    expect(fieldsWithout(/ \[personal\]$/, field => names.test(field.name))).toEqual([])
  })

  it('marks every field that holds a contact or free fields of a source as personal', () => {
    const holdsPeople = (field: Field) => /"[.\w]*Contact"/.test(JSON.stringify(field.type))
    const isOpen = (field: Field) => field.name === 'custom_fields'
    // A record that holds marked fields among others needs no mark of its own.
    const isLeaf = (field: Field) => !['applications', 'activities'].includes(field.name)
    expect(
      fieldsWithout(/ \[personal\]$/, field => isLeaf(field) && (holdsPeople(field) || isOpen(field))),
    ).toEqual([])
  })

  it('marks links that open something as secrets', () => {
    expect(
      fieldsWithout(/ \[secret\]$/, field => /(_link|^source_url|^invite_code)$/.test(field.name)),
    ).toEqual([])
  })
})

describe('evolution', () => {
  it.each(names)('keeps the newest version of %s in its history', name => {
    const versions = historyOf(name)
    const next = `schemas/history/${name}.${versions.length + 1}.avsc`
    expect(canonical(versions.at(-1)), `add ${next}, and never change an older one`).toBe(
      canonical(current.get(name)),
    )
  })

  it.each(names)('reads every version of %s with every other', name => {
    const versions = historyOf(name).map(parse)
    for (const reader of versions) {
      for (const writer of versions) expect(() => reader.createResolver(writer)).not.toThrow()
    }
  })

  it.each(records)(
    'gives every field of $name a default, keys excepted',
    ({ name, fields: members = [] }) => {
      const required = members.filter(field => !Object.hasOwn(field, 'default')).map(field => field.name)
      expect(required).toEqual(WITHOUT_DEFAULT[name] ?? [])
    },
  )

  it.each(enums)('reads an unknown symbol of $name as UNKNOWN', type => {
    expect(type.symbols?.[0]).toBe('UNKNOWN')
    const ours = avro.Type.forSchema(type as Schema)
    const newer = avro.Type.forSchema({ ...type, symbols: [...(type.symbols ?? []), 'ADDED'] } as Schema)
    expect(ours.fromBuffer(newer.toBuffer('ADDED'), ours.createResolver(newer))).toBe('UNKNOWN')
  })
})

function historyOf(name: string): readonly RecordSchema[] {
  const files = readdirSync(new URL('history/', directory))
  const count = files.filter(file => file.replace(/\.\d+\.avsc$/, '') === name).length
  return Array.from({ length: count }, (_, index) => readSchema(`history/${name}.${index + 1}.avsc`))
}

const parse = (schema: RecordSchema) => avro.Type.forSchema(schema)

/** Everything that matters to a reader: names, types, order, defaults, aliases; not the documentation. */
const canonical = (schema: RecordSchema | undefined): string =>
  JSON.stringify(schema && parse(schema).schema({ exportAttrs: true }), (key, value) =>
    key === 'doc' && typeof value === 'string' ? undefined : value,
  )

/** Every record and enum that a schema declares, outermost first. */
function namedTypes(schema: unknown): NamedType[] {
  if (Array.isArray(schema)) return schema.flatMap(namedTypes)
  if (typeof schema !== 'object' || schema === null) return []
  const type = schema as NamedType & { items?: unknown; values?: unknown }
  if (type.type === 'record') return [type, ...(type.fields ?? []).flatMap(field => namedTypes(field.type))]
  if (type.type === 'enum') return [type]
  return [type.type, type.items, type.values].flatMap(namedTypes)
}

/** Of the fields that `concerned` picks, those whose documentation does not match. */
const fieldsWithout = (pattern: RegExp, concerned: (field: Field) => boolean): readonly string[] =>
  fields
    .filter(field => concerned(field) && !pattern.test(field.doc ?? ''))
    .map(field => `${field.record}.${field.name}`)

function isTimeOrDate(field: Field): boolean {
  return (
    JSON.stringify(field.type).includes('logicalType') && !JSON.stringify(field.type).includes('"fields"')
  )
}
