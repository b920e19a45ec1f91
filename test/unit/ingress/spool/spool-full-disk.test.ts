import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest'
import { spoolKey } from '../../../../services/ingress/spool/format.ts'
import type { SpoolLane } from '../../../../services/ingress/spool/lane.ts'
import { openSpool, type Spool } from '../../../../services/ingress/spool/spool.ts'

const root = mkdtempSync(join(tmpdir(), 'full-disk-'))
afterAll(() => rmSync(root, { recursive: true }))
let directory: string
let spool: Spool
let lane: SpoolLane
let disk: (string | null)[]
let handles: FileHandle
beforeEach(async () => {
  disk = []
  directory = mkdtempSync(join(root, 'spool-'))
  const handle = await open(directory)
  handles = Object.getPrototypeOf(handle)
  await handle.close()
  spool = await openSpool(directory, {
    key: spoolKey('k'),
    bytesMax: 1e6,
    onDamage: () => {},
    onLost: () => {},
    onDisk: failure => void disk.push(failure),
    onForeign: () => {},
  })
  lane = spool.lane('t')
})
afterEach(async () => {
  vi.restoreAllMocks()
  await spool.close()
})

const full = () => Promise.reject(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }))
const record = (key: string) => ({ topic: 't', key, value: Buffer.from(key), headers: {} })
const segments = () => readdirSync(join(directory, 'ingress-0')).filter(name => name.includes('.spool'))
const openInFolder = () =>
  readdirSync('/proc/self/fd')
    .flatMap(fd => {
      try {
        return [readlinkSync(`/proc/self/fd/${fd}`)]
      } catch {
        return []
      }
    })
    .filter(path => path.includes('.spool'))
const keys = async () => (await lane.next({ recordsMax: 99, bytesMax: 1e6 })).map(({ key }) => key)

/** Everything works but one call of so many. */
const failAt = (method: 'write' | 'datasync' | 'sync', nth: number) => {
  const original = handles[method] as (...args: unknown[]) => Promise<never>
  let calls = 0
  vi.spyOn(handles, method).mockImplementation(function (this: FileHandle, ...args: unknown[]) {
    return ++calls === nth ? full() : original.apply(this, args)
  })
}

it('a disk that is full for long leaves nothing behind for each attempt, neither files nor handles', async () => {
  vi.spyOn(handles, 'write').mockImplementation(full)
  for (let attempt = 0; attempt < 5; attempt++)
    await expect(lane.append([record('a')])).rejects.toMatchObject({ cause: { code: 'ENOSPC' } })
  expect([segments(), openInFolder()]).toEqual([[], []])
})

it.each([
  ['its header', 'write', 1],
  ['the header on disk', 'datasync', 1],
  ['its name', 'sync', 1],
  ['the first record', 'write', 2],
  ['the first record on disk', 'datasync', 2],
] as const)(
  'a file for which %s finds no room is gone, and the next one is read',
  async (_what, method, nth) => {
    failAt(method, nth)
    await expect(lane.append([record('refused')])).rejects.toMatchObject({ name: 'SpoolFailed' })
    expect([segments(), openInFolder()]).toEqual([[], []])
    await lane.append([record('taken')])
    expect(await keys()).toEqual(['taken'])
  },
)

it('records that are in a file stay when the next ones find no room, and nothing of those is read', async () => {
  await lane.append([record('a')])
  failAt('datasync', 1)
  await expect(lane.append([record('refused')])).rejects.toMatchObject({ name: 'SpoolFailed' })
  expect(openInFolder()).toEqual([])
  await lane.append([record('b')])
  expect(await keys()).toEqual(['a'])
  await lane.acknowledge(1)
  expect(await keys()).toEqual(['b'])
})

it('says once that the disk is full, and finds by itself when it has room again', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const another = await openSpool(directory, {
    key: spoolKey('k'),
    bytesMax: 1e6,
    onDamage: () => {},
    onLost: () => {},
    onDisk: failure => void disk.push(failure),
    onForeign: () => {},
  })
  const writing = vi.spyOn(handles, 'write').mockImplementation(full)
  for (let attempt = 0; attempt < 3; attempt++)
    await another
      .lane('t')
      .append([record('a')])
      .catch(() => undefined)
  expect([disk, another.state().failure]).toEqual([['ENOSPC'], 'ENOSPC'])
  writing.mockRestore()
  vi.advanceTimersByTime(10_000)
  vi.useRealTimers()
  await vi.waitFor(() => expect(another.state().failure).toBeNull())
  expect(disk).toEqual(['ENOSPC', null])
  await another.close()
})
