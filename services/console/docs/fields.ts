/** Fields of an Avro record as rows for people: flat, with what null means and what class of data each holds. Pure. */

export type DataClass = 'personal' | 'secret' | null

export interface FieldRow {
  /** Dotted; `[]` after a list, `{}` after a map. */
  readonly path: string
  /** With the unit, where the type has one. */
  readonly type: string
  readonly doc: string
  /** Null: it is never null. */
  readonly whenNull: string | null
  readonly dataClass: DataClass
}

type Json = Readonly<Record<string, unknown>>
const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

interface Known {
  /** Types that were described before and are named from then on. */
  readonly types: Map<string, Json>
}

export function fieldRows(schema: Json): readonly FieldRow[] {
  return rowsOf(schema, '', null, { types: new Map() })
}

function rowsOf(record: Json, prefix: string, inherited: DataClass, known: Known): readonly FieldRow[] {
  remember(record, known)
  const fields = Array.isArray(record.fields) ? record.fields.filter(isJson) : []
  return fields.flatMap(field => {
    const { text, whenNull, dataClass } = partsOfDoc(String(field.doc ?? ''))
    const { inner, isNullable } = withoutNull(field.type)
    const path = `${prefix}${String(field.name)}`
    const own = dataClass ?? inherited
    const { label, suffix, record: nested } = described(inner, known)
    const row = {
      path,
      type: label,
      doc: text,
      whenNull: isNullable ? (whenNull ?? '') : null,
      dataClass: own,
    }
    return [row, ...(nested === null ? [] : rowsOf(nested, `${path}${suffix}.`, own, known))]
  })
}

function remember(type: Json, { types }: Known): void {
  if (typeof type.name === 'string') {
    types.set(type.name, type)
    types.set(`${String(type.namespace)}.${type.name}`, type)
  }
}

function withoutNull(type: unknown): { inner: unknown; isNullable: boolean } {
  if (!Array.isArray(type)) return { inner: type, isNullable: false }
  const others: readonly unknown[] = type.filter(one => one !== 'null')
  return { inner: others.length === 1 ? others[0] : others, isNullable: others.length < type.length }
}

const LOGICAL: Readonly<Record<string, string>> = {
  'timestamp-millis': 'time: ms since 1970, UTC',
  date: 'date: days since 1970',
}

interface Described {
  readonly label: string
  readonly suffix: string
  /** Whose fields follow. */
  readonly record: Json | null
}
const plainly = (label: string): Described => ({ label, suffix: '', record: null })

function described(type: unknown, known: Known): Described {
  const named = typeof type === 'string' ? known.types.get(type) : undefined
  if (named !== undefined) return described(named, known)
  if (!isJson(type)) return plainly(Array.isArray(type) ? type.map(String).join(' or ') : String(type))
  remember(type, known)
  if (typeof type.logicalType === 'string') return plainly(LOGICAL[type.logicalType] ?? type.logicalType)
  switch (type.type) {
    case 'record':
      return { label: 'record', suffix: '', record: type }
    case 'enum':
      return plainly(Array.isArray(type.symbols) ? `one of ${type.symbols.join(', ')}` : 'enum')
    case 'array':
      return around(described(withoutNull(type.items).inner, known), 'list of', '[]')
    case 'map':
      return around(described(withoutNull(type.values).inner, known), 'map of', '{}')
    default:
      return plainly(String(type.type))
  }
}

const around = ({ label, suffix, record }: Described, word: string, mark: string): Described => ({
  ...{ label: `${word} ${label}`, suffix: `${mark}${suffix}`, record },
})

const CLASS = /\s*\[(personal|secret)\]\s*$/
/** A sentence about null, or the part of one after a semicolon. */
const WHEN_NULL = /(?:^|(?<=[.;]))\s*null ([^.;]+)[.;]?/i

function partsOfDoc(doc: string): { text: string; whenNull: string | null; dataClass: DataClass } {
  const mark = CLASS.exec(doc)?.[1]
  const unmarked = doc.replace(CLASS, '')
  const whenNull = WHEN_NULL.exec(unmarked)?.[1]?.trim() ?? null
  return {
    text: unmarked.replace(WHEN_NULL, '').trim().replace(/;$/, '.'),
    whenNull,
    dataClass: mark === 'personal' || mark === 'secret' ? mark : null,
  }
}
