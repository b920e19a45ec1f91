/** Records as JSON, without what they say about a person: by the class that each field's `doc` in its schema ends with. Pure. */
import { type AvroTopic, loadSchema, type RecordOf } from '../../../schemas/subjects.ts'
import { DAY_MS } from '../../core/reading/dates.ts'
import { isoTime } from './spelling.ts'

/** `personal` identifies a person; `secret` opens something for whoever has it. */
export type PersonalClass = 'personal' | 'secret'

/** What stands for a value that is there and not shown. */
export const MASK = '***'

type Node = Readonly<Record<string, unknown>>
type Mask = (value: unknown, shown: ReadonlySet<PersonalClass>) => unknown

const masks = new Map<AvroTopic, Mask>()

/** The record with every value of a class that is not `shown` replaced; null and empty stay what they are. */
export function maskedRecord<T extends AvroTopic>(
  topic: T,
  record: RecordOf[T],
  shown: ReadonlySet<PersonalClass> = new Set(),
): Readonly<Record<string, unknown>> {
  const known = masks.get(topic)
  const mask = known ?? maskOf(loadSchema(topic), new Map())
  if (known === undefined) masks.set(topic, mask)
  // Cast: the mask of a record answers with a record.
  return mask(record, shown) as Readonly<Record<string, unknown>>
}

/** Times and days as every other JSON has them. */
const isoDay: Mask = value => (typeof value === 'number' ? isoTime(value * DAY_MS)?.slice(0, 10) : value)
const unchanged: Mask = value => value

function maskOf(schema: unknown, named: Map<string, Mask>): Mask {
  if (typeof schema === 'string') return named.get(schema) ?? unchanged
  if (Array.isArray(schema)) return unionMask(schema, named)
  const node = schema as Node
  switch (node.type) {
    case 'record':
      return recordMask(node, named)
    case 'array': {
      const items = maskOf(node.items, named)
      return (value, shown) => (Array.isArray(value) ? value.map(item => items(item, shown)) : value)
    }
    case 'map': {
      const values = maskOf(node.values, named)
      return (value, shown) =>
        Object.fromEntries(Object.entries(value as Node).map(([key, item]) => [key, values(item, shown)]))
    }
    case 'long':
      return node.logicalType === 'timestamp-millis' ? isoTime : unchanged
    case 'int':
      return node.logicalType === 'date' ? isoDay : unchanged
    default:
      return typeof node.type === 'object' ? maskOf(node.type, named) : unchanged
  }
}

/** Our unions are of null and one other type. */
function unionMask(branches: readonly unknown[], named: Map<string, Mask>): Mask {
  const other = maskOf(branches.find(branch => branch !== 'null') ?? 'null', named)
  return (value, shown) => (value === null ? null : other(value, shown))
}

function recordMask(node: Node, named: Map<string, Mask>): Mask {
  const fields = new Map<string, Mask>()
  const mask: Mask = (value, shown) =>
    Object.fromEntries(
      Object.entries(value as Node).map(([name, item]) => [
        name,
        (fields.get(name) ?? unchanged)(item, shown),
      ]),
    )
  // Before its fields, because a record may be named again further down; by both of its names.
  named.set(String(node.name), mask)
  named.set(`${String(node.namespace)}.${String(node.name)}`, mask)
  for (const field of node.fields as readonly Node[]) {
    const inner = maskOf(field.type, named)
    const personalClass = classOf(field.doc)
    fields.set(
      String(field.name),
      personalClass === null
        ? inner
        : (value, shown) => (shown.has(personalClass) || isEmpty(value) ? inner(value, shown) : MASK),
    )
  }
  return mask
}

function classOf(doc: unknown): PersonalClass | null {
  const [, name] = /\[(personal|secret)\]$/.exec(String(doc ?? '')) ?? []
  return name === 'personal' || name === 'secret' ? name : null
}

const isEmpty = (value: unknown): boolean =>
  value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)
