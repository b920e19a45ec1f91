/**
 * The contract of a source, run over every folder under `services/sources` and every fixture in it.
 * `UPDATE_FIXTURES=1` writes what a fixture's request really gives into it; the difference is for a person to judge.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emptyCandidate, emptyCompany, emptyJob } from '../../services/core/canonical.ts'
import { parseJson } from '../../services/core/json.ts'
import type { Outcome } from '../../services/core/outcome.ts'
import {
  type MapContext,
  mapEvent,
  type RawEvent,
  type Source,
  type WebhookRequest,
} from '../../services/sources/source.ts'
import { mutated } from '../support/mutated.ts'

interface Fixture {
  readonly request: {
    readonly headers: Readonly<Record<string, string>>
    readonly body?: unknown
    /** Instead of `body`, where the very text matters. */
    readonly bodyText?: string
  }
  readonly settings?: Readonly<Record<string, unknown>>
  readonly receivedAt: string
  readonly split: unknown
  /** One entry for each event of `split`. */
  readonly mapped: unknown
}

const SOURCES = new URL('../../services/sources/', import.meta.url)
const folders = readdirSync(SOURCES, { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .map(entry => entry.name)

const sources = await Promise.all(
  folders.map(async folder => {
    const module: { default: Source } = await import(new URL(`${folder}/source.ts`, SOURCES).pathname)
    const directory = new URL(`${folder}/fixtures/`, SOURCES)
    const fixtures = readdirSync(directory).map(name => {
      const fixture: Fixture = JSON.parse(readFileSync(new URL(name, directory), 'utf8'))
      return { name, file: new URL(name, directory), fixture }
    })
    return { folder, source: module.default, fixtures }
  }),
)

const requestOf = ({ request }: Fixture): WebhookRequest => ({
  headers: request.headers,
  body: new TextEncoder().encode(request.bodyText ?? JSON.stringify(request.body)),
})

const contextOf = (source: Source, fixture: Fixture, event: RawEvent): MapContext => ({
  tenant: 'default',
  receivedAtMs: Date.parse(fixture.receivedAt),
  deliveryId: event.deliveryId,
  settings: source.settings.parse(fixture.settings ?? {}),
})

const eventsOf = (source: Source, fixture: Fixture): readonly RawEvent[] => {
  const events = source.split(requestOf(fixture))
  return events.type === 'ok' ? events.value : []
}

const mappedOf = (source: Source, fixture: Fixture) =>
  eventsOf(source, fixture).map(event =>
    mapEvent(source, event.kind, parseJson(event.text), contextOf(source, fixture, event)),
  )

/** An outcome as fixtures write it: the value itself, or the code alone. */
function written<T>(outcome: Outcome<T>): unknown {
  switch (outcome.type) {
    case 'ok':
      return outcome.value
    case 'skip':
      return { skip: outcome.reason }
    case 'reject':
      return { reject: outcome.code }
  }
}

function behaviourOf(source: Source, fixture: Fixture) {
  const split = written(source.split(requestOf(fixture)))
  return {
    split: Array.isArray(split)
      ? split.map(({ text: _, files, ...event }: RawEvent) => ({
          ...event,
          ...(files && { files: files.map(({ bytes: _, placeholder: __, ...file }) => file) }),
        }))
      : split,
    mapped: mappedOf(source, fixture).map(written),
  }
}

const EMPTY = { job: emptyJob, candidate: emptyCandidate, company: emptyCompany }

describe.each(sources)('$folder', ({ folder, source, fixtures }) => {
  it('is named as its folder', () => {
    expect(source.name).toBe(folder)
  })

  it('reads its settings when none are set', () => {
    expect(source.settings.safeParse({}).success).toBe(true)
  })

  it('has a fixture that maps for each kind that it consumes', () => {
    const shown = new Set(
      fixtures.flatMap(({ fixture }) => eventsOf(source, fixture).map(event => event.kind)),
    )
    const consumed = Object.keys(source.kinds).filter(kind => source.kinds[kind] !== null)
    expect(consumed.filter(kind => !shown.has(kind))).toEqual([])
  })

  it('has a canary: one made-up candidate of the id that it is given, who can be asked nothing', () => {
    const body = new TextEncoder().encode(source.canary?.('atsflow-canary-1'))
    const request = { headers: { 'content-type': 'application/json' }, body }
    const split = source.split(request)
    const [event, ...more] = split.type === 'ok' ? split.value : []
    expect([event?.entity, more, source.faultsOf?.(request) ?? []]).toEqual([
      { type: 'candidate', externalId: 'atsflow-canary-1' },
      [],
      [],
    ])
    const settings = source.settings.parse({})
    const context = { tenant: 'default', receivedAtMs: 0, deliveryId: null, settings }
    expect(mapEvent(source, event?.kind ?? '', parseJson(event?.text ?? ''), context)).toMatchObject({
      type: 'ok',
      value: { type: 'candidate', draft: { external_id: 'atsflow-canary-1', email: null } },
    })
  })

  it.each(fixtures)('$name: splits and maps as written', ({ fixture, file }) => {
    const behaviour = behaviourOf(source, fixture)
    if (process.env.UPDATE_FIXTURES === '1') {
      writeFileSync(file, `${JSON.stringify({ ...fixture, ...behaviour }, null, 2)}\n`)
      return
    }
    expect(JSON.parse(JSON.stringify(behaviour))).toEqual({ split: fixture.split, mapped: fixture.mapped })
  })

  it.each(fixtures)('$name: is split the same again when delivered again', ({ fixture }) => {
    expect(source.split(requestOf(fixture))).toEqual(source.split(requestOf(fixture)))
  })

  it.each(fixtures)('$name: stores each event as JSON text', ({ fixture }) => {
    for (const event of eventsOf(source, fixture)) expect(() => parseJson(event.text)).not.toThrow()
  })

  it.each(fixtures)('$name: maps an event to the entity that it is keyed by', ({ fixture }) => {
    const mapped = mappedOf(source, fixture)
    const spokenOf = mapped.map(outcome => {
      if (outcome.type !== 'ok') return null
      return outcome.value.type === 'deletion'
        ? { type: outcome.value.of, externalId: outcome.value.externalId }
        : { type: outcome.value.type, externalId: outcome.value.draft.external_id }
    })
    const keyedBy = eventsOf(source, fixture).map(event => event.entity)
    expect(spokenOf).toEqual(keyedBy.map((entity, index) => (mapped[index]?.type === 'ok' ? entity : null)))
  })

  it.each(fixtures)('$name: drafts name every field of the record and no other', ({ fixture }) => {
    for (const outcome of mappedOf(source, fixture)) {
      if (outcome.type !== 'ok' || outcome.value.type === 'deletion') continue
      const whole = EMPTY[outcome.value.type]('1')
      expect(Object.keys(outcome.value.draft).sort()).toEqual(Object.keys(whole).sort())
    }
  })

  it.each(fixtures)('$name: carries no file into the record', ({ fixture }) => {
    expect(JSON.stringify(mappedOf(source, fixture).map(written))).not.toMatch(/[A-Za-z0-9+/]{201}/)
  })

  it('refuses a kind that it does not know, whatever Object calls so', () => {
    const context = {
      tenant: 'default',
      receivedAtMs: 0,
      deliveryId: null,
      settings: source.settings.parse({}),
    }
    for (const kind of ['no.such-kind', 'constructor', '__proto__']) {
      expect(mapEvent(source, kind, {}, context)).toMatchObject({ type: 'reject', code: 'KIND_UNKNOWN' })
    }
  })

  it('throws at no body, however odd', () => {
    const bodies = fixtures.map(({ fixture }) => fixture.request.body).filter(body => body !== undefined)
    const odd = fc.oneof(fc.jsonValue(), mutated(fc.constantFrom(...bodies)))
    fc.assert(
      fc.property(odd, fc.constantFrom(...fixtures), (body, { fixture }) => {
        const changed = { ...fixture, request: { headers: fixture.request.headers, body } }
        behaviourOf(source, changed)
        for (const kind of Object.keys(source.kinds)) {
          const event = { kind, entity: null, text: '', deliveryId: null }
          mapEvent(source, kind, body, contextOf(source, fixture, event))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('throws at no bytes, however odd', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom(...fixtures), (body, { fixture }) => {
        source.split({ headers: fixture.request.headers, body })
      }),
    )
  })
})
