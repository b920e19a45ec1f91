/** The broker and the registry as Maven has them. */
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ConfigError } from '../../services/platform/process/config.ts'
import { cacheDirectory, copyJars, type FetchOptions, fetchOnce, maven } from './maven.ts'

const execute = promisify(execFile)
const POM = join(import.meta.dirname, 'pom.xml')
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

/** @throws ConfigError when they are not there and Maven cannot fetch them. */
export async function fetchArtifacts(options: FetchOptions): Promise<Artifacts> {
  const { kafka, apicurio } = localVersions()
  const directory = join(cacheDirectory(options.env), `kafka-${kafka}-apicurio-${apicurio}`)
  const broker = join(directory, 'broker')
  const registry = join(directory, 'registry')
  await fetchOnce(broker, `the broker (${BROKER_MB} MB)`, options, target =>
    copyJars(POM, target, options.env),
  )
  await fetchOnce(registry, `the schema registry (${REGISTRY_MB} MB)`, options, async target => {
    const artifact = `-Dartifact=io.apicurio:apicurio-registry-app:${apicurio}:tar.gz:all`
    await maven(['dependency:copy', artifact, `-DoutputDirectory=${target}`], options.env)
    const archive = join(target, `apicurio-registry-app-${apicurio}-all.tar.gz`)
    await execute('tar', ['-xzf', archive, '-C', target])
    rmSync(archive)
  })
  const jar = readdirSync(registry).find(name => name.endsWith('-runner.jar'))
  if (jar === undefined) throw new ConfigError(`${registry} is damaged: delete it and start again`)
  return { brokerClasspath: join(broker, '*'), registryJar: join(registry, jar), directory }
}
