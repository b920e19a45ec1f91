import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** A secret that nobody set: made once, kept in a file that only its owner may read. */
export function generatedSecret(path: string): string {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  try {
    // Exclusive, so that two processes that start at the same time agree.
    writeFileSync(path, randomBytes(32).toString('hex'), { flag: 'wx', mode: 0o600 })
  } catch {
    // It is there already; whether it can be read shows in the next line.
  }
  return readFileSync(path, 'utf8').trim()
}
