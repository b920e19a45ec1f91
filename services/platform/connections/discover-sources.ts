import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import type { Source } from '../../sources/source.ts'
import { ConfigError } from '../process/config.ts'

export type Sources = ReadonlyMap<string, Source>

const SOURCES_DIRECTORY = new URL('../../sources/', import.meta.url)
/** In the package that is installed, everything is JavaScript. */
const SOURCE_FILE = import.meta.url.endsWith('.ts') ? 'source.ts' : 'source.js'

/** The callback of Pulsifi has the same kind of path as a source, so no source may take its name. */
const RESERVED_NAME = 'pulsifi'

/**
 * Finds every source: each folder under `sources/` with a `source.ts` is one, declared by its default export.
 * @throws ConfigError at boot when a folder breaks the rule: never at the first webhook.
 */
export async function discoverSources(directory: URL = SOURCES_DIRECTORY): Promise<Sources> {
  const entries = await readdir(directory, { withFileTypes: true })
  const sources = new Map<string, Source>()
  for (const folder of entries.map(entry => entry.name).sort()) {
    const file = new URL(`${folder}/${SOURCE_FILE}`, directory)
    if (!existsSync(file)) continue
    const module: { default?: unknown } = await import(file.href)
    sources.set(folder, checkedSource(folder, module.default))
  }
  return sources
}

function checkedSource(folder: string, declared: unknown): Source {
  if (!isSource(declared)) {
    throw new ConfigError(
      `sources/${folder}/source.ts exports no source: end it with "export default {…} satisfies Source"`,
    )
  }
  if (declared.name !== folder) {
    throw new ConfigError(`sources/${folder} declares the name "${declared.name}": make them equal`)
  }
  if (!/^[a-z][a-z0-9-]*$/.test(folder) || folder === RESERVED_NAME) {
    throw new ConfigError(
      `sources/${folder}: a source's name is lower-case letters, digits and hyphens, and not "pulsifi"`,
    )
  }
  return declared
}

/** The least that ingress relies on; the compiler has checked the rest where the source was written. */
function isSource(value: unknown): value is Source {
  const source = value as Partial<Source> | null | undefined
  return (
    typeof source?.name === 'string' &&
    typeof source.split === 'function' &&
    typeof source.bodyBytesMax === 'number' &&
    source.bodyBytesMax > 0 &&
    typeof source.kinds === 'object'
  )
}
