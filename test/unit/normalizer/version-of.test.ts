import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CanonicalRecord, emptyCandidate, emptyJob } from '../../../services/core/canonical.ts'
import { CANONICAL_CANDIDATE, CANONICAL_JOB } from '../../../services/core/topics.ts'
import { complete } from '../../../services/normalizer/complete.ts'
import { normalize } from '../../../services/normalizer/normalize.ts'
import { compare, keepClock, type Version, versionOf } from '../../../services/normalizer/version-of.ts'
import { createCodec } from '../../../services/platform/avro/codec.ts'
import { discoverSources } from '../../../services/platform/connections/discover-sources.ts'
import { mutated } from '../../support/mutated.ts'

const codec = createCodec({ idOf: () => 1, writerSchema: async () => null })
const encode = (canonical: CanonicalRecord): Buffer =>
  canonical.type === 'job'
    ? codec.encode(CANONICAL_JOB, canonical.record)
    : codec.encode(CANONICAL_CANDIDATE, canonical.record)
const decode = (type: CanonicalRecord['type'], value: Buffer): CanonicalRecord =>
  type === 'job'
    ? { type, record: codec.decode(CANONICAL_JOB, value) }
    : { type, record: codec.decode(CANONICAL_CANDIDATE, value) }
const version = (canonical: CanonicalRecord) => versionOf(canonical, encode)

const RECEIVED_AT_MS = Date.UTC(2026, 0, 15)
const sources = await discoverSources()
const bodies = [...sources].flatMap(([name, source]) => {
  const directory = new URL(`../../../services/sources/${name}/fixtures/`, import.meta.url)
  return readdirSync(directory).flatMap(file => {
    const { request, settings = {} } = JSON.parse(readFileSync(new URL(file, directory), 'utf8'))
    const body = new TextEncoder().encode(request.bodyText ?? JSON.stringify(request.body))
    const events = source.split({ headers: request.headers, body })
    if (events.type !== 'ok') return []
    return events.value.map(({ kind, text }) => ({ file: `${name}/${file}`, name, kind, text, settings }))
  })
})

function canonicalOf(
  { name, kind, settings }: (typeof bodies)[number],
  text: string,
  receivedAtMs = RECEIVED_AT_MS,
) {
  const source = sources.get(name)
  return normalize(Buffer.from(text), {
    sources,
    settingsOf: () => source?.settings.parse(settings) ?? {},
    event: {
      ...{ eventId: 'e', source: name, tenant: 'default', kind, receivedAtMs },
      ...{ deliveryId: null, bodySha256: '', dataRef: null, fromOperator: false, warnings: [] },
    },
    ...{ raw: { topic: 't', partition: 0, offset: 0 }, personKeySecret: 's', normalizerVersion: 'v' },
  })
}

