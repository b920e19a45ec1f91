import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CanonicalRecord, emptyCandidate, emptyJob } from '../../../services/core/canonical.ts'
import { andThen, ok, skip } from '../../../services/core/outcome.ts'
import { CANONICAL_CANDIDATE, CANONICAL_JOB } from '../../../services/core/topics.ts'
import { complete } from '../../../services/normalizer/complete.ts'
import { written } from '../../../services/normalizer/decide.ts'
import { normalize } from '../../../services/normalizer/normalize.ts'
import {
  type Arrival,
  compare,
  keepClock,
  type Version,
  withHistory,
} from '../../../services/normalizer/version-of.ts'
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
const version = (canonical: CanonicalRecord) => written(codec, canonical).version

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
  const outcome = normalize(Buffer.from(text), {
    sources,
    settingsOf: () => source?.settings.parse(settings) ?? {},
    event: {
      ...{ eventId: 'e', source: name, tenant: 'default', kind, receivedAtMs },
      ...{ deliveryId: null, bodySha256: '', dataRef: null, fromOperator: false, warnings: [] },
    },
    ...{
      raw: { topic: 't', partition: 0, offset: 0 },
      personKeySecret: 's',
      companyName: () => null,
      normalizerVersion: 'v',
    },
  })
  return andThen(outcome, completed =>
    completed.type === 'company' ? skip('KIND_NOT_CONSUMED') : ok(completed),
  )
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
  ...{ isUndated: false, bodySha256: 'A', superseded: [], said: 0, topicId: '', offset: 0, ...change },
})
const arriving = (change: Partial<Arrival> = {}): Arrival => ({
  ...{ clock: 'versions', repeatsWithinMs: 600_000, isLate: false, isAside: false, ...change },
})

describe('a snapshot', () => {
  it.each([
    ['nothing known', undefined, {}, {}, 'newer'],
    ['the same content', known(), {}, {}, 'same'],
    ['other content, received later', known(), { content: 'b', receivedAtMs: 1_000_001 }, {}, 'newer'],
    ['other content, received in the same millisecond', known(), { content: 'b' }, {}, 'newer'],
    [
      'other content, by a clock that goes behind',
      known(),
      { content: 'b', receivedAtMs: 990_000 },
      {},
      'newer',
    ],
    ['other content, after the clock was set back', known(), { content: 'b', receivedAtMs: 1 }, {}, 'newer'],
    [
      'other content, received earlier and held up',
      known(),
      { content: 'b', receivedAtMs: 999_999 },
      { isLate: true },
      'stale',
    ],
    [
      'an older clock, received later',
      known({ clockMs: 2 }),
      { clockMs: 1, receivedAtMs: 9_000_000 },
      {},
      'stale',
    ],
    ['an equal clock', known({ clockMs: 2 }), { content: 'b', clockMs: 2 }, {}, 'newer'],
    [
      'a newer clock, received earlier',
      known({ clockMs: 2 }),
      { content: 'b', clockMs: 3, receivedAtMs: 0 },
      { isLate: true },
      'newer',
    ],
    ['the same content by a newer clock', known({ clockMs: 2 }), { clockMs: 3 }, {}, 'same'],
    [
      'an older activity at once',
      known({ clockMs: 9 }),
      { content: 'b', clockMs: 1, receivedAtMs: 1_600_000 },
      { clock: 'activity' },
      'stale',
    ],
    [
      'an older activity later on',
      known({ clockMs: 9 }),
      { content: 'b', clockMs: 1, receivedAtMs: 1_600_001 },
      { clock: 'activity' },
      'newer',
    ],
    [
      'a newer activity that was held up',
      known({ clockMs: 2 }),
      { content: 'b', clockMs: 3, receivedAtMs: 1 },
      { clock: 'activity', isLate: true },
      'stale',
    ],
    [
      'a body that was replaced',
      known({ bodySha256: 'B', superseded: [['A', 900_000]] }),
      { receivedAtMs: 1_100_000 },
      {},
      'stale',
    ],
    [
      'a body that was replaced long ago',
      known({ bodySha256: 'B', content: 'b', superseded: [['A', 1]] }),
      {},
      {},
      'newer',
    ],
    ['a body that is known', known(), { receivedAtMs: 1_100_000 }, {}, 'same'],
    [
      'less beside something else',
      known({ said: 0b111 }),
      { content: 'b', said: 0b101 },
      { isAside: true },
      'stale',
    ],
    [
      'as much beside something else',
      known({ said: 0b101 }),
      { content: 'b', said: 0b111 },
      { isAside: true },
      'newer',
    ],
    ['less in its own event', known({ said: 0b111 }), { content: 'b', said: 0b001 }, {}, 'newer'],
    ['a deletion', known({ clockMs: 2 }), { deleted: true }, {}, 'newer'],
    [
      'a deletion by a clock that goes a little wrong',
      known(),
      { deleted: true, receivedAtMs: 950_000 },
      { isLate: true },
      'newer',
    ],
    [
      'a deletion from before',
      known({ clockMs: 2 }),
      { deleted: true, receivedAtMs: 900_000 },
      { isLate: true },
      'stale',
    ],
    ['a deletion after the clock was set back', known(), { deleted: true, receivedAtMs: 1 }, {}, 'newer'],
    ['a deletion by an older clock', known({ clockMs: 2 }), { deleted: true, clockMs: 1 }, {}, 'stale'],
    ['a deletion twice', known({ deleted: true }), { deleted: true, receivedAtMs: 2_000_000 }, {}, 'same'],
  ] as const)('compared with %s', (_what, before, change, arrival, comparison) => {
    expect(compare(known(change), before, arriving(arrival))).toEqual({ type: comparison })
  })

  const undated = { isUndated: true, deletedAtMs: 1_000_000 }
  it.each([
    ['by a newer clock', { clockMs: 2 }, { clockMs: 3 }, {}, 'newer'],
    ['not by an equal clock', { clockMs: 2 }, { clockMs: 2, receivedAtMs: 9_000_000 }, {}, 'stale'],
    ['not without a clock when there was one', { clockMs: 2 }, { receivedAtMs: 9_000_000 }, {}, 'stale'],
    ['not by what it has overtaken', undated, { clockMs: 999_999, receivedAtMs: 1_000_005 }, {}, 'stale'],
    [
      'not by what it has overtaken, of a known clock',
      { ...undated, clockMs: 2 },
      { clockMs: 3, receivedAtMs: 1_000_005 },
      {},
      'stale',
    ],
    ['by what was done since', undated, { clockMs: 1_000_001, receivedAtMs: 1_000_005 }, {}, 'newer'],
    [
      'by what comes when nothing is on its way any more',
      undated,
      { clockMs: 3, receivedAtMs: 1_600_001 },
      {},
      'newer',
    ],
    [
      'not by what was received before and held up',
      undated,
      { clockMs: 3, receivedAtMs: 999_999 },
      { isLate: true },
      'stale',
    ],
    [
      'not by what it may have overtaken where there is no clock',
      undated,
      { receivedAtMs: 1_600_000 },
      {},
      'stale',
    ],
    ['by any later one where there is no clock', undated, { receivedAtMs: 1_600_001 }, {}, 'newer'],
    [
      'not by a body that the vendor repeats',
      { ...undated, superseded: [['A', 1_000_000]] },
      { receivedAtMs: 1_700_000 },
      { repeatsWithinMs: 1_200_000 },
      'stale',
    ],
  ] as const)('brings a deleted person back: %s', (_what, before, change, arrival, comparison) => {
    const deleted = known({ ...before, deleted: true, content: 'gone', bodySha256: 'D' })
    expect(compare(known(change), deleted, arriving(arrival))).toEqual({ type: comparison })
  })
})

