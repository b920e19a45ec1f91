/** `bindings.json`: which job at Pulsifi stands for which of ours. Every fault is told with its line. Pure. */
import { z } from 'zod'
import { isUsableKey, partsOfKey } from '../../core/identity.ts'
import { readJsonWithLines } from '../../platform/connections/json-lines.ts'

export interface WantedBinding {
  readonly jobKey: string
  readonly pulsifiJobId: string
}

export type BindingsFile =
  | { readonly type: 'ok'; readonly bindings: readonly WantedBinding[] }
  /** Sentences, each beginning with `line <n>:`. */
  | { readonly type: 'faults'; readonly faults: readonly string[] }

const JobKey = z
  .string()
  .refine(
    key => isUsableKey(key) && Object.values(partsOfKey(key)).every(part => part !== ''),
    'expected a job key, <source>:<tenant>:<job id>',
  )
const PulsifiJobId = z.uuid('expected the id of a job at Pulsifi, a UUID')

/** The key that an operator gave; null when it is none. */
export const isJobKey = (text: string): boolean => JobKey.safeParse(text).success

export function parseBindings(text: string): BindingsFile {
  const json = readJsonWithLines(text)
  if (json.type === 'fault') return { type: 'faults', faults: [`line ${json.line ?? 1}: ${json.fault}`] }
  const { value, lineOf } = json
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { type: 'faults', faults: ['line 1: expected an object of job key → Pulsifi job id'] }
  const entries = Object.entries(value)
  const faults = entries.flatMap(([jobKey, id]) =>
    faultsOf(jobKey, id).map(what => `line ${lineOf([jobKey])}: ${what}`),
  )
  if (faults.length > 0) return { type: 'faults', faults }
  const bindings = entries.map(([jobKey, id]) => ({ jobKey, pulsifiJobId: String(id).toLowerCase() }))
  return { type: 'ok', bindings }
}

function faultsOf(jobKey: string, pulsifiJobId: unknown): readonly string[] {
  const key = JobKey.safeParse(jobKey)
  const id = PulsifiJobId.safeParse(pulsifiJobId)
  return [
    ...(key.success ? [] : [`"${jobKey}": ${firstIssue(key.error)}`]),
    ...(id.success ? [] : [`${jobKey}: ${firstIssue(id.error)}`]),
  ]
}

const firstIssue = ({ issues }: z.ZodError): string => issues[0]?.message ?? 'invalid'
