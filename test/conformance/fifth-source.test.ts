/** Adding an applicant tracking system is adding a folder: here one is added, and nothing else of the project is told. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import avro from 'avsc'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadSchema } from '../../schemas/subjects.ts'
import { readRawEventHeaders } from '../../services/core/raw-event.ts'
import {
  CANONICAL_CANDIDATE,
  CANONICAL_COMPANY,
  CANONICAL_JOB,
  rawTopic,
} from '../../services/core/topics.ts'
import { normalize } from '../../services/normalizer/normalize.ts'
import { loadConnections } from '../../services/platform/connections/connections.ts'
import { discoverSources, type Sources } from '../../services/platform/connections/discover-sources.ts'
import { receive } from '../../services/platform/raw-events/receive.ts'
import { readTopicsFile } from '../../services/platform/topics/file.ts'

const NAME = 'acme-hire'
const services = (path: string) => new URL(`../../services/${path}`, import.meta.url).href

/** A system that sends jobs and people in one body, each with an id and a kind of its own. */
const FILES = {
  'payload.ts': `
    import { z } from '${import.meta.resolve('zod')}'
    import { text } from '${services('sources/lenient.ts')}'
    const Id = z.string().min(1)
    export const Envelope = z.object({ items: z.array(z.object({ kind: z.enum(['opening', 'person', 'gone']), ref: Id })) })
    export const Opening = z.object({ ref: Id, name: text, text: text, needs: z.array(z.string()), changed: text })
    export const Person = z.object({ ref: Id, given: text, family: text, mail: text, opening: Id })
    export const Gone = z.object({ ref: Id })
  `,
  'source.ts': `
    import { emptyApplication, emptyCandidate, emptyJob, emptyJobRef } from '${services('core/canonical.ts')}'
    import { elementTexts, memberText } from '${services('core/json.ts')}'
    import { andThen, ok } from '${services('core/outcome.ts')}'
    import { readMoment } from '${services('sources/lenient.ts')}'
    import { parseBody } from '${services('sources/parse-body.ts')}'
    import { mapping, type Source } from '${services('sources/source.ts')}'
    import { z } from '${import.meta.resolve('zod')}'
    import { Envelope, Gone, Opening, Person } from './payload.ts'

    const TYPES = { opening: 'job', person: 'candidate', gone: 'candidate' } as const
    export default {
      name: '${NAME}',
      bodyBytesMax: 65536,
      settings: z.strictObject({ region: z.string().default('eu') }),
      split: request =>
        andThen(parseBody(request, Envelope), ({ value, text }) => {
          const texts = elementTexts(memberText(text, ['items']) ?? '')
          return ok(value.items.map(({ kind, ref }, index) => ({
            kind, entity: { type: TYPES[kind], externalId: ref }, text: texts[index] ?? '', deliveryId: null,
          })))
        }),
      kinds: {
        opening: mapping(Opening, (job, { settings }) => ({
          type: 'job', change: 'updated', clockMs: readMoment(job.changed, 'utc', new Set()), warnings: [],
          draft: {
            ...emptyJob(job.ref), title: job.name, description: job.text, status: 'OPEN',
            skills: job.needs.map(name => ({ name, uri: null, origin: 'SOURCE' as const })),
            custom_fields: { region: JSON.stringify(settings.region) },
          },
        })),
        person: mapping(Person, person => ({
          type: 'candidate', change: 'created', clockMs: null, warnings: [],
          draft: {
            ...emptyCandidate(person.ref), first_name: person.given, last_name: person.family, email: person.mail,
            applications: [{
              ...emptyApplication(person.ref + '_' + person.opening, emptyJobRef('${NAME}', person.opening)),
              id_basis: 'CANDIDATE_JOB', stage: 'NEW',
            }],
          },
        })),
        gone: mapping(Gone, ({ ref }) => ({ type: 'deletion', of: 'candidate', externalId: ref, clockMs: null })),
      },
      trigger: () => 'invite',
    } satisfies Source
  `,
}

const BODY = {
  items: [
    {
      kind: 'opening',
      ref: 'o1',
      name: 'Welder',
      text: 'Welds.',
      needs: ['TIG', 'MIG'],
      changed: '2026-01-15',
    },
    { kind: 'person', ref: 'p1', given: 'Ada', family: 'Example', mail: 'ada@example.com', opening: 'o1' },
    { kind: 'gone', ref: 'p0' },
    { kind: 'person', ref: 'p2' },
  ],
}

