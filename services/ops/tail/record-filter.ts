/** Filters of `tail`: what a printed record must say. They see what is printed, so they cannot ask what is masked. Pure. */
import { InvalidArgumentError } from 'commander'

/** A record as it is printed. */
export interface PrintedRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly time: string
  readonly key: string | null
  readonly headers: Readonly<Record<string, string>>
  readonly value: unknown
}

export type RecordFilter = (record: PrintedRecord) => boolean

/**
 * `<path>=<text>`, `<path>!=<text>` or `<path>~=<regular expression>`; the path is `key`, `header.<name>` or the path
 * of a field. A list says what any of its items says.
 * @throws InvalidArgumentError
 */
export function parseFilter(text: string): RecordFilter {
  const [, path, operator, wanted] = /^([^=!~]+)(=|!=|~=)(.*)$/s.exec(text) ?? []
  if (path === undefined || operator === undefined || wanted === undefined)
    throw new InvalidArgumentError('Write <path>=<text>, <path>!=<text> or <path>~=<regular expression>.')
  const says = sayer(operator, wanted)
  return record => says(textsAt(record, path.trim()))
}

function sayer(operator: string, wanted: string): (texts: readonly string[]) => boolean {
  if (operator === '~=') {
    const pattern = regularExpression(wanted)
    return texts => texts.some(text => pattern.test(text))
  }
  if (operator === '=') return texts => texts.includes(wanted)
  return texts => !texts.includes(wanted)
}

function regularExpression(text: string): RegExp {
  try {
    return new RegExp(text, 'u')
  } catch {
    throw new InvalidArgumentError(`"${text}" is no regular expression.`)
  }
}

function textsAt(record: PrintedRecord, path: string): readonly string[] {
  if (path === 'key') return record.key === null ? [] : [record.key]
  if (path.startsWith('header.')) {
    const header = record.headers[path.slice('header.'.length)]
    return header === undefined ? [] : [header]
  }
  return leaves(record.value, path.replace(/^value\./, '').split('.'))
}

function leaves(value: unknown, path: readonly string[]): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(item => leaves(item, path))
  const [name, ...rest] = path
  if (name === undefined) return [typeof value === 'object' ? JSON.stringify(value) : String(value)]
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return []
  return leaves(Reflect.get(value, name), rest)
}
