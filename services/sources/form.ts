/** Webhooks sent as forms: the nested data that a form holds, as JSON text. */
import { isUtf8 } from 'node:buffer'
import { memberText, parseJson } from '../core/json.ts'
import { andThen, type Outcome, ok, reject } from '../core/outcome.ts'
import { inUtf8 } from '../core/reading/charset.ts'
import { bodyText } from './parse-body.ts'
import type { WebhookRequest } from './source.ts'

/** More fields, or deeper ones, are no data about a person. */
const FIELDS_MAX = 10_000
const DEPTH_MAX = 16

/**
 * The body's JSON text. Of a form it is made: a field that holds the whole body, fields that hold JSON each, or names in
 * the brackets that PHP writes (`payload[vacancies][0][id]=1`).
 * @param isWhole whether an object with these members is the body
 */
export function jsonText(
  request: WebhookRequest,
  isWhole: (has: (name: string) => boolean) => boolean,
): Outcome<string> {
  return andThen(bodyText(request), text => {
    const isForm = request.headers['content-type']
      ?.toLowerCase()
      .includes('application/x-www-form-urlencoded')
    // A form cannot begin with a bracket, and a content type may be configured wrongly.
    if (!isForm || /^\s*[{[]/.test(text)) return ok(text)
    const json = jsonOfForm(fieldsOf(text, request.headers['content-type'] ?? ''), isWhole)
    return json === null
      ? reject('BODY_UNREADABLE', 'a form without the data that belong in its fields')
      : ok(json)
  })
}

type Field = readonly [name: string, value: string]

/** Bytes that are no UTF-8 are in the character set that the form declares, or in that of old browsers. */
function fieldsOf(text: string, contentType: string): readonly Field[] {
  const fields = [...new URLSearchParams(text)]
  if (!fields.flat().some(part => part.includes('\ufffd'))) return fields
  return text
    .split('&')
    .filter(field => field !== '')
    .map(field => {
      const [name = '', ...value] = field.split('=')
      return [decoded(name, contentType), decoded(value.join('='), contentType)]
    })
}

function decoded(part: string, contentType: string): string {
  const bytes = Buffer.from(
    part
      .replace(/\+/g, ' ')
      .replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))),
    'latin1',
  )
  if (isUtf8(bytes)) return bytes.toString()
  const read = inUtf8(bytes, contentType) ?? bytes
  return Buffer.from(isUtf8(read) ? read : (inUtf8(bytes, WINDOWS) ?? bytes)).toString()
}

const WINDOWS = ';charset=windows-1252'

function jsonOfForm(
  fields: readonly Field[],
  isWhole: (has: (name: string) => boolean) => boolean,
): string | null {
  if (fields.length > FIELDS_MAX) return null
  const whole = fields.find(
    ([, value]) => isJson(value) && isWhole(name => memberText(value, [name]) !== undefined),
  )
  if (whole) return whole[1]
  const tree: Branch = new Map()
  for (const [name, value] of fields) if (!plant(tree, stepsOf(name), value)) return null
  return isWhole(name => tree.get(name) instanceof Map || isJsonLeaf(tree.get(name))) ? written(tree) : null
}

/** A map, because the names are the sender's words. */
type Branch = Map<string, Branch | string>

/** `a[b][0]` is a, b, 0; `a[]` ends in an empty step, which is the next free index. */
function stepsOf(name: string): readonly string[] {
  const [, head = name, brackets = ''] = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name) ?? []
  return [head, ...Array.from(brackets.matchAll(/\[([^[\]]*)\]/g), ([, step = '']) => step)]
}

function plant(tree: Branch, steps: readonly string[], value: string): boolean {
  if (steps.length > DEPTH_MAX) return false
  let branch = tree
  for (const [at, step] of steps.entries()) {
    const name = step === '' ? String(branch.size) : step
    if (at === steps.length - 1) branch.set(name, value)
    else {
      const known = branch.get(name)
      const next: Branch = known instanceof Map ? known : new Map()
      branch.set(name, next)
      branch = next
    }
  }
  return true
}

/** A field that holds JSON of its own keeps its text. At the top anything else is beside the data. */
function written(tree: Branch): string {
  const members = [...tree].flatMap(([name, value]) =>
    value instanceof Map
      ? [`${JSON.stringify(name)}:${nested(value)}`]
      : isJson(value)
        ? [`${JSON.stringify(name)}:${value}`]
        : [],
  )
  return `{${members.join(',')}}`
}

function nested(value: Branch | string): string {
  if (!(value instanceof Map)) return JSON.stringify(value)
  const isList = [...value.keys()].every((name, index) => name === String(index))
  return isList
    ? `[${Array.from(value.values(), nested).join(',')}]`
    : `{${Array.from(value, ([name, item]) => `${JSON.stringify(name)}:${nested(item)}`).join(',')}}`
}

const isJsonLeaf = (value: Branch | string | undefined): boolean => typeof value === 'string' && isJson(value)

function isJson(text: string): boolean {
  try {
    const value = parseJson(text)
    return typeof value === 'object' && value !== null
  } catch {
    return false
  }
}
