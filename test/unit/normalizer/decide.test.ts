import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HEADER } from '../../../services/core/topics.ts'
import { decideRecord, entomb } from '../../../services/normalizer/decide.ts'
import type { Effect } from '../../../services/normalizer/follow-up.ts'
import { deletedKeys, knownVersion } from '../../../services/normalizer/known-versions.ts'
import { discoverSources } from '../../../services/platform/connections/discover-sources.ts'
import type { Decision, InputRecord, State } from '../../../services/platform/partitions/processor.ts'
import { jsonCodec } from '../../support/json-codec.ts'

const sources = await discoverSources()
const ports = {
  sources,
  settingsOf: (source: string) => sources.get(source)?.settings.parse({}) ?? {},
  personKeySecret: 'secret',
  companyName: () => null,
  partitionOf: () => 0,
  normalizerVersion: 'test',
  hostsOf: () => [],
  codec: jsonCodec(),
}

/** A partition's state, as its own decisions leave it. */
function createState() {
  const entries = new Map<string, unknown>()
  const state: State = {
    get: key => entries.get(key),
    scan: prefix => [...entries].filter(([key]) => key.startsWith(prefix)),
  }
  return {
    state,
    apply(decision: Decision<Effect>) {
      for (const output of decision.outputs) {
        for (const [key, value] of output.entries ?? [])
          value === undefined ? entries.delete(key) : entries.set(key, value)
      }
      return decision
    },
  }
}

let offset = 0
const received = (kind: string, data: unknown, at: string): InputRecord => ({
  type: 'record',
  topic: 'ats.raw.humansourcing',
  partition: 0,
  offset: offset++,
  key: Buffer.from('humansourcing:default:7'),
  value: Buffer.from(JSON.stringify({ event: kind.split('.')[1], type: kind.split('.')[0], data })),
  headers: {
    [HEADER.id]: `event-${offset}`,
    [HEADER.source]: '/hooks/humansourcing/default',
    [HEADER.type]: kind,
    [HEADER.time]: at,
  },
  timestampMs: 0,
  fact: null,
})
const person = (clock: string) => ({
  id: 7,
  first_name: 'Ada',
  last_name: 'Example',
  email: 'ada@example.com',
  latest_action: clock,
  action: [],
})
const KEY = 'humansourcing:default:7'

describe('a deletion', () => {
  it('redacts, erases files, keeps the clock, and is followed by a tombstone when it is due', () => {
    const { state, apply } = createState()
    apply(
      decideRecord(
        received('candidate.creation', person('2026-01-10T10:00:00+01:00'), '2026-01-10T10:00:00Z'),
        state,
        ports,
      ),
    )
    const deletion = apply(
      decideRecord(received('candidate.delete', { id: 7 }, '2026-01-11T10:00:00Z'), state, ports),
    )
    const deletedAtMs = Date.parse('2026-01-11T10:00:00Z')
    expect(deletion.effects).toEqual([{ do: 'erase-blobs', key: KEY, storedBeforeMs: deletedAtMs - 60_000 }])
    expect(String(deletion.outputs[0]?.value)).not.toMatch(/Ada|Example|ada@/)
    expect(knownVersion(state, 'candidate', KEY)?.clockMs).toBe(Date.parse('2026-01-10T09:00:00Z'))

    expect([...deletedKeys(state)]).toEqual([{ type: 'candidate', key: KEY, deletedAtMs }])
    expect(entomb({ type: 'candidate', key: KEY }, state, ports, deletedAtMs - 1).outputs).toEqual([])
    const tombstone = apply(entomb({ type: 'candidate', key: KEY }, state, ports, deletedAtMs))
    expect(tombstone.outputs).toMatchObject([{ key: KEY, value: null }])
    expect(tombstone.effects).toEqual([{ do: 'erase-blobs', key: KEY, storedBeforeMs: deletedAtMs }])
    expect([...deletedKeys(state)]).toEqual([])
    expect(knownVersion(state, 'candidate', KEY)).toBeUndefined()
  })

  it('is no deletion any more when a newer snapshot brought the person back', () => {
    const { state, apply } = createState()
    apply(
      decideRecord(
        received('candidate.creation', person('2026-01-10T10:00:00+01:00'), '2026-01-10T10:00:00Z'),
        state,
        ports,
      ),
    )
    apply(decideRecord(received('candidate.delete', { id: 7 }, '2026-01-11T10:00:00Z'), state, ports))
    const late = decideRecord(
      received('candidate.update', person('2026-01-10T10:00:00+01:00'), '2026-01-12T10:00:00Z'),
      state,
      ports,
    )
    expect(late.outcome).toMatchObject({ name: 'duplicate', reason: 'stale' })
    apply(
      decideRecord(
        received('candidate.update', person('2026-01-13T10:00:00+01:00'), '2026-01-13T10:00:00Z'),
        state,
        ports,
      ),
    )
    expect([...deletedKeys(state)]).toEqual([])
    expect(entomb({ type: 'candidate', key: KEY }, state, ports, Number.MAX_SAFE_INTEGER).outputs).toEqual([])
  })
})

describe('what has been read before', () => {
  const at = (ms: number) => new Date(Date.UTC(2026, 0, 10) + ms).toISOString()
  /** Clocks of activity, and those of ingress, go where they like. */
  const history = fc.array(
    fc.record({
      isDeletion: fc.boolean(),
      clockMs: fc.nat(5_000_000),
      receivedAtMs: fc.nat(5_000_000),
      name: fc.constantFrom('Ada', 'Bea', 'Cleo'),
    }),
    { minLength: 1, maxLength: 8 },
  )
  const recordsOf = (events: readonly (typeof history extends fc.Arbitrary<infer T> ? T : never)[number][]) =>
    events.map(({ isDeletion, clockMs, receivedAtMs, name }): InputRecord => {
      const data = isDeletion ? { id: 7 } : { ...person(at(clockMs)), first_name: name }
      const kind = isDeletion ? 'candidate.delete' : 'candidate.update'
      return { ...received(kind, data, at(receivedAtMs)), topicId: 'first' }
    })
  const publishedAgain = (records: readonly InputRecord[], again: readonly InputRecord[]) => {
    const { state, apply } = createState()
    for (const record of records) apply(decideRecord(record, state, ports))
    return again.flatMap(record => apply(decideRecord(record, state, ports)).outputs)
  }

  it('changes nothing, from wherever it is read again', () => {
    fc.assert(
      fc.property(history, fc.nat(), (events, from) => {
        const records = recordsOf(events)
        expect(publishedAgain(records, records.slice(from % records.length))).toEqual([])
      }),
    )
  })

  it('changes nothing in a copy of the topic, whose offsets are others', () => {
    fc.assert(
      fc.property(history, events => {
        const inOrder = events.map((event, at) => ({ ...event, receivedAtMs: at * 700_000 }))
        const records = recordsOf(inOrder)
        const copies = records.map((record, offset) => ({ ...record, topicId: 'copy', offset }))
        expect(publishedAgain(records, copies)).toEqual([])
      }),
    )
  })
})