describe('the content of a record', () => {
  it.each(bodies)('is the same after Avro: $file $kind', body => {
    const outcome = canonicalOf(body, body.text)
    if (outcome.type !== 'ok') return
    expect(version(decode(outcome.value.type, encode(outcome.value)))).toEqual(version(outcome.value))
  })

  it('is the same after Avro, and can be written, whatever a source sent', () => {
    const body = fc.constantFrom(...bodies.filter(({ text }) => text.startsWith('{')))
    const changed = body.chain(chosen =>
      mutated(fc.constant(JSON.parse(chosen.text))).map(value => [chosen, JSON.stringify(value)] as const),
    )
    fc.assert(
      fc.property(changed, ([chosen, text]) => {
        const outcome = canonicalOf(chosen, text)
        if (outcome.type !== 'ok') return
        expect(version(decode(outcome.value.type, encode(outcome.value)))).toEqual(version(outcome.value))
      }),
      { numRuns: 1_000 },
    )
  })

  it.each(bodies)('is the same when it comes again with its links signed anew: $file $kind', body => {
    const first = canonicalOf(body, body.text)
    const signedAnew = body.text.replace(/\b(Signature|Expires)=[^&"\\]*/g, '$1=1800000000')
    // A job may close in a week: that is news.
    const laterMs = first.type === 'ok' && first.value.type === 'job' ? 60_000 : 7 * 86_400_000
    const second = canonicalOf(body, signedAnew, RECEIVED_AT_MS + laterMs)
    if (first.type !== 'ok' || second.type !== 'ok') return
    expect(version(second.value).content).toBe(version(first.value).content)
  })
})

const known = (change: Partial<Version> = {}): Version => ({
  ...{ content: 'a', clockMs: null, receivedAtMs: 1_000_000, deleted: false, deletedAtMs: null },
  ...change,
})

describe('a snapshot', () => {
  it.each([
    ['nothing known', undefined, {}, 'newer'],
    ['the same content', known(), {}, 'same'],
    ['other content, received later', known(), { content: 'b', receivedAtMs: 1_000_001 }, 'newer'],
    ['other content, received earlier', known(), { content: 'b', receivedAtMs: 999_999 }, 'stale'],
    [
      'an older clock, received later',
      known({ clockMs: 2 }),
      { clockMs: 1, receivedAtMs: 2_000_000 },
      'stale',
    ],
    ['an equal clock', known({ clockMs: 2 }), { content: 'b', clockMs: 2 }, 'newer'],
    [
      'a newer clock, received earlier',
      known({ clockMs: 2 }),
      { content: 'b', clockMs: 3, receivedAtMs: 0 },
      'newer',
    ],
    ['the same content by a newer clock', known({ clockMs: 2 }), { clockMs: 3 }, 'same'],
    ['a deletion', known({ clockMs: 2 }), { deleted: true }, 'newer'],
    [
      'a deletion by a clock that goes a little wrong',
      known(),
      { deleted: true, receivedAtMs: 950_000 },
      'newer',
    ],
    ['a deletion from before', known({ clockMs: 2 }), { deleted: true, receivedAtMs: 900_000 }, 'stale'],
    ['a deletion twice', known({ deleted: true }), { deleted: true, receivedAtMs: 2_000_000 }, 'same'],
  ] as const)('compared with %s', (_what, before, change, comparison) => {
    expect(compare(known(change), before)).toEqual({ type: comparison })
  })

  it.each([
    ['by a newer clock', { clockMs: 2 }, { clockMs: 3 }, 'newer'],
    ['not by an equal clock', { clockMs: 2 }, { clockMs: 2, receivedAtMs: 2_000_000 }, 'stale'],
    ['not without a clock when there was one', { clockMs: 2 }, { receivedAtMs: 2_000_000 }, 'stale'],
    ['by any later one where there is no clock', {}, { receivedAtMs: 1_000_001 }, 'newer'],
    ['not by one of the same moment', {}, {}, 'stale'],
  ] as const)('brings a deleted person back: %s', (_what, before, change, comparison) => {
    expect(compare(known(change), known({ ...before, deleted: true }))).toEqual({ type: comparison })
  })
})

const context = {
  event: {
    ...{ eventId: 'e', source: 'direct', tenant: 'default', kind: 'k', receivedAtMs: 5 },
    ...{ deliveryId: null, bodySha256: '', dataRef: null, fromOperator: false, warnings: [] },
  },
  ...{ raw: { topic: 't', partition: 0, offset: 0 }, personKeySecret: 's', normalizerVersion: 'v' },
}

it('keeps the known clock in a deletion without one, and in nothing else', () => {
  const deletion = (clockMs: number | null) =>
    complete({ type: 'deletion', of: 'candidate', externalId: '1', clockMs }, context)
  const clockOf = ({ record }: CanonicalRecord) => record.provenance.source_updated_at
  expect(clockOf(keepClock(deletion(null), known({ clockMs: 7 })))).toBe(7)
  expect(clockOf(keepClock(deletion(9), known({ clockMs: 7 })))).toBe(9)
  expect(clockOf(keepClock(deletion(null), undefined))).toBeNull()
})

it.each([
  { type: 'job', change: 'created', clockMs: null, warnings: [], draft: emptyJob('1') },
  { type: 'candidate', change: 'created', clockMs: null, warnings: [], draft: emptyCandidate('1') },
] as const)('says the same of a $type whose free fields come in another order', mapped => {
  const fields = (names: readonly string[]) => Object.fromEntries(names.map(name => [name, `"${name}"`]))
  const withFields = (names: readonly string[]) => {
    const draft = { ...mapped.draft, custom_fields: fields(names), alternate_ids: fields(names) }
    // Cast: a draft with other values of the same type.
    return version(complete({ ...mapped, draft } as typeof mapped, context)).content
  }
  expect(withFields(['b', '10', 'a', '9'])).toBe(withFields(['9', 'a', '10', 'b']))
})
