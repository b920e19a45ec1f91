import { describe, expect, it } from 'vitest'
import type { Candidate } from '../../../schemas/types.ts'
import { blobPrefix } from '../../../services/core/blob.ts'
import { HEADER } from '../../../services/core/topics.ts'
import { type FileResults, pendingEntries } from '../../../services/normalizer/files/wanted-files.ts'
import type { Internal } from '../../../services/normalizer/follow-up.ts'
import { versionEntries } from '../../../services/normalizer/known-versions.ts'
import { NormalizerPartition } from '../../../services/normalizer/partition.ts'
import { NoBlobAddress } from '../../../services/platform/blobs/store.ts'
import type { InputRecord, State } from '../../../services/platform/partitions/processor.ts'
import { candidateRecord } from '../../support/candidate-record.ts'
import { jsonCodec } from '../../support/json-codec.ts'

const KEY = 'source:default:1'
const URL_OF_CV = 'https://files.example.com/cv.pdf'
const candidate = candidateRecord({
  attachments: [
    {
      external_id: null,
      kind: 'RESUME',
      kind_raw: null,
      file_name: null,
      content_type: null,
      size_bytes: null,
      sha256: null,
      blob_uri: null,
      source_url: URL_OF_CV,
      source_url_expires_at: null,
      storage_ref: null,
      extracted_text_blob_uri: null,
      fetch_status: 'NOT_ATTEMPTED',
    },
  ],
})
const hostsOf = () => ['files.example.com']

interface Fetch {
  readonly candidate: Candidate
  readonly report: (results: FileResults) => void
  readonly signal: AbortSignal
}

function open(entries: Iterable<readonly [string, unknown]>, get = async (): Promise<null> => null) {
  const store = new Map(entries)
  const state: State = {
    get: key => store.get(key),
    scan: prefix => [...store].filter(([key]) => key.startsWith(prefix)),
  }
  const [submitted, fetches]: [Internal[], Fetch[]] = [[], []]
  const [erased, dropped]: [[string, number][], string[]] = [[], []]
  const partition = new NormalizerPartition(
    { partition: 0, submit: input => submitted.push(input) > 0, submitAll: () => {} },
    {
      sources: new Map(),
      settingsOf: () => ({}),
      personKeySecret: '',
      companyName: () => null,
      partitionOf: () => 0,
      normalizerVersion: '',
      codec: jsonCodec(),
      hostsOf,
      blobs: {
        get,
        ...{
          removePrefix: async (prefix, storedBeforeMs) => void erased.push([prefix, storedBeforeMs]),
          remove: async uris => void dropped.push(...uris),
        },
      },
      files: {
        fetchAll: async (of, report, signal) => void fetches.push({ candidate: of, report, signal }),
      },
      tombstoneAfterMs: 1_000,
      nowMs: () => 10_000,
      crash: error => {
        throw error
      },
    },
  )
  partition.started(state)
  return { partition, submitted, fetches, erased, dropped }
}
const pending = pendingEntries(KEY, candidate, hostsOf)

describe('a partition', () => {
  it('goes on with the files that its last owner did not get', () => {
    const { partition, fetches, submitted } = open(pending)
    expect(fetches.map(fetch => fetch.candidate)).toEqual([candidate])
    const results = { [URL_OF_CV]: { status: 'EXPIRED' } } as const
    fetches[0]?.report(results)
    expect(submitted).toEqual([{ do: 'record-files', key: KEY, results }])
    partition.stopped()
    expect(fetches[0]?.signal.aborted).toBe(true)
  })

  it('begins anew with the files of a newer snapshot, and stops when the candidate is deleted', () => {
    const { partition, fetches, erased, dropped } = open(pending)
    partition.perform([{ do: 'fetch-files', key: KEY }])
    expect(fetches.map(({ signal }) => signal.aborted)).toEqual([true, false])
    partition.perform([{ do: 'erase-blobs', key: KEY, storedBeforeMs: 5 }])
    expect(fetches.map(({ signal }) => signal.aborted)).toEqual([true, true])
    expect(erased).toEqual([[blobPrefix('default', KEY), 5]])
    partition.perform([{ do: 'drop-blobs', uris: ['blob:a/b/c'] }])
    expect(dropped).toEqual(['blob:a/b/c'])
    partition.stopped()
  })

  it('erases again at its start what was deleted, and entombs it when that is due', () => {
    const deletedAtMs = 1
    const version = {
      content: '',
      clockMs: null,
      receivedAtMs: 0,
      deleted: true,
      isUndated: true,
      bodySha256: '',
      superseded: [],
      said: 0,
      topicId: '',
      offset: 0,
      deletedAtMs,
    }
    const { partition, submitted, erased } = open(versionEntries('candidate', KEY, version))
    // What the person who came back sent is stored after the deletion, by clocks that may differ by a minute.
    expect(erased).toEqual([[blobPrefix('default', KEY), deletedAtMs - 60_000]])
    expect(submitted).toEqual([{ do: 'entomb', type: 'candidate', key: KEY }])
    partition.stopped()
  })

  it.each([
    ['an address that is none', new NoBlobAddress('not the address of a blob'), null],
    ['a store that has too much to do', new Error('SlowDown'), 'SlowDown'],
    ['a disk that is broken', Object.assign(new Error('EIO'), { code: 'EIO' }), 'EIO'],
  ])('refuses the record of bad data, and stops at an accident: %s', async (_what, error, thrown) => {
    const { partition } = open([], () => Promise.reject(error))
    const found = partition.lookUp({
      type: 'record',
      topic: 'ats.raw.source',
      partition: 0,
      offset: 0,
      key: null,
      value: null,
      headers: { [HEADER.dataRef]: 'blob:default/a/b' },
      timestampMs: 0,
      fact: null,
    })
    if (thrown === null) expect(await found).toBeNull()
    else await expect(found).rejects.toThrow(thrown)
    partition.stopped()
  })
})

it('keeps a raw record whose canonical one is too large as a dead letter, and says so', () => {
  const { partition } = open([])
  const record: InputRecord = {
    ...{ type: 'record', topic: 'ats.raw.direct', partition: 0, offset: 4, timestampMs: 0, fact: null },
    ...{ key: Buffer.from(KEY), value: Buffer.from('raw'), headers: {} },
  }
  const oversized = { topic: 'ats.canonical.candidate.v1', bytes: 9, limit: 8 }
  const { outcome, outputs, effects } = partition.refuse(record, oversized)
  expect(outcome).toMatchObject({ name: 'dead_lettered', source: 'direct', reason: 'RECORD_TOO_LARGE' })
  expect(outputs).toMatchObject([{ topic: 'normalizer.dead-letter', value: record.value }])
  expect(effects).toEqual([])
  const found = { type: 'internal', input: { do: 'record-files', key: KEY, results: {} } } as const
  expect(partition.refuse(found, oversized)).toEqual({ outcome: null, outputs: [], effects: [] })
})
