import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest'
import { createLocalBlobStore } from '../../../../services/platform/blobs/store.ts'
import { type Disk, watchSyncs } from '../../../support/power-cut.ts'

const root = mkdtempSync(join(tmpdir(), 'blobs-'))
afterAll(() => rmSync(root, { recursive: true }))
let disk: Disk
let before: string
let after: string
let count = 0
beforeEach(async () => {
  before = join(root, `before-${count}`)
  after = join(root, `after-${count++}`)
  mkdirSync(before)
  mkdirSync(after)
  disk = await watchSyncs()
})
afterEach(() => disk.unwatch())

const URI = 'blob:default/owner/0a'
const keptAfterCut = async (uri: string) => {
  disk.cutPower(before, after)
  return (await createLocalBlobStore(join(after, 'var', 'blobs')).get(uri))?.toString()
}

/** What another process wrote, that was killed before the name was kept. */
async function writeUnkept(path: string): Promise<void> {
  const file = await open(path, 'wx')
  await file.writeFile('bytes')
  await file.sync()
  await file.close()
}

it('a blob that was put is there after a power cut, in folders that are new', async () => {
  await createLocalBlobStore(join(before, 'var', 'blobs')).put(URI, Buffer.from('bytes'))
  expect(await keptAfterCut(URI)).toBe('bytes')
})

it('a blob is there in folders that another put made a moment ago', async () => {
  const store = createLocalBlobStore(join(before, 'var', 'blobs'))
  await store.put('blob:other/owner/0b', Buffer.from('other'))
  mkdirSync(join(before, 'var', 'blobs', 'default', 'owner'), { recursive: true })
  await store.put(URI, Buffer.from('bytes'))
  expect(await keptAfterCut(URI)).toBe('bytes')
})

it('a blob that is put again is as safe as the first time, when whoever wrote it was killed before its name was', async () => {
  const store = createLocalBlobStore(join(before, 'var', 'blobs'))
  await store.put('blob:other/owner/0b', Buffer.from('other'))
  const path = join(before, 'var', 'blobs', 'default', 'owner', '0a')
  mkdirSync(dirname(path), { recursive: true })
  await writeUnkept(path)
  await store.put(URI, Buffer.from('bytes'))
  expect(await keptAfterCut(URI)).toBe('bytes')
})

it('a blob that was erased and put anew by another process is as safe as the first time', async () => {
  const store = createLocalBlobStore(join(before, 'var', 'blobs'))
  await store.put(URI, Buffer.from('bytes'))
  const path = join(before, 'var', 'blobs', 'default', 'owner', '0a')
  rmSync(path)
  await writeUnkept(path)
  await store.put(URI, Buffer.from('bytes'))
  expect(await keptAfterCut(URI)).toBe('bytes')
})

it('a blob that is put again and again is synced once', async () => {
  const store = createLocalBlobStore(join(before, 'var', 'blobs'))
  await store.put(URI, Buffer.from('bytes'))
  const once = disk.syncs()
  await store.put(URI, Buffer.from('bytes'))
  expect(disk.syncs()).toBe(once)
})
