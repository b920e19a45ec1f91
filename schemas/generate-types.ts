/**
 * Writes schemas/types.ts from the Avro schemas: an interface a record, a union of literals an enum.
 * `node schemas/generate-types.ts` writes, `--check` fails when the committed file is stale.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { isUnion, type Named, type Schema, shortName } from './avro-schema.ts'
import { isCheck, keep } from './generator-arguments.ts'

const directory = new URL('./', import.meta.url)
const PRIMITIVES: Readonly<Record<string, string>> = {
  null: 'null',
  string: 'string',
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  float: 'number',
  double: 'number',
  bytes: 'Uint8Array',
}

/** Text of types.ts. Named types are declared once, although each subject repeats them to stand alone. */
export function generateTypes(): string {
  const declarations = new Map<string, string>()
  for (const file of readdirSync(directory)
    .filter(name => name.endsWith('.avsc'))
    .sort()) {
    reference(JSON.parse(readFileSync(new URL(file, directory), 'utf8')), declarations)
  }
  return [
    '// GENERATED from the .avsc files beside it by `npm run generate`. Do not edit.',
    '// Dates are days since 1970-01-01 (Avro `date`), times are milliseconds since then (`timestamp-millis`).',
    ...declarations.values(),
    '',
  ].join('\n\n')
}

function reference(schema: Schema, declarations: Map<string, string>): string {
  if (typeof schema === 'string') return PRIMITIVES[schema] ?? shortName(schema)
  if (isUnion(schema)) return schema.map(branch => reference(branch, declarations)).join(' | ')
  if (schema.type === 'array')
    return `readonly ${parenthesized(reference(schema.items ?? 'null', declarations))}[]`
  if (schema.type === 'map')
    return `Readonly<Record<string, ${reference(schema.values ?? 'null', declarations)}>>`
  if (schema.type === 'record' || schema.type === 'enum') return declare(schema, declarations)
  return reference(schema.type, declarations)
}

function declare(schema: Named, declarations: Map<string, string>): string {
  const name = shortName(schema.name ?? '')
  // Reserved before its fields are visited, so that declarations keep the order of the schema.
  if (!declarations.has(name)) declarations.set(name, '')
  const text = schema.type === 'enum' ? enumText(name, schema) : recordText(name, schema, declarations)
  const known = declarations.get(name)
  if (known && known !== text) throw new Error(`two different schemas are named ${name}`)
  declarations.set(name, text)
  return name
}

const enumText = (name: string, schema: Named) =>
  `${comment(schema.doc, '')}export type ${name} = ${(schema.symbols ?? []).map(symbol => `'${symbol}'`).join(' | ')}`

function recordText(name: string, schema: Named, declarations: Map<string, string>): string {
  const fields = (schema.fields ?? []).map(
    field => `${comment(field.doc, '  ')}  readonly ${field.name}: ${reference(field.type, declarations)}`,
  )
  return `${comment(schema.doc, '')}export interface ${name} {\n${fields.join('\n')}\n}`
}

const comment = (doc: string | undefined, indent: string) => (doc ? `${indent}/** ${doc} */\n` : '')
const parenthesized = (type: string) => (type.includes(' | ') ? `(${type})` : type)

export const typesFile = new URL('types.ts', directory)

if (import.meta.main) keep(typesFile, generateTypes(), isCheck('schemas/types.ts'))
