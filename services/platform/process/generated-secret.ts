import { randomBytes, randomUUID } from 'node:crypto'
import { link, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makeFolder, syncFolder } from './durable-files.ts'

/** A secret that nobody set: made once, kept in a file that only its owner may read. It survives a power cut. */
export async function generatedSecret(path: string): Promise<string> {
  await makeFolder(dirname(path))
  const file = await open(path, 'r').catch(async (error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error
    await make(path)
    return open(path, 'r')
  })
  try {
    // Whoever made it may have been killed before it was safe.
    await file.sync()
    await syncFolder(dirname(path))
    return (await file.readFile('utf8')).trim()
  } finally {
    await file.close()
  }
}

/** Of several processes that start at the same time one makes it, and its name appears together with what it says. */
async function make(path: string): Promise<void> {
  const mine = `${path}.${randomUUID()}`
  const file = await open(mine, 'wx', 0o600)
  try {
    await file.writeFile(randomBytes(32).toString('hex'))
    await link(mine, path)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  } finally {
    await file.close()
    await rm(mine, { force: true })
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error ? Reflect.get(error, 'code') : undefined)
