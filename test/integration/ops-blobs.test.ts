import { randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import type { Attachment, Candidate } from '../../schemas/types.ts'
import { blobUri } from '../../services/core/blob.ts'
import { sha256Hex } from '../../services/core/identity.ts'
import { CANONICAL_CANDIDATE } from '../../services/core/topics.ts'
import { createLocalBlobStore } from '../../services/platform/blobs/store.ts'
import { candidateRecord } from '../support/candidate-record.ts'
import { ops, opsJson } from '../support/ops.ts'
import { connectPipeline, type Pipeline } from '../support/ops-records.ts'

const directory = mkdtempSync(join(tmpdir(), 'atsflow-blobs-'))
const env = {
  KAFKA_BROKERS: inject('kafkaBrokers'),
  SCHEMA_REGISTRY_URL: inject('registryUrl'),
  BLOB_DIR: directory,
}
const keyOf = (name: string) => `idibu:t${runId}:${name}`
const runId = randomUUID().slice(0, 8)
let pipeline: Pipeline

beforeAll(async () => {
  pipeline = await connectPipeline(env)
})
afterAll(async () => {
  await pipeline?.close()
  rmSync(directory, { recursive: true, force: true })
})

/** A file of a candidate, as old as time. */
async function oldFile(candidate: string): Promise<Attachment> {
  const bytes = Buffer.from(`file of ${candidate}`)
  const uri = blobUri(`t${runId}`, keyOf(candidate), sha256Hex(bytes))
  await createLocalBlobStore(directory).put(uri, bytes)
  utimesSync(join(directory, uri.slice('blob:'.length)), 1, 1)
  return {
    external_id: null,
    kind: 'RESUME',
    kind_raw: null,
    file_name: null,
    content_type: null,
    size_bytes: bytes.length,
    sha256: sha256Hex(bytes),
    blob_uri: uri,
    source_url: null,
    source_url_expires_at: null,
    storage_ref: null,
    extracted_text_blob_uri: null,
    fetch_status: 'STORED',
  }
}
const write = (name: string, attachments: readonly Attachment[], rest: Partial<Candidate> = {}) =>
  pipeline.writeRecord(
    CANONICAL_CANDIDATE,
    keyOf(name),
    candidateRecord({ candidate_key: keyOf(name), attachments, ...rest }),
  )
const kept = () =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(({ name }) => name)
    .sort()

it('a sweep keeps what the newest record of a candidate names, and removes what only an older one did', async () => {
  const [named, forgotten, replaced] = [await oldFile('a'), await oldFile('b'), await oldFile('c')]
  await write('a', [named])
  await write('b', [forgotten])
  await write('b', [], { lifecycle: 'DELETED', deleted_at: 1 })
  await write('c', [replaced])
  await write('c', [])
  const counts = { older_than_days: 49, blobs: 3, young: 0, referred: 1, removed: 2 }
  expect(await opsJson(env, 'blobs', 'sweep', '--dry-run')).toMatchObject(counts)
  expect(kept()).toHaveLength(3)
  expect(await ops(env, 'blobs', 'sweep', '--older-than', '40000', '--yes')).toMatchObject({ code: 0 })
  expect(kept()).toHaveLength(3)
  expect(await ops(env, 'blobs', 'sweep')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--yes'),
  })
  expect(kept()).toHaveLength(3)
  expect(await opsJson(env, 'blobs', 'sweep', '--yes')).toMatchObject(counts)
  expect(kept()).toEqual([named.sha256])
})

it('a sweep of a bucket that is not there says what to do, before anything is read', async () => {
  const wrong = { ...env, BLOB_S3_BUCKET: 'x', BLOB_S3_ACCESS_KEY_ID: 'x' }
  expect(await ops(wrong, 'blobs', 'sweep')).toMatchObject({
    code: 78,
    stderr: expect.stringContaining('BLOB_S3_SECRET_ACCESS_KEY'),
  })
})
