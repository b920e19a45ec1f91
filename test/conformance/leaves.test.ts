/**
 * Every leaf of the vendors' examples is accounted for: changing it changes what the event says, or a source's
 * `examples.json` says why it stays in the raw topic alone. `LEAVES=1` prints the table.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { parseJson } from '../../services/core/json.ts'
import { mapEvent, type Source } from '../../services/sources/source.ts'

interface Examples {
  /** Fixtures whose request is what the vendor's documentation shows. */
  readonly examples: readonly string[]
  /** Fixtures with a value in fields that count only together, and that the examples leave empty. */
  readonly shown_by?: readonly string[]
  /** Paths of leaves that no mapping reads, with the reason. */
  readonly left_in_raw?: Readonly<Record<string, string>>
}
interface Fixture {
  readonly request: { readonly headers: Readonly<Record<string, string>>; readonly body: unknown }
  readonly settings?: Readonly<Record<string, unknown>>
  readonly receivedAt: string
}

const SOURCES = new URL('../../services/sources/', import.meta.url)
const readJson = (file: URL) => JSON.parse(readFileSync(file, 'utf8'))

/** Each path of the examples, the elements of a list being one, and whether a change anywhere there is noticed. */
function leavesOf(
  source: Source,
  examples: readonly Fixture[],
  shownBy: readonly Fixture[],
): ReadonlyMap<string, boolean> {
  const paths = new Set(examples.flatMap(({ request }) => pathsOf(request.body).map(written)))
  const noticed = new Set<string>()
  for (const fixture of [...examples, ...shownBy]) {
    const before = meaningOf(source, fixture, fixture.request.body)
    expect(before, 'an example must be understood').not.toBeNull()
    for (const steps of pathsOf(fixture.request.body)) {
      const path = written(steps)
      if (!noticed.has(path) && isNoticed(source, fixture, steps, before)) noticed.add(path)
    }
  }
  return new Map([...paths].map(path => [path, noticed.has(path)]))
}

type Steps = readonly (string | number)[]

/** Paths to all that has no members: scalars, nulls, empty lists and objects. */
function pathsOf(value: unknown, steps: Steps = []): Steps[] {
  if (typeof value !== 'object' || value === null) return [steps]
  const members = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  return members.length === 0 ? [steps] : members.flatMap(([key, member]) => pathsOf(member, [...steps, key]))
}

const written = (steps: Steps): string =>
  steps
    .map(step => (typeof step === 'number' ? '[]' : `.${step}`))
    .join('')
    .replace(/^\./, '')

function isNoticed(source: Source, fixture: Fixture, steps: Steps, before: string | null): boolean {
  return OTHERS.some(other => {
    const after = meaningOf(source, fixture, replaced(fixture.request.body, steps, other))
    return after !== null && after !== before
  })
}

/** Whatever a field may be, one of these is another value of its kind. */
const OTHERS: readonly ((value: unknown) => unknown)[] = [
  value => (typeof value === 'number' ? value + 1 : typeof value === 'boolean' ? !value : `${value}x`),
  () => '17',
  () => 'update',
  () => '2001-02-03T04:05:06+02:00',
  () => '2001-02-03',
  () => 'https://example.com/other.pdf',
  () => 'T3RoZXIgYnl0ZXM=',
  () => ['word'],
  () => [{ id: '17', label: 'word' }],
  () => [{ name: 'word', value: 17 }],
  () => ({ id: '17', label: 'word' }),
]

function replaced(value: unknown, [step, ...rest]: Steps, other: (value: unknown) => unknown): unknown {
  if (step === undefined) return other(value)
  if (Array.isArray(value)) {
    return value.map((element, index) => (index === step ? replaced(element, rest, other) : element))
  }
  const members = Object.entries(value ?? {})
  return Object.fromEntries(
    members.map(([name, member]) => [name, name === step ? replaced(member, rest, other) : member]),
  )
}

/** What the pipeline makes of a body, without its warnings; null when it refuses any of it. */
function meaningOf(source: Source, fixture: Fixture, body: unknown): string | null {
  const events = source.split({
    headers: fixture.request.headers,
    body: new TextEncoder().encode(JSON.stringify(body)),
  })
  if (events.type !== 'ok') return null
  const mapped = events.value.map(event =>
    mapEvent(source, event.kind, parseJson(event.text), {
      tenant: 'default',
      receivedAtMs: Date.parse(fixture.receivedAt),
      deliveryId: event.deliveryId,
      settings: source.settings.parse(fixture.settings ?? {}),
    }),
  )
  const isFaulty = mapped.some(outcome => outcome.type === 'reject' && outcome.code !== 'KIND_UNKNOWN')
  if (isFaulty) return null
  return JSON.stringify([
    events.value.map(({ kind, entity }) => ({ kind, entity })),
    mapped.map(outcome => (outcome.type === 'ok' ? { ...outcome.value, warnings: [] } : outcome)),
  ])
}

const sources = await Promise.all(
  readdirSync(SOURCES)
    .filter(folder => existsSync(new URL(`${folder}/examples.json`, SOURCES)))
    .map(async folder => {
      const module: { default: Source } = await import(new URL(`${folder}/source.ts`, SOURCES).pathname)
      const listed: Examples = readJson(new URL(`${folder}/examples.json`, SOURCES))
      const fixture = (name: string): Fixture => readJson(new URL(`${folder}/fixtures/${name}`, SOURCES))
      const { examples, shown_by = [], left_in_raw: leftInRaw = {} } = listed
      return {
        folder,
        leftInRaw,
        leaves: leavesOf(module.default, examples.map(fixture), shown_by.map(fixture)),
      }
    }),
)

describe.each(sources)("$folder: the vendor's examples", ({ folder, leaves, leftInRaw }) => {
  const mapped = [...leaves].filter(([, isMapped]) => isMapped).map(([path]) => path)
  const unmapped = [...leaves].filter(([, isMapped]) => !isMapped).map(([path]) => path)

  it('have no leaf that is neither mapped nor left in raw for a reason', () => {
    expect(unmapped.filter(path => !leftInRaw[path]?.trim())).toEqual([])
  })

  it('have no leaf that is said to be left in raw and is mapped', () => {
    expect(mapped.filter(path => Object.hasOwn(leftInRaw, path))).toEqual([])
  })

  it('have every leaf that is said to be left in raw', () => {
    expect(Object.keys(leftInRaw).filter(path => !leaves.has(path))).toEqual([])
  })

  afterAll(() => {
    if (process.env.LEAVES !== '1') return
    const counts = `${folder}: ${leaves.size} leaves, ${mapped.length} mapped, ${unmapped.length} left in raw`
    console.log([counts, ...unmapped.map(path => `  ${path}: ${leftInRaw[path]}`)].join('\n'))
  })
})
