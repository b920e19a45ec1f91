/**
 * The broker and the registry as Maven has them, fetched once into a directory that all projects of this user share.
 * Two starts at the same time fetch twice and keep one.
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ConfigError } from '../../services/platform/config.ts'

const execute = promisify(execFile)
const POM = join(import.meta.dirname, 'pom.xml')
const FETCH_TIMEOUT_MS = 600_000
const PROGRESS_EVERY_MS = 5_000
/** Rounded, for the progress line alone. */
const BROKER_MB = 44
const REGISTRY_MB = 104

export interface Artifacts {
  /** A class path entry with every jar of the broker. */
  readonly brokerClasspath: string
  readonly registryJar: string
  readonly directory: string
}

export interface Versions {
  readonly kafka: string
  readonly apicurio: string
}

/** From the properties of `pom.xml`, where they are named once. */
export function versionsFrom(pom: string): Versions {
  const property = (name: string) => new RegExp(`<${name}[.]version>([^<]+)<`).exec(pom)?.[1]
  const [kafka, apicurio] = [property('kafka'), property('apicurio')]
  if (kafka === undefined || apicurio === undefined) throw new Error('infra/local/pom.xml names no versions')
  return { kafka, apicurio }
}

export const localVersions = (): Versions => versionsFrom(readFileSync(POM, 'utf8'))

export interface FetchOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly onEvent: (line: string) => void
}

/** @throws ConfigError when they are not there and Maven cannot fetch them. */
export async function fetchArtifacts(options: FetchOptions): Promise<Artifacts> {
  const { kafka, apicurio } = localVersions()
  const cache = options.env.LOCAL_CACHE_DIR || join(homedir(), '.cache', 'atsflow')
  const directory = join(cache, `kafka-${kafka}-apicurio-${apicurio}`)
  mkdirSync(directory, { recursive: true })
  const broker = join(directory, 'broker')
  const registry = join(directory, 'registry')
  if (!existsSync(broker)) {
    await fetchInto(broker, `the broker (${BROKER_MB} MB)`, options, async target => {
      const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${target}`]
      await maven([...goal, '-f', POM], options.env)
    })
  }
  if (!existsSync(registry)) {
    await fetchInto(registry, `the schema registry (${REGISTRY_MB} MB)`, options, async target => {
      const artifact = `-Dartifact=io.apicurio:apicurio-registry-app:${apicurio}:tar.gz:all`
      await maven(['dependency:copy', artifact, `-DoutputDirectory=${target}`], options.env)
      const archive = join(target, `apicurio-registry-app-${apicurio}-all.tar.gz`)
      await execute('tar', ['-xzf', archive, '-C', target])
      rmSync(archive)
    })
  }
  const jar = readdirSync(registry).find(name => name.endsWith('-runner.jar'))
  if (jar === undefined) throw new ConfigError(`${registry} is damaged: delete it and start again`)
  return { brokerClasspath: join(broker, '*'), registryJar: join(registry, jar), directory }
}

async function fetchInto(
  target: string,
  what: string,
  { onEvent }: FetchOptions,
  fetch: (directory: string) => Promise<void>,
): Promise<void> {
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

async function maven(args: readonly string[], env: FetchOptions['env']): Promise<void> {
  try {
    await execute('mvn', ['-q', '-B', ...args], { timeout: FETCH_TIMEOUT_MS, env })
  } catch (error) {
    const { code, stdout } = error as { code?: unknown; stdout?: string }
    const why =
      code === 'ENOENT'
        ? 'the command mvn is not there'
        : (/\[ERROR\].*/.exec(stdout ?? '')?.[0] ?? 'mvn failed')
    throw new ConfigError(`the broker and the registry cannot be fetched: ${why}`)
  }
}
