/** What every blob store keeps to, wherever it keeps its bytes. */
import { expect, it } from 'vitest'
import { blobPrefix, blobUri } from '../../services/core/blob.ts'
import { sha256Hex } from '../../services/core/identity.ts'
import { sweepBlobs } from '../../services/ops/blobs/sweep.ts'
import type { BlobStore, StoredBlob } from '../../services/platform/blobs/store.ts'

const bytes = Buffer.from('%PDF-')
const uriOf = (tenant: string, candidate: string, content: string | Buffer = bytes) =>
  blobUri(tenant, candidate, sha256Hex(content))
const never = new AbortController().signal

/** Declares the laws; `open` gives an empty store, of which a page of a listing has less than `pageMax`. */
export function blobStoreLaws(open: () => Promise<BlobStore>, pageMax: number): void {
  it('can be used', async () => {
    await expect((await open()).check()).resolves.toBeUndefined()
  })

  it('gives back what it was given, and null for what it was not', async () => {
    const store = await open()
    await store.put(uriOf('default', 'a'), bytes)
    expect(Buffer.from((await store.get(uriOf('default', 'a'))) ?? [])).toEqual(bytes)
    expect(await store.get(uriOf('default', 'b'))).toBeNull()
  })

  it('takes the same bytes twice, and at once', async () => {
    const store = await open()
    await Promise.all([store.put(uriOf('default', 'a'), bytes), store.put(uriOf('default', 'a'), bytes)])
    await store.put(uriOf('default', 'a'), bytes)
    expect(await listed(store)).toHaveLength(1)
  })

  it('erases what belongs to one entity and nothing else', async () => {
    const store = await open()
    await store.put(uriOf('default', 'a'), bytes)
    await store.put(uriOf('default', 'a', 'letter'), Buffer.from('letter'))
    await store.put(uriOf('default', 'b'), bytes)
    await store.put(uriOf('acme', 'a'), bytes)
    await store.removePrefix(blobPrefix('default', 'a'), Number.POSITIVE_INFINITY)
    expect(await uris(store)).toEqual([uriOf('default', 'b'), uriOf('acme', 'a')].sort())
  })

  it('erases of one entity what was put before, and keeps what was put again', async () => {
    const store = await open()
    await store.put(uriOf('default', 'a', 'letter'), Buffer.from('letter'))
    await store.put(uriOf('default', 'a'), bytes)
    const [putAtMs = 0] = (await listed(store)).map(({ storedAtMs }) => storedAtMs).toSorted((a, b) => a - b)
    await store.removePrefix(blobPrefix('default', 'a'), putAtMs)
    expect(await listed(store)).toHaveLength(2)
    // The clock of a store may count whole seconds.
    await expect
      .poll(
        async () => {
          await store.put(uriOf('default', 'a'), bytes)
          return (await listed(store)).find(({ uri }) => uri === uriOf('default', 'a'))?.storedAtMs
        },
        { timeout: 5_000 },
      )
      .toBeGreaterThan(putAtMs + 1)
    const again = (await listed(store)).find(({ uri }) => uri === uriOf('default', 'a'))?.storedAtMs ?? 0
    await store.removePrefix(blobPrefix('default', 'a'), again)
    expect(await uris(store)).toEqual([uriOf('default', 'a')])
  })

  it('erases nothing where nothing is', async () => {
    const store = await open()
    await store.removePrefix(blobPrefix('default', 'a'), Number.POSITIVE_INFINITY)
    await store.remove([uriOf('default', 'a')])
    expect(await uris(store)).toEqual([])
  })

  it('lists all that it keeps, more than one page of it too', async () => {
    const store = await open()
    const wanted = Array.from({ length: pageMax }, (_, index) => uriOf('default', `candidate ${index}`))
    for (let at = 0; at < wanted.length; at += 50)
      await Promise.all(wanted.slice(at, at + 50).map(uri => store.put(uri, bytes)))
    expect(await uris(store)).toEqual([...wanted].sort())
    expect((await listed(store)).every(({ sizeBytes }) => sizeBytes === bytes.length)).toBe(true)
    await store.remove(wanted)
    expect(await uris(store)).toEqual([])
  }, 120_000)

  it('is swept of what is old and nothing refers to', async () => {
    const store = await open()
    await store.put(uriOf('default', 'referred'), bytes)
    await store.put(uriOf('default', 'forgotten'), bytes)
    const sweep = (storedBeforeMs: number, isDryRun: boolean) =>
      sweepBlobs({
        store,
        storedBeforeMs,
        isReferred: uri => uri === uriOf('default', 'referred'),
        isDryRun,
        signal: never,
      })
    const [later, earlier] = [Date.now() + 60_000, Date.now() - 60_000]
    const counts = { blobs: 2, young: 0, referred: 1, removed: 1, removedBytes: bytes.length }
    expect(await sweep(later, true)).toEqual(counts)
    expect(await uris(store)).toHaveLength(2)
    expect(await sweep(earlier, false)).toMatchObject({ young: 2, removed: 0 })
    expect(await sweep(later, false)).toEqual(counts)
    expect(await uris(store)).toEqual([uriOf('default', 'referred')])
  })

  it.each(['blob:../../etc/passwd', 'blob:a/../b', 'blob:a//b', 'file:a/b', 'blob:', 'blob:default', 'a/b'])(
    'refuses %s, which is no address of a blob',
    async uri => {
      const store = await open()
      await expect(store.put(uri, bytes)).rejects.toThrow('not the address')
      await expect(store.get(uri)).rejects.toThrow('not the address')
      await expect(store.remove([uri])).rejects.toThrow('not the address')
    },
  )
}

async function listed(store: BlobStore): Promise<StoredBlob[]> {
  const found: StoredBlob[] = []
  for await (const blob of store.list()) found.push(blob)
  return found
}

const uris = async (store: BlobStore): Promise<string[]> => (await listed(store)).map(({ uri }) => uri).sort()