const directory = mkdtempSync(join(tmpdir(), 'fifth-source-'))
let sources: Sources
beforeAll(async () => {
  mkdirSync(join(directory, NAME))
  for (const [file, text] of Object.entries(FILES)) writeFileSync(join(directory, NAME, file), text)
  sources = await discoverSources(pathToFileURL(`${directory}/`))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const delivered = (body: unknown) => {
  const source = sources.get(NAME)
  if (source === undefined) throw new Error(`${NAME} was not found`)
  const request = { headers: {}, body: new TextEncoder().encode(JSON.stringify(body)) }
  return receive(source, request, {
    source: NAME,
    tenant: 'default',
    settings: {},
    auth: 'bearer',
    receivedAtMs: Date.parse('2026-01-15T09:30:00Z'),
    traceParent: '',
    contentType: 'application/json',
    contentEncoding: null,
  })
}

describe('a source of which only the folder knows', () => {
  it('is found by its folder', () => {
    expect([...sources.keys()]).toEqual([NAME])
  })

  it('gets a raw topic from infra/topics.yaml, and no other topic but that is of a source', () => {
    const without = readTopicsFile([]).map(topic => topic.name)
    const added = readTopicsFile([...sources.keys()]).filter(({ name }) => !without.includes(name))
    expect(added.map(topic => topic.name)).toEqual([rawTopic(NAME)])
  })

  it('gets its secret and its settings from variables named after it', () => {
    const env = { SOURCE_ACME_HIRE_SECRET: 's3cret', ACME_HIRE_REGION: 'nordics' }
    expect(loadConnections(sources, env).find(NAME, 'default')).toMatchObject({
      secrets: ['s3cret'],
      settings: { region: 'nordics' },
    })
  })

  it('has its deliveries cut into raw records keyed by their entities', () => {
    const receipt = delivered(BODY)
    expect(
      receipt.type === 'routed' && receipt.records.map(({ record }) => [record.topic, record.key]),
    ).toEqual([
      ['ats.raw.acme-hire', 'acme-hire:default:o1'],
      ['ats.raw.acme-hire', 'acme-hire:default:p1'],
      ['ats.raw.acme-hire', 'acme-hire:default:p0'],
      ['ats.raw.acme-hire', 'acme-hire:default:p2'],
    ])
  })

  it('has its events become canonical records that Avro takes', () => {
    const receipt = delivered(BODY)
    const records = receipt.type === 'routed' ? receipt.records : []
    const connections = loadConnections(sources, {})
    const outcomes = records.map(({ record }, offset) => {
      const event = readRawEventHeaders(name => record.headers?.[name]?.toString())
      if (event.type !== 'ok') throw new Error('unreadable headers')
      return normalize(record.value, {
        event: event.value,
        raw: { topic: record.topic, partition: 0, offset },
        personKeySecret: 'secret',
        normalizerVersion: 'test',
        sources,
        settingsOf: connections.settingsOf,
        companyName: () => null,
      })
    })
    expect(outcomes).toMatchObject([
      {
        value: {
          record: { job_key: 'acme-hire:default:o1', title: 'Welder', custom_fields: { region: '"eu"' } },
        },
      },
      {
        value: {
          record: {
            email: 'ada@example.com',
            applications: [
              {
                application_key: 'acme-hire:default:p1#o1',
                job: { job_key: 'acme-hire:default:o1' },
              },
            ],
          },
        },
      },
      { value: { record: { candidate_key: 'acme-hire:default:p0', lifecycle: 'DELETED' } } },
      { type: 'reject', code: 'PAYLOAD_INVALID' },
    ])
    const types = {
      job: avro.Type.forSchema(loadSchema(CANONICAL_JOB), { omitRecordMethods: true }),
      candidate: avro.Type.forSchema(loadSchema(CANONICAL_CANDIDATE), { omitRecordMethods: true }),
      company: avro.Type.forSchema(loadSchema(CANONICAL_COMPANY), { omitRecordMethods: true }),
    }
    for (const outcome of outcomes) {
      if (outcome.type === 'ok') expect(types[outcome.value.type].isValid(outcome.value.record)).toBe(true)
    }
  })
})
