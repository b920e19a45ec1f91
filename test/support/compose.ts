/** infra/compose.yaml, read for tests. */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

export interface ComposeService {
  readonly image?: string
  readonly build?: unknown
  readonly command?: readonly string[]
  readonly depends_on?: Readonly<Record<string, unknown>>
  readonly volumes?: readonly string[]
  readonly ports?: readonly string[]
  readonly profiles?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly env_file?: readonly (string | { readonly path: string; readonly required: boolean })[]
  readonly read_only?: boolean
  readonly tmpfs?: readonly string[]
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
}

export interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>
  readonly volumes: Readonly<Record<string, unknown>>
}

export const repositoryFile = (path: string): URL => new URL(`../../${path}`, import.meta.url)

export const compose: Compose = parse(readFileSync(repositoryFile('infra/compose.yaml'), 'utf8'), {
  merge: true,
})

export interface Mount {
  /** A declared volume, or a path of the repository that begins with `./`. */
  readonly source: string
  readonly target: string
}

export const mountsOf = ({ volumes = [] }: ComposeService): readonly Mount[] =>
  volumes.map(volume => {
    const [source = '', target = ''] = volume.split(':')
    return { source, target }
  })
