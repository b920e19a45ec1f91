/** `UPDATE_FIXTURES=1` writes the published schema anew; `npm run fix` then formats it. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { loadSchema, type RecordSchema } from '../../../schemas/subjects.ts'
import { CANONICAL_CANDIDATE, CANONICAL_JOB } from '../../../services/core/topics.ts'
import { Delivery } from '../../../services/sources/direct/payload.ts'

/** Every named record of the canonical schemas, with what it says of its fields. */
const records = new Map<string, ReadonlyMap<string, string>>()
function collect(schema: unknown): void {
  if (typeof schema !== 'object' || schema === null) return
  if (Array.isArray(schema)) {
    for (const branch of schema) collect(branch)
    return
  }
  const { name, fields } = schema as Partial<RecordSchema>
  if (name !== undefined && fields !== undefined) {
    records.set(name, new Map(fields.map(field => [field.name, field.doc ?? ''])))
  }
  for (const part of Object.values(schema)) collect(part)
}
collect(loadSchema(CANONICAL_JOB))
collect(loadSchema(CANONICAL_CANDIDATE))

/** Numbers of days and of milliseconds are how Avro holds what is text here. */
const docOf = (record: string, field: string): string | undefined =>
  records
    .get(record)
    ?.get(field)
    ?.replace(/,? ?(days since 1970-01-01|ms UTC)/, '')

/** Of fields that the canonical record keeps in its provenance. */
const DOCS: Readonly<Record<string, string>> = {
  updated_at:
    'When the sending system last changed it. Null when that is not known; then the newest receipt wins.',
}

/** The definitions have the names of the Avro records, and say of a field what Avro's say unless it says more itself. */
function deliverySchema() {
  const schema = z.toJSONSchema(Delivery, {
    io: 'input',
    override({ jsonSchema }) {
      // The format says the same, and says it to people.
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern
    },
  })
  for (const [record, definition] of Object.entries(schema.$defs ?? {})) {
    for (const [field, property] of Object.entries(definition.properties ?? {})) {
      const doc = docOf(record, field) ?? DOCS[field]
      if (typeof property === 'object' && doc !== undefined) property.description ??= doc
    }
  }
  return schema
}

const FILE = new URL('../../../services/sources/direct/direct.schema.json', import.meta.url)
const current = JSON.parse(JSON.stringify(deliverySchema()))
if (process.env.UPDATE_FIXTURES === '1') writeFileSync(FILE, `${JSON.stringify(current, null, 2)}\n`)
const published = JSON.parse(readFileSync(FILE, 'utf8'))

/** What the pipeline computes and nobody may send. */
const COMPUTED: Readonly<Record<string, readonly string[]>> = {
  Job: ['job_key', 'lifecycle', 'deleted_at', 'provenance'],
  Candidate: ['candidate_key', 'person_key', 'lifecycle', 'deleted_at', 'provenance'],
  Application: ['application_key', 'id_basis'],
  JobRef: ['job_key'],
  PhoneNumber: ['e164'],
  WorkExperience: ['start_precision', 'end_precision'],
  Education: ['start_precision', 'end_precision'],
  Attachment: ['size_bytes', 'sha256', 'blob_uri', 'extracted_text_blob_uri', 'fetch_status'],
}
/** What the format has besides the record. */
const ADDED: Readonly<Record<string, readonly string[]>> = {
  Job: ['updated_at'],
  Candidate: ['updated_at'],
  JobRef: ['source'],
}

const FIXTURES = new URL('../../../services/sources/direct/fixtures/', import.meta.url)
/** Bodies with whether every event of them is read. */
const bodies = readdirSync(FIXTURES).flatMap(name => {
  const { request, split, mapped } = JSON.parse(readFileSync(new URL(name, FIXTURES), 'utf8'))
  const isRead = Array.isArray(split) && mapped.every((said: { reject?: string }) => !said.reject)
  return request.body === undefined ? [] : [{ name, body: request.body, isRead }]
})

describe('direct.schema.json', () => {
  it.each(bodies)('says of $name what the source says of it', ({ body, isRead }) => {
    expect(z.fromJSONSchema(published).safeParse(body).success).toBe(isRead)
  })

  it('is what the source reads', () => {
    expect(published).toEqual(current)
  })

  it.each([...records.keys()].filter(name => name !== 'Provenance'))('has every field of %s', name => {
    const fields = [...(records.get(name)?.keys() ?? [])].filter(field => !COMPUTED[name]?.includes(field))
    expect(Object.keys(published.$defs[name].properties).sort()).toEqual(
      [...fields, ...(ADDED[name] ?? [])].sort(),
    )
  })

  it('says of every field what it is', () => {
    const silent = Object.entries<{ properties?: Record<string, { description?: string }> }>(
      published.$defs,
    ).flatMap(([name, { properties }]) =>
      Object.entries(properties ?? {})
        .filter(([, property]) => !property.description)
        .map(([field]) => `${name}.${field}`),
    )
    expect(silent).toEqual([])
  })

  it('speaks of dates as text', () => {
    expect(JSON.stringify(published)).not.toMatch(/since 1970|ms UTC/)
  })

  it('allows no field that it does not name, so that a misspelt one is found before it is sent', () => {
    for (const name of ['Job', 'Candidate', 'Application', 'JobRef', 'Attachment']) {
      expect(published.$defs[name].additionalProperties).toBe(false)
    }
  })
})
