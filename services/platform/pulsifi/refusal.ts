/** Why Pulsifi refused a request, in codes: its error bodies are not documented and may repeat what we sent. */
import type { RefusalReason } from '../../core/reasons.ts'
import { jsonOrUndefined } from './pulsifi-api.ts'

/** Tokens that Pulsifi's connectors are known to answer; found anywhere in the body. */
const TOKENS = [
  'JOB_NOT_FOUND',
  'NOT_ACTIVE_JOB',
  'JOB_IS_CLOSED',
  'UNABLE_TO_UPDATE_ACTIVE_JOB',
] as const satisfies readonly RefusalReason[]

/** Every field that we send, as its path, with or without the number of the item. */
const INDEX = String.raw`(?:[.[]\d{1,3}\]?)?`
const FIELDS = new RegExp(
  String.raw`(?<![\p{L}\p{N}_.@-])(?:` +
    [
      String.raw`work_experiences${INDEX}(?:\.(?:role|organization|is_current|start_date|end_date|responsibility_achievement|responsibilities_achievements))?`,
      String.raw`skills${INDEX}(?:\.(?:name|proficiency))?`,
      `events${INDEX}`,
      'job_id|ext_reference_id|external_id|is_anonymous_candidate|email|first_name|last_name|deadline',
      'title|description|url|secret',
    ].join('|') +
    String.raw`)(?![\p{L}\p{N}_@-])`,
  'gu',
)
const FIELDS_COUNT_MAX = 10

/** The token when there is one, else `HTTP_<status>`; then the known fields that the body names. Never a value. */
export function refusalReasons(status: number, text: string): readonly RefusalReason[] {
  const token = tokenIn(text)
  if (token !== undefined) return [token]
  const fields = new Set(
    Array.from(withoutEnvelope(text).matchAll(FIELDS), ([path]) => `FIELD:${path}` as const),
  )
  return [`HTTP_${status}`, ...[...fields].slice(0, FIELDS_COUNT_MAX)]
}

/** Statuses by which whoever stands before Pulsifi says that a request does not get through. */
const TURNED_BACK: ReadonlySet<number> = new Set([403, 404, 405, 407])

/** A page in place of the API's JSON: it comes from a gateway, and says nothing about what was asked. */
export function isOfAnother(status: number, text: string): boolean {
  if (!TURNED_BACK.has(status) || text.trim() === '' || tokenIn(text) !== undefined) return false
  const body = jsonOrUndefined(text)
  return typeof body !== 'object' || body === null
}

const tokenIn = (text: string) => TOKENS.find(known => new RegExp(`(?<![A-Z_])${known}(?![A-Z_])`).test(text))

/** The body without the names of its own plain members: `{"title": "Bad Request"}` says nothing about our title. */
function withoutEnvelope(text: string): string {
  const body = jsonOrUndefined(text)
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return text
  return Object.entries(body)
    .map(([name, value]) => (typeof value === 'object' ? JSON.stringify({ [name]: value }) : String(value)))
    .join('\n')
}
