/**
 * What a disk holds after a power cut, at worst: of a file what it held when it was last synced, and of a folder the
 * names that it held when it was. Watches every sync of the process from `watchSyncs` on.
 */
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { type FileHandle, open, readlink } from 'node:fs/promises'
import { join } from 'node:path'

export interface Disk {
  /** Makes `to` what would be left of the folder `from`, which itself was there before. */
  readonly cutPower: (from: string, to: string) => void
  /** How many there were. */
  readonly syncs: () => number
  readonly unwatch: () => void
}

type Names = ReadonlyMap<string, string>

export async function watchSyncs(): Promise<Disk> {
  const contents = new Map<string, Buffer>()
  const folders = new Map<string, Names>()
  let syncs = 0
  const note = async (handle: FileHandle): Promise<void> => {
    syncs++
    const path = await readlink(`/proc/self/fd/${handle.fd}`)
    if (statSync(path).isDirectory()) folders.set(identityOf(path), namesIn(path))
    else contents.set(identityOf(path), readFileSync(path))
  }
  const unwatch = await instead(['sync', 'datasync'], note)
  const restore = (identity: string, to: string): void => {
    mkdirSync(to, { recursive: true })
    const names = folders.get(identity)
    for (const [name, child] of names ?? []) {
      const path = join(to, name)
      if (child.startsWith('folder')) restore(child, path)
      else {
        writeFileSync(path, contents.get(child) ?? '')
        // The machine was off for long.
        utimesSync(path, 0, 0)
      }
    }
  }
  return { cutPower: (from, to) => restore(identityOf(from), to), syncs: () => syncs, unwatch }
}

/** Notes what is synced after it was, on every handle of the process. Returns how to end that. */
async function instead(
  methods: readonly ('sync' | 'datasync')[],
  note: (handle: FileHandle) => Promise<void>,
): Promise<() => void> {
  const handle = await open('/dev/null')
  const prototype: Pick<FileHandle, 'sync' | 'datasync'> = Object.getPrototypeOf(handle)
  await handle.close()
  const originals = methods.map(method => [method, prototype[method]] as const)
  for (const [method, original] of originals)
    prototype[method] = async function (this: FileHandle) {
      await original.call(this)
      await note(this)
    }
  return () => {
    for (const [method, original] of originals) prototype[method] = original
  }
}

const namesIn = (folder: string): Names =>
  new Map(readdirSync(folder).map(name => [name, identityOf(join(folder, name))]))

/** Numbers of files are given again when a file is gone; the time of its birth is not. */
function identityOf(path: string): string {
  const stat = statSync(path, { bigint: true })
  return `${stat.isDirectory() ? 'folder' : 'file'} ${stat.ino} ${stat.birthtimeNs}`
}
