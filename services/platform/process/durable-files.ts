/** Names that survive a power cut: syncing a file keeps what it holds, but its name is an entry of its folder. */
import { mkdir, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** From now on what this process and its children make is for their owner alone: names, records, keys, logs. */
export const keepFilesPrivate = (): void => void process.umask(0o077)

/** Makes the folder and those above it that are missing. Resolves when none of the new ones can be lost. */
export async function makeFolder(path: string): Promise<void> {
  const created = await mkdir(path, { recursive: true, mode: 0o700 })
  if (created !== undefined) await syncFolders(dirname(path), dirname(created))
}

/** Resolves when everything that stands in the folder by now cannot be lost, whoever put it there. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The folder and all above it, up to `top`. */
async function syncFolders(path: string, top: string): Promise<void> {
  await syncFolder(path)
  const above = dirname(path)
  if (path !== top && path !== above) await syncFolders(above, top)
}

/** Of a file or a folder some 150 bytes each. */
const KEPT_NAMES_MAX = 20_000

/**
 * Names that are known to be kept, so that nothing is synced for them again: a sync costs more than all else that is
 * done for a file that is there already. What was removed and made anew meanwhile is another file under the same name.
 */
export class KeptNames {
  private readonly identities = new Map<string, string>()

  /** Resolves when the name, and those of the folders above it up to `top`, cannot be lost, whoever gave them. */
  async keep(path: string, top: string): Promise<void> {
    const { ino, birthtimeMs } = await stat(path)
    const identity = `${ino} ${birthtimeMs}`
    if (this.identities.get(path) === identity) return
    const folder = dirname(path)
    await syncFolder(folder)
    if (folder !== top && folder !== dirname(folder)) await this.keep(folder, top)
    this.identities.set(path, identity)
    const [oldest] = this.identities.keys()
    if (this.identities.size > KEPT_NAMES_MAX && oldest !== undefined) this.identities.delete(oldest)
  }
}
