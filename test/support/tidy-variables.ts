/** Every environment variable that a process reads, from the schemas, and those that `.env.example` shows. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { LocalSettings } from '../../infra/local/infrastructure.ts'
import { optionsSchema } from '../../infra/pulsifi-sandbox/config.ts'
import { WarehouseSettings } from '../../infra/warehouse/config.ts'
import { TopicSettings } from '../../services/platform/topics/settings.ts'
import type { Source } from '../../services/sources/source.ts'
import { exists, ROOT } from './tidy-files.ts'

/** Names with their defaults as text; null where there is none. */
export type Variables = ReadonlyMap<string, string | null>

/** What the schemas of processes, local infrastructure, sandbox and sources declare. */
export async function declaredVariables(): Promise<Variables> {
  const found = new Map<string, string | null>()
  const add = (name: string, field: unknown) => {
    const value = defaultOf(field)
    if (found.get(name) == null) found.set(name, value)
  }
  const addAll = (shape: Readonly<Record<string, unknown>>) => {
    for (const [name, field] of Object.entries(shape)) add(name, field)
  }
  for (const schema of await processSchemas()) addAll(schema.shape)
  addAll(LocalSettings)
  addAll(TopicSettings)
  addAll(WarehouseSettings)
  for (const field of Object.values(optionsSchema.shape)) add(String(field.meta()?.env), field)
  for (const source of await sources()) {
    const prefix = source.name.toUpperCase().replaceAll('-', '_')
    found.set(`SOURCE_${prefix}_SECRET`, null)
    for (const [name, field] of settingsOf(source.settings)) add(`${prefix}_${name.toUpperCase()}`, field)
  }
  return found
}

/** Lines such as `NAME=value`; behind a `#` when the value is only shown. */
export function shownVariables(text: string): Variables {
  const lines = text.split('\n').flatMap(line => /^(?:#\s?)?([A-Z][A-Z0-9_]+)=(.*)$/.exec(line) ?? [])
  const found = new Map<string, string | null>()
  for (let index = 0; index + 2 < lines.length; index += 3) {
    const value = (lines[index + 2] ?? '').trim()
    found.set(lines[index + 1] ?? '', value === '' ? null : value)
  }
  return found
}

async function processSchemas(): Promise<readonly z.ZodObject[]> {
  const folders = readdirSync(join(ROOT, 'services')).filter(folder => exists(`services/${folder}/config.ts`))
  const modules = await Promise.all(
    folders.filter(folder => folder !== 'platform').map(folder => exportsOf(`services/${folder}/config.ts`)),
  )
  return modules.flatMap(module => Object.values(module).filter(value => value instanceof z.ZodObject))
}

async function sources(): Promise<readonly Source[]> {
  const folders = readdirSync(join(ROOT, 'services/sources')).filter(folder =>
    exists(`services/sources/${folder}/source.ts`),
  )
  return Promise.all(
    folders.map(async folder => (await import(join(ROOT, 'services/sources', folder, 'source.ts'))).default),
  )
}

const exportsOf = (path: string): Promise<Readonly<Record<string, unknown>>> => import(join(ROOT, path))

function settingsOf(schema: unknown): readonly [string, unknown][] {
  if (schema instanceof z.ZodPipe) return settingsOf(schema.in)
  return schema instanceof z.ZodObject ? Object.entries(schema.shape) : []
}

/** Looks through the wrappers of zod; null without a default. */
function defaultOf(field: unknown): string | null {
  if (field instanceof z.ZodDefault || field instanceof z.ZodPrefault)
    return String(field.def.defaultValue) || null
  if (field instanceof z.ZodOptional) return defaultOf(field.unwrap())
  if (field instanceof z.ZodPipe) return defaultOf(field.in)
  return null
}
