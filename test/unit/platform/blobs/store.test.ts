import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { blobUri } from '../../../../services/core/blob.ts'
import { sha256Hex } from '../../../../services/core/identity.ts'
import { sweepBlobs } from '../../../../services/ops/blobs/sweep.ts'
import { createLocalBlobStore } from '../../../../services/platform/blobs/store.ts'
import { blobStoreLaws } from '../../../support/blob-store-laws.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'blobs-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const bytes = Buffer.from('%PDF-')
const uri = blobUri('default', 'a', sha256Hex(bytes))
const pathOf = (address: string) => join(directory, address.slice('blob:'.length))

describe('the local blob store', () => {
  blobStoreLaws(async () => createLocalBlobStore(join(directory, 'not', 'there', 'yet')), 60)

  it('writes the same bytes once', async () => {
    const store = createLocalBlobStore(directory)
    await store.put(uri, bytes)
    const first = await stat(pathOf(uri))
    await store.put(uri, bytes)
    expect((await stat(pathOf(uri))).ino).toBe(first.ino)
  })

  it('makes young again what is put again, so that no sweep takes it from an event that refers to it', async () => {
    const store = createLocalBlobStore(directory)
    await store.put(uri, bytes)
    await utimes(pathOf(uri), 1, 1)
    await store.put(uri, bytes)
    expect((await stat(pathOf(uri))).mtimeMs).toBeGreaterThan(1_000)
  })

  it('survives two writers of the same bytes and leaves nothing unfinished', async () => {
    const store = createLocalBlobStore(directory)
    await Promise.all([store.put(uri, bytes), store.put(uri, bytes)])
    const files = await readdir(directory, { recursive: true, withFileTypes: true })
    expect(files.filter(file => file.isFile()).map(file => file.name)).toEqual([sha256Hex(bytes)])
  })

  it('is swept of what a crash left unfinished, and of nothing that is not ours', async () => {
    const unfinished = `${pathOf(uri)}.${crypto.randomUUID()}.part`
    const foreign = join(directory, 'notes', 'of', 'somebody')
    for (const path of [unfinished, foreign]) {
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, 'x')
    }
    const swept = await sweepBlobs({
      store: createLocalBlobStore(directory),
      storedBeforeMs: Date.now() + 60_000,
      isReferred: () => false,
      isDryRun: false,
      signal: new AbortController().signal,
    })
    expect(swept).toMatchObject({ blobs: 1, removed: 1 })
    await expect(stat(unfinished)).rejects.toThrow('ENOENT')
    await expect(stat(foreign)).resolves.toMatchObject({ size: 1 })
  })
})
