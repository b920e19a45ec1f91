import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { blobUri } from '../../../services/core/blob.ts'
import { sha256Hex } from '../../../services/core/identity.ts'
import { createLocalBlobStore } from '../../../services/platform/blob-store.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'blobs-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const bytes = Buffer.from('%PDF-')
const uriOf = (tenant: string, candidate: string) => blobUri(tenant, candidate, sha256Hex(bytes))

describe('the local blob store', () => {
  it('gives back what it was given, and null for what it was not', async () => {
    const store = createLocalBlobStore(join(directory, 'not', 'there', 'yet'))
    await store.put(uriOf('default', 'a'), bytes)
    expect(await store.get(uriOf('default', 'a'))).toEqual(bytes)
    expect(await store.get(uriOf('default', 'b'))).toBeNull()
  })

  it('writes the same bytes once', async () => {
    const store = createLocalBlobStore(directory)
    const path = join(directory, uriOf('default', 'a').slice('blob:'.length))
    await store.put(uriOf('default', 'a'), bytes)
    const first = await stat(path)
    await store.put(uriOf('default', 'a'), bytes)
    expect((await stat(path)).ino).toBe(first.ino)
  })

  it('survives two writers of the same bytes and leaves nothing unfinished', async () => {
    const store = createLocalBlobStore(directory)
    await Promise.all([store.put(uriOf('default', 'a'), bytes), store.put(uriOf('default', 'a'), bytes)])
    const files = await readdir(directory, { recursive: true, withFileTypes: true })
    expect(files.filter(file => file.isFile()).map(file => file.name)).toEqual([sha256Hex(bytes)])
  })

  it('erases what belongs to one entity and nothing else', async () => {
    const store = createLocalBlobStore(directory)
    for (const candidate of ['a', 'b']) await store.put(uriOf('default', candidate), bytes)
    await store.removePrefix(uriOf('default', 'a').replace(/[^/]*$/, ''))
    expect(await store.get(uriOf('default', 'a'))).toBeNull()
    expect(await store.get(uriOf('default', 'b'))).toEqual(bytes)
  })

  it.each(['blob:../../etc/passwd', 'blob:a/../b', 'blob:a//b', 'file:a/b', 'blob:', 'blob:default', 'a/b'])(
    'refuses %s, which is no address of a blob',
    async uri => {
      const store = createLocalBlobStore(directory)
      await expect(store.put(uri, bytes)).rejects.toThrow('not the address')
      await expect(store.get(uri)).rejects.toThrow('not the address')
    },
  )
})
