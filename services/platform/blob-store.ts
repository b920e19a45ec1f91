/** Bytes that do not travel through Kafka, in a local folder. Addresses are made by `core/blob.ts`. */
import { randomUUID } from 'node:crypto'
import { access, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export interface BlobStore {
  /** Resolves when the bytes would survive a power cut. Addresses name their content, so repeating it does nothing. */
  readonly put: (uri: string, bytes: Uint8Array) => Promise<void>
  /** Null when there are no such bytes (any more). */
  readonly get: (uri: string) => Promise<Uint8Array | null>
  /** Erases everything below `blob:<tenant>/<owner>/`, or one address. */
  readonly removePrefix: (prefix: string) => Promise<void>
}

const SCHEME = 'blob:'

/** Where a blob is kept below the root of a store. @throws Error for an address that is not ours. */
export const blobPathOf = (uri: string): string => segmentsOf(uri).join('/')

export function createLocalBlobStore(directory: string): BlobStore {
  const pathOf = (uri: string): string => join(directory, ...segmentsOf(uri))
  return {
    async put(uri, bytes) {
      const path = pathOf(uri)
      if (await exists(path)) return
      const folder = dirname(path)
      const created = await mkdir(folder, { recursive: true, mode: 0o700 })
      await writeDurably(path, bytes)
      await syncFolder(folder)
      // A new folder is an entry in the one above it, up to the first that was there before.
      if (created !== undefined) await syncFoldersUpTo(folder, dirname(created))
    },
    async get(uri) {
      try {
        return await readFile(pathOf(uri))
      } catch (error) {
        if (isMissing(error)) return null
        throw error
      }
    },
    removePrefix: prefix => rm(pathOf(prefix.replace(/\/$/, '')), { recursive: true, force: true }),
  }
}

/** @throws Error for an address that is not ours: it could name a file outside the folder. */
function segmentsOf(uri: string): string[] {
  const segments = uri.startsWith(SCHEME) ? uri.slice(SCHEME.length).split('/') : []
  const isOurs = segments.length > 1 && segments.every(segment => /^[A-Za-z0-9_-]+$/.test(segment))
  if (!isOurs) throw new Error('not the address of a blob')
  return segments
}

/** Never seen half written: the name appears when the bytes are on disk. */
async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}.part`
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

async function syncFoldersUpTo(folder: string, top: string): Promise<void> {
  for (let current = folder; current !== top && current !== dirname(current); ) {
    current = dirname(current)
    await syncFolder(current)
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

const isMissing = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT'
