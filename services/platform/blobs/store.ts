/** Bytes that do not travel through Kafka, in a local folder. Addresses are made by `core/blob.ts`. */
import { randomUUID } from 'node:crypto'
import { mkdir, open, opendir, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { isBlobUri } from '../../core/blob.ts'
import { KeptNames } from '../process/durable-files.ts'

export interface BlobStore {
  /** Whether it can be used at all. @throws ConfigError for what a person must mend; passing trouble is none. */
  readonly check: () => Promise<void>
  /**
   * Resolves when the bytes would survive a power cut. Addresses name their content, so repeating it changes nothing
   * but their age.
   */
  readonly put: (uri: string, bytes: Uint8Array) => Promise<void>
  /** Null when there are no such bytes (any more). */
  readonly get: (uri: string) => Promise<Uint8Array | null>
  /** Erases what lies below `blob:<tenant>/<owner>/` and was last put before, ms UTC by the clock of the store. */
  readonly removePrefix: (prefix: string, storedBeforeMs: number) => Promise<void>
  /** Everything that is kept, in no particular order; what comes and goes meanwhile may be missing. */
  readonly list: () => AsyncIterable<StoredBlob>
  /** Erases what `list` named; what is gone already is no fault. */
  readonly remove: (uris: readonly string[]) => Promise<void>
}

/** What was asked for cannot be the address of a blob: bad data, where any other error is an accident. */
export class NoBlobAddress extends Error {
  override readonly name = 'NoBlobAddress'
}

export interface StoredBlob {
  /** An address; or the name of a file that was never finished, which nothing refers to. */
  readonly uri: string
  readonly sizeBytes: number
  /** When it was last put, ms UTC by the clock of the store. */
  readonly storedAtMs: number
}

const SCHEME = 'blob:'
/** How the name of a file ends that is still being written, or never will be. */
const UNFINISHED = /[.][0-9a-f-]{36}[.]part$/

/** Where a blob is kept below the root of a store. @throws Error for an address that is not ours. */
export const blobPathOf = (uri: string): string => segmentsOf(uri).join('/')
/** The address of what is kept there. */
export const blobUriAt = (path: string): string => `${SCHEME}${path}`

export function createLocalBlobStore(directory: string): BlobStore {
  const pathOf = (uri: string): string => join(directory, ...segmentsOf(uri))
  const names = new KeptNames()
  return {
    check: () => Promise.resolve(),
    async put(uri, bytes) {
      const path = pathOf(uri)
      const folder = dirname(path)
      const created = await mkdir(folder, { recursive: true, mode: 0o700 })
      if (!(await isTouched(path))) await writeDurably(path, bytes)
      // What was there already may be of a put under way, or of a process that was killed before it had kept its name.
      await names.keep(path, created === undefined ? directory : dirname(created))
    },
    async get(uri) {
      try {
        return await readFile(pathOf(uri))
      } catch (error) {
        if (isMissing(error)) return null
        throw error
      }
    },
    async removePrefix(prefix, storedBeforeMs) {
      for await (const { uri, storedAtMs } of filesBelow(directory, pathOf(prefix.replace(/\/$/, ''))))
        if (storedAtMs < storedBeforeMs) await rm(pathOf(uri), { force: true })
    },
    list: () => filesBelow(directory, directory),
    // Folders stay: removing one could take the ground from under a file that is being written.
    async remove(uris) {
      for (const uri of uris) await rm(pathOf(uri), { force: true })
    },
  }
}

async function* filesBelow(directory: string, below: string): AsyncGenerator<StoredBlob> {
  const folder = await opendir(below, { recursive: true }).catch(nullIfMissing)
  if (folder === null) return
  for await (const entry of folder) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const found = await stat(path).catch(nullIfMissing)
    if (found === null) continue
    const uri = blobUriAt(relative(directory, path).split(sep).join('/'))
    if (isBlobUri(uri.replace(UNFINISHED, '')))
      yield { uri, sizeBytes: found.size, storedAtMs: found.mtimeMs }
  }
}

/** @throws Error for an address that is not ours: it could name a file outside the folder. */
function segmentsOf(uri: string): string[] {
  if (!isAddress(uri)) throw new NoBlobAddress('not the address of a blob')
  return uri.slice(SCHEME.length).split('/')
}

/** Segments of plain letters; the last one may be that of an unfinished file. */
const isAddress = (uri: string): boolean =>
  /^blob:[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)+$/.test(uri.replace(UNFINISHED, ''))

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

/** Whether it is there; then it is as young as what was just put, so that no sweep takes it. */
async function isTouched(path: string): Promise<boolean> {
  const now = new Date()
  const touched = await utimes(path, now, now).catch(nullIfMissing)
  return touched !== null
}

function nullIfMissing(error: unknown): null {
  if (isMissing(error)) return null
  throw error
}

const isMissing = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT'
