import { describe, expect, it } from 'vitest'
import { canaryId } from '../../../services/core/canary.ts'
import { CANARY, HEADER } from '../../../services/core/topics.ts'
import { decideRecord } from '../../../services/normalizer/decide.ts'
import { discoverSources } from '../../../services/platform/connections/discover-sources.ts'
import type { InputRecord, State } from '../../../services/platform/partitions/processor.ts'
import { jsonCodec } from '../../support/json-codec.ts'

const POSTED_MS = Date.parse('2026-01-10T10:00:00Z')
const sources = await discoverSources()
const encoded: string[] = []
const codec = jsonCodec()
const ports = {
  sources,
  settingsOf: (source: string) => sources.get(source)?.settings.parse({}) ?? {},
  ...{ personKeySecret: 'secret', companyName: () => null, partitionOf: () => 0, normalizerVersion: '1+abc' },
  hostsOf: () => [],
  codec: {
    ...codec,
    encode(...of: Parameters<typeof codec.encode>) {
      encoded.push(of[0])
      return codec.encode(...of)
    },
  },
}
/** Nothing is known, and whoever looks is told so. */
const looked: string[] = []
const state: State = {
  get(key) {
    looked.push(key)
    return undefined
  },
  scan: () => [],
}

function arrived(
  source: string,
  change: { readonly kind?: string; readonly mark?: string | undefined } = {},
) {
  const body = Buffer.from(sources.get(source)?.canary?.(canaryId(POSTED_MS)) ?? '')
  const events = sources.get(source)?.split({ headers: { 'content-type': 'application/json' }, body })
  const event = events?.type === 'ok' ? events.value[0] : undefined
  const mark = Object.hasOwn(change, 'mark') ? change.mark : String(POSTED_MS)
  const input: InputRecord = {
    ...{ type: 'record', topic: `ats.raw.${source}`, partition: 0, offset: 7, fact: null },
    key: Buffer.from(`${source}:acme:${canaryId(POSTED_MS)}`),
    value: Buffer.from(event?.text ?? ''),
    headers: {
      [HEADER.id]: 'e1',
      [HEADER.source]: `/hooks/${source}/acme`,
      [HEADER.type]: change.kind ?? event?.kind ?? '',
      [HEADER.time]: '2026-01-10T10:00:01Z',
      ...(mark !== undefined && { [HEADER.canary]: mark }),
    },
    timestampMs: 0,
  }
  return decideRecord(input, state, ports)
}

describe.each([...sources.keys()])('a canary of %s', source => {
  it('is mapped and encoded, and says that it came on its own topic alone', () => {
    encoded.length = 0
    looked.length = 0
    const { outcome, outputs, effects } = arrived(source)
    expect(outputs.map(({ topic, key, entries }) => [topic, key, entries])).toEqual([
      [CANARY, `${source}:acme`, undefined],
    ])
    expect(JSON.parse(String(outputs[0]?.value))).toEqual({
      ...{ canary_key: `${source}:acme`, source, tenant_id: 'acme', event_id: 'e1' },
      ...{ posted_at: POSTED_MS, received_at: POSTED_MS + 1_000, normalizer_version: '1+abc' },
      canonical_bytes: expect.toSatisfy((bytes: number) => bytes > 100),
    })
    expect(encoded).toEqual(['ats.canonical.candidate.v1', CANARY])
    // Neither read nor kept: the state of a partition knows no canary.
    expect([looked, effects]).toEqual([[], []])
    expect(outcome).toMatchObject({
      source: null,
      name: 'void',
      canary: { source, postedMs: POSTED_MS },
    })
  })

  it('is no dead letter when it cannot be read: it stays away', () => {
    const { outcome, outputs } = arrived(source, { kind: 'no.such-kind' })
    expect(outputs).toEqual([])
    expect(outcome).toEqual({ source: null, tenant: 'acme', name: 'void', reason: 'KIND_UNKNOWN' })
  })

  it('would be a candidate if nothing marked it, which is why ingress lets none in without', () => {
    expect(arrived(source, { mark: undefined }).outputs.map(({ topic }) => topic)).toEqual([
      'ats.canonical.candidate.v1',
    ])
  })
})

it('is a dead letter where somebody else wrote the mark', () => {
  expect(arrived('idibu', { mark: 'yes' }).outcome).toMatchObject({
    name: 'dead_lettered',
    reason: 'HEADERS_INVALID',
  })
})
