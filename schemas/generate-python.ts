/**
 * Writes what the Python package of services/consume knows of the topics: records.py, a TypedDict a record and a Literal an
 * enum; topics.py, which topic carries which; schemas.json, with what they are read.
 * `node schemas/generate-python.ts` writes, `--check` fails when a committed file is stale.
 */
import { isUnion, type Named, type Schema, shortName } from './avro-schema.ts'
import { isCheck, keep } from './generator-arguments.ts'
import { AVRO_TOPICS, loadSchema } from './subjects.ts'

const PACKAGE = new URL('../services/consume/python/atsflow_consume/', import.meta.url)
const GENERATED = 'GENERATED from the .avsc files of schemas/ by `npm run generate`. Do not edit.'

const PRIMITIVES: Readonly<Record<string, string>> = {
  null: 'None',
  string: 'str',
  boolean: 'bool',
  int: 'int',
  long: 'int',
  float: 'float',
  double: 'float',
  bytes: 'bytes',
}
/** Names that a class cannot give a field; Python's own, of those that a field here may have. */
const KEYWORDS = new Set([
  'as',
  'class',
  'for',
  'from',
  'global',
  'import',
  'in',
  'is',
  'pass',
  'return',
  'with',
])
/** What fastavro makes of them. */
const LOGICAL: Readonly<Record<string, string>> = { date: 'date', 'timestamp-millis': 'datetime' }

export function generateRecords(): string {
  const declarations = new Map<string, string>()
  for (const topic of AVRO_TOPICS) reference(schemaOf(topic), declarations)
  const heading = [
    `"""Records of the topics. ${GENERATED}"""`,
    '',
    'from __future__ import annotations',
    '',
    'from datetime import date, datetime',
    'from typing import Literal, TypedDict',
  ].join('\n')
  return `${[heading, ...declarations.values()].join('\n\n\n')}\n`
}

export function generateTopics(): string {
  const names = AVRO_TOPICS.map(topic => ({ topic, record: recordOf(topic) }))
  const records = names.map(({ record }) => record).sort()
  return `${[
    `"""Which topic carries which record. ${GENERATED}"""`,
    '',
    'from abc import ABC, abstractmethod',
    'from typing import Literal, Union, overload',
    '',
    'from .event import Consumed',
    `from .records import (\n${records.map(record => `    ${record},\n`).join('')})`,
    '',
    listOf(
      'AvroTopic = Literal[',
      names.map(({ topic }) => `"${topic}"`),
    ),
    '',
    listOf(
      'Record = Union[',
      names.map(({ record }) => record),
    ),
    '',
    '# A union over the topics: `event.topic == "pulsifi.score.v1"` narrows `event.record`.',
    listOf(
      'Event = Union[',
      names.map(({ topic, record }) => `Consumed[Literal["${topic}"], ${record}]`),
    ),
    '',
    '',
    'class TypedDecoder(ABC):',
    '    """Decoding, typed by the name of the topic."""',
    '',
    '    @abstractmethod',
    '    def _read(self, topic: AvroTopic, value: bytes) -> Record: ...',
    '',
    ...names.flatMap(({ topic, record }) => [
      '    @overload',
      `    def decode(self, topic: Literal["${topic}"], value: bytes) -> ${record}: ...`,
    ]),
    '    @overload',
    '    def decode(self, topic: AvroTopic, value: bytes) -> Record: ...',
    '    def decode(self, topic: AvroTopic, value: bytes) -> Record:',
    '        """The record as the installed version knows it, whichever version wrote it.',
    '',
    '        Raises `UndecodableError` for bytes that can never be read.',
    '        """',
    '        return self._read(topic, value)',
  ].join('\n')}\n`
}

export const generateSchemas = (): string =>
  `${JSON.stringify(Object.fromEntries(AVRO_TOPICS.map(topic => [topic, loadSchema(topic)])), null, 1)}\n`

const listOf = (opening: string, members: readonly string[]): string =>
  `${opening}\n${members.map(member => `    ${member},\n`).join('')}]`

// The cast is sound: both say what a schema file holds, one as avsc types it.
const schemaOf = (topic: (typeof AVRO_TOPICS)[number]): Schema => loadSchema(topic) as unknown as Schema
const recordOf = (topic: (typeof AVRO_TOPICS)[number]): string => shortName(loadSchema(topic).name)

function reference(schema: Schema, declarations: Map<string, string>): string {
  if (typeof schema === 'string') return PRIMITIVES[schema] ?? shortName(schema)
  if (isUnion(schema)) return nullLast(schema.map(branch => reference(branch, declarations))).join(' | ')
  if (schema.type === 'array') return `list[${reference(schema.items ?? 'null', declarations)}]`
  if (schema.type === 'map') return `dict[str, ${reference(schema.values ?? 'null', declarations)}]`
  if (schema.type === 'record' || schema.type === 'enum') return declare(schema, declarations)
  return LOGICAL[schema.logicalType ?? ''] ?? reference(schema.type, declarations)
}

const nullLast = (branches: readonly string[]): readonly string[] =>
  [...branches].sort((one, other) => Number(one === 'None') - Number(other === 'None'))

/** What a type is made of stands before it, since a Literal is looked up when the module is read. */
function declare(schema: Named, declarations: Map<string, string>): string {
  const name = shortName(schema.name ?? '')
  const text = schema.type === 'enum' ? enumText(name, schema) : recordText(name, schema, declarations)
  const known = declarations.get(name)
  if (known !== undefined && known !== text) throw new Error(`two different schemas are named ${name}`)
  declarations.set(name, text)
  return name
}

const enumText = (name: string, { symbols = [], doc }: Named): string =>
  `${name} = Literal[${symbols.map(symbol => `"${symbol}"`).join(', ')}]${doc ? `\n${documented(doc)}` : ''}`

function recordText(name: string, { fields = [], doc }: Named, declarations: Map<string, string>): string {
  const typed = fields.map(field => ({
    name: field.name,
    type: reference(field.type, declarations),
    doc: inPython(field.doc ?? ''),
  }))
  if (fields.some(field => KEYWORDS.has(field.name)))
    return [
      `${name} = TypedDict(\n    "${name}",\n    {`,
      ...typed.map(field => `        # ${field.doc}\n        "${field.name}": ${field.type},`),
      `    },\n)${doc ? `\n${documented(doc)}` : ''}`,
    ].join('\n')
  const lines = typed.map(field => `    ${field.name}: ${field.type}\n    ${documented(field.doc)}`)
  return [`class ${name}(TypedDict):`, ...(doc ? [`    ${documented(doc)}`, ''] : []), ...lines].join('\n')
}

const documented = (doc: string): string => `"""${doc.replaceAll('\\', '\\\\').replaceAll('"""', "'''")}"""`

/** A time is an aware `datetime` here, and a day a `date`: neither has the unit of the wire. */
const inPython = (doc: string): string =>
  doc.replaceAll(/\bms UTC\b/g, 'UTC').replaceAll(/, days since 1970-01-01\b/g, '')

/** Each file of the package, and its text. */
export const pythonFiles = (): readonly (readonly [file: URL, text: string])[] => [
  [new URL('records.py', PACKAGE), generateRecords()],
  [new URL('topics.py', PACKAGE), generateTopics()],
  [new URL('schemas.json', PACKAGE), generateSchemas()],
]

if (import.meta.main) {
  const comparesOnly = isCheck('records, topics and schemas of the Python package')
  for (const [file, text] of pythonFiles()) keep(file, text, comparesOnly)
}
