import { describe, expect, it } from 'vitest'
import type { Attachment, Candidate } from '../../../../schemas/types.ts'
import { blobUri } from '../../../../services/core/blob.ts'
import { sha256Hex } from '../../../../services/core/identity.ts'
import { CANONICAL_CANDIDATE, HEADER } from '../../../../services/core/topics.ts'
import { decideRecord, recordFiles } from '../../../../services/normalizer/decide.ts'
import type { FetchedFile } from '../../../../services/normalizer/files/fetch-file.ts'
import { createFileFetching } from '../../../../services/normalizer/files/file-fetching.ts'
import {
  type FileResults,
  pendingKeys,
  pendingOf,
  resultOf,
} from '../../../../services/normalizer/files/wanted-files.ts'
import type { Effect } from '../../../../services/normalizer/follow-up.ts'
import type { PartitionPorts } from '../../../../services/normalizer/partition.ts'
import { createNormalizer } from '../../../../services/normalizer/processor.ts'
import { discoverSources } from '../../../../services/platform/connections/discover-sources.ts'
import type { Decision, InputRecord, State } from '../../../../services/platform/partitions/processor.ts'
import { candidateRecord } from '../../../support/candidate-record.ts'
import { jsonCodec } from '../../../support/json-codec.ts'

const RECEIVED_MS = Date.parse('2026-03-01T10:00:00Z')
const HOUR_MS = 3_600_000
const ID = 'aed6532d-2438-4e33-b15b-1f1a20ba1c16'
const KEY = `jobylon:default:${ID}`
const EXPIRES_MS = RECEIVED_MS + 24 * HOUR_MS
const CV = `https://files.example.com/cv.pdf?Signature=a&Expires=${EXPIRES_MS / 1000}`
const LETTER = `https://elsewhere.example.com/letter.pdf?Signature=a&Expires=${EXPIRES_MS / 1000}`
const PDF = Buffer.from('%PDF-1.7 of nobody')

const sources = await discoverSources()
const ports = {
  sources,
  settingsOf: (source: string) => sources.get(source)?.settings.parse({}) ?? {},
  personKeySecret: 'secret',
  companyName: () => null,
  partitionOf: () => 0,
  normalizerVersion: 'test',
  hostsOf: (source: string) => (source === 'jobylon' ? ['files.example.com'] : []),
  codec: jsonCodec(),
}

// Of these ports a table needs no more than a decision.
const { tables } = createNormalizer(ports as unknown as PartitionPorts)
const table = tables.find(({ topic }) => topic === CANONICAL_CANDIDATE)

function createPartition() {
  const entries = new Map<string, unknown>()
  const state: State = {
    get: key => entries.get(key),
    scan: prefix => [...entries].filter(([key]) => key.startsWith(prefix)),
  }
  const apply = (decision: Decision<Effect>) => {
    for (const output of decision.outputs)
      for (const [key, value] of output.entries ?? [])
        value === undefined ? entries.delete(key) : entries.set(key, value)
    return {
      ...decision,
      records: decision.outputs.map(({ value }) => JSON.parse(String(value)) as Candidate),
    }
  }
  const receive = (cv = CV, firstName = 'Ada') => apply(decideRecord(sent(cv, firstName), state, ports))
  const record = (results: FileResults) =>
    apply(recordFiles({ do: 'record-files', key: KEY, results }, state, ports))
  /** What the table of candidates keeps of a record that it reads. */
  const restore = (read: Candidate | undefined) => {
    entries.clear()
    for (const [name, value] of table?.entries(KEY, Buffer.from(JSON.stringify(read)), state) ?? [])
      entries.set(name, value)
  }
  return { state, receive, record, restore, entries }
}

const sent = (cv: string, first_name: string): InputRecord => ({
  type: 'record',
  topic: 'ats.raw.jobylon',
  partition: 0,
  offset: 0,
  key: Buffer.from(KEY),
  value: Buffer.from(
    JSON.stringify({
      event_type: 'candidate',
      action: 'new',
      data: {
        company: { id: ID },
        candidate: { id: ID, first_name, files: { cv, cover_letter: LETTER } },
        job: { id: ID },
      },
    }),
  ),
  headers: {
    [HEADER.id]: 'event-1',
    [HEADER.source]: '/hooks/jobylon/default',
    [HEADER.type]: 'candidate/new',
    [HEADER.time]: new Date(RECEIVED_MS).toISOString(),
  },
  timestampMs: 0,
  fact: null,
})
const filesOf = (record: Candidate | undefined) => record?.applications[0]?.attachments ?? []
const stored = resultOf(PDF) ?? { status: 'FAILED' as const }

