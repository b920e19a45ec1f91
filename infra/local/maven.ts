/**
 * What Maven has, fetched once into a directory that all projects of this user share. Two starts at the same time fetch
 * twice and keep one.
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { ConfigError, type Environment } from '../../services/platform/process/config.ts'

const execute = promisify(execFile)
const FETCH_TIMEOUT_MS = 600_000
const PROGRESS_EVERY_MS = 5_000

export interface FetchOptions {
  readonly env: Environment
  readonly onEvent: (line: string) => void
}

/** Where fetched things are kept between starts. */
export const cacheDirectory = (env: Environment): string =>
  env.LOCAL_CACHE_DIR || join(homedir(), '.cache', 'atsflow')

/** Fills `target` by `fetch` unless it is there; it appears whole or not at all. `what` is for the progress line. */
export async function fetchOnce(
  target: string,
  what: string,
  { onEvent }: FetchOptions,
  fetch: (directory: string) => Promise<void>,
): Promise<void> {
  if (existsSync(target)) return
  mkdirSync(dirname(target), { recursive: true })
  const temporary = mkdtempSync(`${target}.part-`)
  const startedMs = performance.now()
  const elapsed = () => `${Math.round((performance.now() - startedMs) / 1000)} s`
  onEvent(`Downloading ${what} …`)
  const progress = setInterval(() => onEvent(`Downloading ${what} … ${elapsed()}`), PROGRESS_EVERY_MS)
  try {
    await fetch(temporary)
    if (!existsSync(target)) moveInto(temporary, target)
    onEvent(`Downloaded ${what} in ${elapsed()}`)
  } finally {
    clearInterval(progress)
    rmSync(temporary, { recursive: true, force: true })
  }
}

function moveInto(temporary: string, target: string): void {
  try {
    renameSync(temporary, target)
  } catch (error) {
    // Another start was faster: its copy is as good as ours.
    if (!existsSync(target)) throw error
  }
}

/**
 * Copies the jars that a pom names, and those that they need.
 * @throws ConfigError when Maven is not there or cannot fetch them.
 */
export const copyJars = (pom: string, directory: string, env: Environment): Promise<void> =>
  maven(
    ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${directory}`, '-f', pom],
    env,
  )

/** @throws ConfigError when Maven is not there or fails. */
export async function maven(args: readonly string[], env: Environment): Promise<void> {
  try {
    await execute('mvn', ['-q', '-B', ...args], { timeout: FETCH_TIMEOUT_MS, env })
  } catch (error) {
    const { code, stdout } = error as { code?: unknown; stdout?: string }
    const why =
      code === 'ENOENT'
        ? 'the command mvn is not there'
        : (/\[ERROR\].*/.exec(stdout ?? '')?.[0] ?? 'mvn failed')
    throw new ConfigError(`Maven cannot fetch what runs here: ${why}`)
  }
}
