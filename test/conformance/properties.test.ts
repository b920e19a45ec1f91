/**
 * Laws that hold for whatever a source is sent: bodies of its fixtures in which a few members have been replaced or
 * removed, taken through ingress and the normalizer without a broker. `PROPERTY_RUNS` tries more of them.
 */
import { readdirSync, readFileSync } from 'node:fs'
import avro from 'avsc'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadSchema } from '../../schemas/subjects.ts'
import { readRawEventHeaders } from '../../services/core/raw-event.ts'
import { CANONICAL_CANDIDATE, CANONICAL_COMPANY, CANONICAL_JOB } from '../../services/core/topics.ts'
import { normalize } from '../../services/normalizer/normalize.ts'
import { discoverSources } from '../../services/platform/connections/discover-sources.ts'
import { receive } from '../../services/platform/raw-events/receive.ts'
import type { Source, SourceSettings } from '../../services/sources/source.ts'
import { mutated } from '../support/mutated.ts'

interface Fixture {
  readonly request: { readonly headers: Readonly<Record<string, string>>; readonly body?: unknown }
  readonly settings?: SourceSettings
  readonly receivedAt: string
}

const RUNS = { numRuns: Number(process.env.PROPERTY_RUNS ?? 300) }
const TIMEOUT_MS = 30_000 + 50 * RUNS.numRuns

const fixturesOf = (source: string): readonly Fixture[] => {
  const directory = new URL(`../../services/sources/${source}/fixtures/`, import.meta.url)
  return readdirSync(directory)
    .map((name): Fixture => JSON.parse(readFileSync(new URL(name, directory), 'utf8')))
    .filter(({ request }) => request.body !== undefined)
}

const types = {
  job: avro.Type.forSchema(loadSchema(CANONICAL_JOB), { omitRecordMethods: true }),
  candidate: avro.Type.forSchema(loadSchema(CANONICAL_CANDIDATE), { omitRecordMethods: true }),
  company: avro.Type.forSchema(loadSchema(CANONICAL_COMPANY), { omitRecordMethods: true }),
}

/** A delivery of the fixture's connection, through both processes. */
function pass(source: Source, fixture: Fixture, body: unknown) {
  const request = {
    headers: fixture.request.headers,
    body: new TextEncoder().encode(JSON.stringify(body) ?? ''),
  }
  const receipt = receive(source, request, {
    source: source.name,
    tenant: 'default',
    settings: {},
    auth: 'bearer',
    receivedAtMs: Date.parse(fixture.receivedAt),
    traceParent: '00-00000000000000000000000000000001-0000000000000001-00',
    contentType: 'application/json',
    contentEncoding: null,
  })
  if (receipt.type !== 'routed') return { receipt, outcomes: [] }
  const settings = source.settings.parse(fixture.settings ?? {})
  const outcomes = receipt.records.map(({ record }, index) => {
    const event = readRawEventHeaders(name => record.headers?.[name]?.toString())
    if (event.type !== 'ok') throw new Error('ingress wrote headers that the normalizer cannot read')
    return normalize(record.value, {
      event: event.value,
      raw: { topic: record.topic, partition: 0, offset: index },
      personKeySecret: 'secret',
      normalizerVersion: 'test',
      sources: new Map([[source.name, source]]),
      settingsOf: () => settings,
      companyName: () => null,
    })
  })
  return { receipt, outcomes }
}

/** Strings of a value with where they stand, elements of a list being one place. */
function stringsOf(value: unknown, path = ''): readonly { path: string; text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) =>
    stringsOf(member, Array.isArray(value) ? `${path}[]` : `${path}.${name}`),
  )
}

/** What would be a secret or a file in any place, and the one place where a signed link may stand. */
const FORBIDDEN: readonly { readonly what: string; readonly pattern: RegExp; readonly allowed?: RegExp }[] = [
  { what: 'base64', pattern: /[A-Za-z0-9+/]{160}/ },
  { what: 'an IBAN', pattern: /\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b/ },
  { what: 'a bearer token', pattern: /bearer\s+\S{8}/i },
  {
    what: 'a signed link',
    pattern: /[?&](x-amz-)?signature=/i,
    allowed: /attachments\[\]\.source_url$/,
  },
]

const SIGNED = 'https://files.example.com/cv.pdf?AWSAccessKeyId=A&Signature=c2lnbmF0dXJl&Expires=1799999999'
const BASE64 = Buffer.from('%PDF-1.7 '.repeat(40)).toString('base64')