describe('a record with links', () => {
  it('is kept until the files from hosts in the list are there, and says where they are', () => {
    const { state, receive, record } = createPartition()
    expect(receive().effects).toEqual([{ do: 'fetch-files', key: KEY }])
    expect(pendingKeys(state)).toEqual([KEY])
    const { records, outcome } = record({ [CV]: stored })
    expect(outcome).toBeNull()
    const [cv, letter] = filesOf(records[0])
    expect(cv).toMatchObject({
      fetch_status: 'STORED',
      content_type: 'application/pdf',
      size_bytes: PDF.length,
      blob_uri: blobUri('default', KEY, cv?.sha256 ?? ''),
    })
    expect(letter).toMatchObject({ fetch_status: 'NOT_ATTEMPTED', blob_uri: null })
    expect(pendingKeys(state)).toEqual([])
  })

  it('is the same fact after its files came: a redelivery with another signature is a duplicate', () => {
    const { receive, record } = createPartition()
    receive()
    record({ [CV]: stored })
    expect(receive(CV.replace('=a', '=b')).outcome).toMatchObject({ name: 'duplicate', reason: 'same' })
  })

  it('is the same fact to whoever has read it from the topic after its files came', () => {
    const { receive, record, restore } = createPartition()
    receive()
    restore(record({ [CV]: stored }).records[0])
    expect(receive(CV.replace('=a', '=b')).outcome).toMatchObject({ name: 'duplicate', reason: 'same' })
  })

  it.each([
    ['a program', 'MZ\x90\x00', 'application/x-executable'],
    ['text', 'Ada', 'text/plain'],
    ['nothing that is known', '\x00', 'application/octet-stream'],
  ])('says of a file that it is %s, although its name says otherwise', (_what, text, contentType) => {
    const { receive, record } = createPartition()
    const [before] = receive().records
    const result = resultOf(Buffer.from(text, 'latin1')) ?? { status: 'FAILED' as const }
    const [after] = record({ [CV]: result }).records
    expect(filesOf(after)[0]).toMatchObject({ file_name: 'cv.pdf', content_type: contentType })
    expect(after?.provenance.warnings).toEqual(
      [...(before?.provenance.warnings ?? []), 'CONTENT_TYPE_MISMATCH'].sort(),
    )
  })

  it('says nothing about files of an older snapshot, nor twice about the same ones', () => {
    const { receive, record, state } = createPartition()
    receive()
    const newer = CV.replace('cv.pdf', 'newer.pdf')
    receive(newer, 'Adele')
    expect(record({ [CV]: stored }).records).toEqual([])
    expect(pendingOf(state, KEY)?.first_name).toBe('Adele')
    expect(record({ [newer]: { status: 'EXPIRED' } }).records).toHaveLength(1)
    expect(record({ [newer]: stored }).records).toEqual([])
  })

  it('that is gone has what came since erased', () => {
    const { receive, record, entries } = createPartition()
    receive()
    entries.clear()
    expect(record({ [CV]: stored })).toMatchObject({
      records: [],
      effects: [{ do: 'drop-blobs', uris: [blobUri('default', KEY, sha256Hex(PDF))] }],
    })
  })
})

const { provenance } = candidateRecord({})
const file = (source_url: string, source_url_expires_at: number | null): Attachment => ({
  external_id: null,
  kind: 'RESUME',
  kind_raw: null,
  file_name: null,
  content_type: null,
  size_bytes: null,
  sha256: null,
  blob_uri: null,
  source_url,
  source_url_expires_at,
  storage_ref: null,
  extracted_text_blob_uri: null,
  fetch_status: 'NOT_ATTEMPTED',
})
const candidateWith = (expiresAtMs: number | null, urls: readonly string[] = [CV]) =>
  candidateRecord({
    candidate_key: KEY,
    attachments: urls.map(url => file(url, expiresAtMs)),
    provenance: { ...provenance, source: 'jobylon', received_at: RECEIVED_MS },
  })

