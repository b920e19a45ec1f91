/** The Java runtime: which one, and how to start it fast. */
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)
export const JAVA_VERSION_MIN = 17

export interface Java {
  readonly command: string
  /** As the runtime gives it, such as `17.0.15`. */
  readonly version: string
}

/** Null when there is no Java, or only one that is too old. */
export async function findJava(env: Readonly<Record<string, string | undefined>>): Promise<Java | null> {
  const home = env.JAVA_HOME
  const candidates = [...(home ? [join(home, 'bin', 'java')] : []), 'java']
  for (const command of candidates) {
    const version = await versionOf(command)
    if (version !== null && Number.parseInt(version, 10) >= JAVA_VERSION_MIN) return { command, version }
  }
  return null
}

async function versionOf(command: string): Promise<string | null> {
  try {
    return javaVersion((await execute(command, ['-version'], { timeout: 20_000 })).stderr)
  } catch {
    return null
  }
}

/** From `java -version`; null when that is not what the text is. */
export const javaVersion = (text: string): string | null => /version "([0-9][^"]*)"/.exec(text)?.[1] ?? null

/**
 * Options for a short start. The archive of loaded classes halves it; the first run that ends in order writes one,
 * and `keep` puts it in its place then.
 */
export function fastStart(archive: string): {
  readonly options: readonly string[]
  readonly keep: () => void
} {
  const common = [
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-Xshare:auto',
    '-Xlog:disable',
    '-Xlog:all=error',
  ]
  if (existsSync(archive)) return { options: [...common, `-XX:SharedArchiveFile=${archive}`], keep: () => {} }
  // One each: a process of ours may start several.
  const written = `${archive}.${randomUUID()}`
  return {
    options: [...common, `-XX:ArchiveClassesAtExit=${written}`],
    keep: () => {
      if (!existsSync(written)) return
      if (existsSync(archive)) rmSync(written)
      else renameSync(written, archive)
    },
  }
}