/** Puts secrets where the vendors' documents have them, so that a fixture without one shows a leak too. */
const PLACES: readonly (readonly [RegExp, string])[] = [
  [/^attachments\[\]\.content$/, BASE64],
  [/\.attachment\[\]\.text$/, BASE64],
  [/\.file_link$/, SIGNED],
  [/\.files\.\w+$/, SIGNED],
  [/(^|\.)settings\.token$/, 'Bearer eyJhbGciOiJIUzI1NiJ9.e30'],
  [/\.data\.iban$/, 'SE6281323143611896423859'],
  [/\.source_url$/, SIGNED],
]

function withSecrets(value: unknown, path = ''): unknown {
  if (Array.isArray(value)) return value.map(element => withSecrets(element, `${path}[]`))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        name,
        withSecrets(member, path === '' ? name : `${path}.${name}`),
      ]),
    )
  }
  return PLACES.find(([place]) => place.test(path))?.[1] ?? value
}

const recordsOf = (outcomes: ReturnType<typeof pass>['outcomes']) =>
  outcomes.flatMap(outcome => (outcome.type === 'ok' ? [outcome.value] : []))

const sources = [...(await discoverSources()).values()].map(source => ({
  name: source.name,
  source,
  delivery: fc
    .constantFrom(...fixturesOf(source.name))
    .chain(fixture =>
      fc.tuple(
        fc.constant(fixture),
        fc.oneof(
          { weight: 9, arbitrary: mutated(fc.constant(withSecrets(fixture.request.body))) },
          fc.constant(withSecrets(fixture.request.body)),
        ),
      ),
    ),
}))

type Completed = ReturnType<typeof recordsOf>[number]
function keyIn({ type, record }: Completed): string {
  if (type === 'company') return record.company_key
  return type === 'job' ? record.job_key : record.candidate_key
}

describe.each(sources)('$name, whatever it is sent', { timeout: TIMEOUT_MS }, ({ source, delivery }) => {
  it('gives the same keys, ids and records again', () => {
    fc.assert(
      fc.property(delivery, ([fixture, body]) => {
        const again = JSON.stringify(pass(source, fixture, body))
        expect(JSON.stringify(pass(source, fixture, body)) === again).toBe(true)
      }),
      RUNS,
    )
  })

  it('gives each event of a delivery an id of its own, and records that Avro takes under the key of the event', () => {
    fc.assert(
      fc.property(delivery, ([fixture, body]) => {
        const { receipt, outcomes } = pass(source, fixture, body)
        const raw = receipt.type === 'routed' ? receipt.records : []
        expect(new Set(raw.map(({ eventId }) => eventId)).size).toBe(raw.length)
        for (const [index, outcome] of outcomes.entries()) {
          if (outcome.type !== 'ok') continue
          const { type, record }: { type: keyof typeof types; record: object } = outcome.value
          const bytes = types[type].toBuffer(record)
          expect(types[type].toBuffer(types[type].fromBuffer(bytes)).equals(bytes)).toBe(true)
          expect(raw[index]?.record.key).toBe(keyIn(outcome.value))
        }
      }),
      RUNS,
    )
  })

  it('lets no secret and no file into a record, and says why it refuses without a word of what it was sent', () => {
    fc.assert(
      fc.property(delivery, ([fixture, body]) => {
        const { outcomes } = pass(source, fixture, body)
        const strings = recordsOf(outcomes).flatMap(({ record }) => stringsOf(record))
        const leaked = FORBIDDEN.flatMap(({ what, pattern, allowed }) =>
          strings.filter(({ path, text }) => pattern.test(text) && !allowed?.test(path)).map(() => what),
        )
        expect(leaked).toEqual([])

        const said = outcomes.flatMap(outcome => (outcome.type === 'reject' ? [outcome.detail] : []))
        const personal = stringsOf(body).filter(({ text }) => /[@\s].*\S/.test(text) && text.length > 6)
        expect(personal.filter(({ text }) => said.some(detail => detail.includes(text)))).toEqual([])
      }),
      RUNS,
    )
  })
})

describe('the laws above', () => {
  it('are tried on deliveries with secrets in them', () => {
    const planted = sources.flatMap(({ name }) =>
      fixturesOf(name).flatMap(({ request }) => stringsOf(withSecrets(request.body))),
    )
    for (const { what, pattern } of FORBIDDEN) {
      expect(
        planted.some(({ text }) => pattern.test(text)),
        what,
      ).toBe(true)
    }
  })
})