/** Fetches with a clock that only waiting moves; `answers` in order, the last one for ever. */
async function fetchAll(candidate: Candidate, answers: readonly FetchedFile[], failedPuts = 0) {
  const world = { nowMs: RECEIVED_MS, calls: 0, results: [] as FileResults[], puts: 0, codes: [] as string[] }
  const abort = new AbortController()
  const fetching = createFileFetching({
    hostsOf: ports.hostsOf,
    concurrency: 1,
    nowMs: () => world.nowMs,
    wait: async ms => {
      world.nowMs += ms
    },
    fetchFile: async () => answers[Math.min(world.calls++, answers.length - 1)] ?? REFUSED,
    blobs: {
      put: async () => {
        if (world.puts++ < failedPuts) throw Object.assign(new Error(), { code: 'ENOSPC' })
      },
    },
    metrics: { files: { inc: () => undefined } as never },
    log: { fileNotFetched: ({ code }) => void world.codes.push(code) },
  })
  await fetching.fetchAll(candidate, results => void world.results.push(results), abort.signal)
  return { ...world, waitedMs: world.nowMs - RECEIVED_MS }
}
const FETCHED: FetchedFile = { type: 'fetched', bytes: PDF }
const FAILED: FetchedFile = { type: 'failed', code: 'HTTP_503' }
const REFUSED: FetchedFile = { type: 'refused', code: 'TOO_LARGE' }

describe('fetching', () => {
  it('stores a file and reports it', async () => {
    expect(await fetchAll(candidateWith(EXPIRES_MS), [FETCHED])).toMatchObject({
      results: [{ [CV]: stored }],
      puts: 1,
      codes: [],
    })
  })

  it('tries again what failed, whether it was the network or the store', async () => {
    const { results, codes, calls } = await fetchAll(candidateWith(EXPIRES_MS), [FAILED, FETCHED], 1)
    expect({ results, codes, calls }).toEqual({
      results: [{ [CV]: stored }],
      codes: ['HTTP_503', 'ENOSPC'],
      calls: 3,
    })
  })

  it('tries until the link dies, then says so, and asks no more', async () => {
    const { results, waitedMs, calls } = await fetchAll(candidateWith(EXPIRES_MS), [FAILED])
    expect(results).toEqual([{ [CV]: { status: 'EXPIRED' } }])
    expect(waitedMs).toBe(24 * HOUR_MS)
    expect(calls).toBeLessThan(40)
  })

  it('does not ask for a link that is dead already', async () => {
    expect(await fetchAll(candidateWith(RECEIVED_MS), [FETCHED])).toMatchObject({
      results: [{ [CV]: { status: 'EXPIRED' } }],
      calls: 0,
    })
  })

  it('gives up after a day where a link has no end', async () => {
    const { results, waitedMs } = await fetchAll(candidateWith(null), [FAILED])
    expect(results).toEqual([{ [CV]: { status: 'FAILED' } }])
    expect(waitedMs).toBeLessThanOrEqual(24 * HOUR_MS)
  })

  it('does not try again what is refused', async () => {
    expect(await fetchAll(candidateWith(EXPIRES_MS), [REFUSED, FETCHED])).toMatchObject({
      results: [{ [CV]: { status: 'REJECTED' } }],
      calls: 1,
      codes: ['TOO_LARGE'],
    })
  })

  it.each(['', '<!DOCTYPE html><title>Sign in</title>', '\n<html>'])('takes %j for no file', async text => {
    const page: FetchedFile = { type: 'fetched', bytes: Buffer.from(text) }
    expect(await fetchAll(candidateWith(EXPIRES_MS), [page, FETCHED])).toMatchObject({
      results: [{ [CV]: stored }],
      codes: ['NOT_A_FILE'],
    })
  })

  it('reports what came at once, and what came later by itself', async () => {
    const other = CV.replace('cv.pdf', 'other.pdf')
    const { results } = await fetchAll(candidateWith(EXPIRES_MS, [CV, other, CV]), [FETCHED, FAILED, FETCHED])
    expect(results).toEqual([{ [CV]: stored }, { [other]: stored }])
  })
})
