/** Names that survive a power cut: syncing a file keeps what it holds, but its name is an entry of its folder. */
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'

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
export async function syncFolders(path: string, top: string): Promise<void> {
  await syncFolder(path)
  const above = dirname(path)
  if (path !== top && path !== above) await syncFolders(above, top)
}