describe('whatever comes in whatever order', () => {
  interface Sent {
    readonly clockMs: number
    readonly content: string
  }
  /** What is known once all have come, one after the other, each a millisecond or a day later. */
  function settled(order: readonly Version[], arrival: Arrival): Version | undefined {
    return order.reduce<Version | undefined>(
      (now, next) => (compare(next, now, arrival).type === 'newer' ? next : now),
      undefined,
    )
  }
  const versions = fc.uniqueArray(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 6 })
  const of = ({ clockMs, content }: Sent, receivedAtMs: number): Version =>
    known({ clockMs, content, receivedAtMs, bodySha256: content })

  it('the newest version stands where the clock is one of versions', () => {
    fc.assert(
      fc.property(
        versions.chain(clocks =>
          fc.tuple(fc.constant(clocks), fc.shuffledSubarray(clocks, { minLength: clocks.length })),
        ),
        ([clocks, order]) => {
          const came = order.map((clockMs, at) => of({ clockMs, content: String(clockMs) }, 1_000_000 + at))
          expect(settled(came, arriving())?.clockMs).toBe(Math.max(...clocks))
        },
      ),
    )
  })

  it('the last correction stands where the clock is one of activity, however far its clock goes back', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 6 }), clocks => {
        const came = clocks.map((clockMs, at) =>
          of({ clockMs, content: String(at) }, 1_000_000 + at * 600_001),
        )
        expect(settled(came, arriving({ clock: 'activity' }))?.content).toBe(String(clocks.length - 1))
      }),
    )
  })

  it('nothing that arrives at once is forgotten where there is no clock, whatever the receivers think the time is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 10_000_000 }), { minLength: 1, maxLength: 6 }),
        times => {
          const came = times.map((receivedAtMs, at) =>
            known({ content: String(at), bodySha256: String(at), receivedAtMs }),
          )
          expect(settled(came, arriving())?.content).toBe(String(times.length - 1))
        },
      ),
    )
  })
})

it('remembers which bodies it replaced, for as long as the vendor may repeat them', () => {
  const next = (receivedAtMs: number, before: Version | undefined) => {
    const job = complete(
      { type: 'job', change: 'updated', clockMs: null, warnings: [], draft: emptyJob('1') },
      context,
    )
    const provenance = { ...job.record.provenance, received_at: receivedAtMs, body_sha256: 'C' }
    const record = { ...job.record, provenance } as typeof job.record
    return withHistory({ ...job, record } as typeof job, before, 1_000).record.provenance.superseded
  }
  expect(next(5, undefined)).toEqual({})
  expect(
    next(
      1_000_500,
      known({
        superseded: [
          ['Z', 999_600],
          ['Y', 1],
        ],
      }),
    ),
  ).toEqual({ A: 1_000_000, Z: 999_600 })
  expect(next(1_000_500, known({ bodySha256: 'C' }))).toEqual({})
})

const context = {
  event: {
    ...{ eventId: 'e', source: 'direct', tenant: 'default', kind: 'k', receivedAtMs: 5 },
    ...{ deliveryId: null, bodySha256: '', dataRef: null, fromOperator: false, warnings: [] },
  },
  ...{ raw: { topic: 't', partition: 0, offset: 0 }, personKeySecret: 's', normalizerVersion: 'v' },
  companyName: () => null,
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
