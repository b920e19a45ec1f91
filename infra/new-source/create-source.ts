/** Makes the folder of a new source from the templates beside this file. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'

const TEMPLATES = new URL('templates/', import.meta.url)
/** Where each template goes in the source's folder. */
const FILES = {
  'source.ts.txt': 'source.ts',
  'payload.ts.txt': 'payload.ts',
  'map.ts.txt': 'map.ts',
  'candidate.created.json.txt': 'fixtures/candidate.created.json',
} as const

export const SOURCES_DIRECTORY = new URL('../../services/sources/', import.meta.url)

/** The name is a segment of a path and of a topic, a folder, and the prefix of variables. */
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/
const NAME_LENGTH_MAX = 40
/** The callback of Pulsifi has the same kind of path as a source. */
const RESERVED = 'pulsifi'

/** Why there can be no new source of this name, as a sentence; null when there can. */
export function faultOfName(name: string, directory: URL = SOURCES_DIRECTORY): string | null {
  if (!NAME.test(name) || name.length > NAME_LENGTH_MAX) {
    return `"${name}" cannot be a source's name: lower-case letters and digits, hyphens between them, at most ${NAME_LENGTH_MAX} characters, a letter first.`
  }
  if (name === RESERVED) return `"${RESERVED}" is the name of Pulsifi's own callback.`
  if (existsSync(new URL(name, directory))) return `services/sources/${name} is there already.`
  return null
}

/** Writes the files and gives their paths within the source's folder. The name must have no fault. */
export function createSource(name: string, directory: URL = SOURCES_DIRECTORY): readonly string[] {
  const folder = new URL(`${name}/`, directory)
  mkdirSync(new URL('fixtures/', folder), { recursive: true })
  for (const [template, file] of Object.entries(FILES)) {
    const text = readFileSync(new URL(template, TEMPLATES), 'utf8').replaceAll('{{name}}', name)
    // wx: what somebody has written meanwhile is never overwritten.
    writeFileSync(new URL(file, folder), text, { flag: 'wx' })
  }
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter(path => /\.\w+$/.test(path))
    .sort()
}

/** What is left for a person to do. */
export function nextSteps(name: string): string {
  const variable = `SOURCE_${name.toUpperCase().replaceAll('-', '_')}_SECRET`
  return [
    `Made services/sources/${name}. Its fixture fails until you have filled it in:`,
    '',
    `  1. fixtures/candidate.created.json: put a webhook from the vendor's documentation into request.body.`,
    '  2. payload.ts: name the fields that it has; map.ts: say where each goes; source.ts: which events there are.',
    `  3. UPDATE_FIXTURES=1 npx vitest run test/conformance/sources.test.ts -t ${name}`,
    '     writes what your code makes of it. Read that as if somebody else had written it.',
    '  4. Add a fixture for each kind of event and for each oddity, named <event>.<what is special>.json.',
    '  5. npm run check',
    '',
    `Then set ${variable}, run "npm run ops -- topics apply" and point the vendor to POST /hooks/${name}/default.`,
  ].join('\n')
}
