/** `bindings.json`: which job at Pulsifi stands for which of ours. Every fault is told with its line. Pure. */
import { getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import { z } from 'zod'
import { isUsableKey, partsOfKey } from '../../core/identity.ts'

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
  const errors: ParseError[] = []
  const root = parseTree(text, errors)
  const syntax = errors.map(({ error, offset }) =>
    fault(text, offset, `not JSON (${printParseErrorCode(error)})`),
  )
  if (syntax.length > 0) return { type: 'faults', faults: syntax }
  if (root?.type !== 'object')
    return { type: 'faults', faults: [fault(text, 0, 'expected an object of job key → Pulsifi job id')] }
  const bindings: WantedBinding[] = []
  const faults: string[] = []
  const lines = new Map<string, number>()
  for (const { children: [name, value] = [] } of root.children ?? []) {
    if (name === undefined || value === undefined) continue
    const binding = {
      jobKey: String(getNodeValue(name)),
      pulsifiJobId: String(getNodeValue(value)).toLowerCase(),
    }
    const earlier = lines.get(binding.jobKey)
    if (earlier !== undefined)
      faults.push(fault(text, name.offset, `${binding.jobKey} stands in line ${earlier} already`))
    lines.set(binding.jobKey, lineOf(text, name.offset))
    faults.push(...faultsOf(text, binding, name, value))
    bindings.push(binding)
  }
  return faults.length > 0 ? { type: 'faults', faults } : { type: 'ok', bindings }
}

function faultsOf(text: string, { jobKey }: WantedBinding, name: Node, value: Node): readonly string[] {
  const key = JobKey.safeParse(jobKey)
  const id = PulsifiJobId.safeParse(getNodeValue(value))
  return [
    ...(key.success ? [] : [fault(text, name.offset, `"${jobKey}": ${firstIssue(key.error)}`)]),
    ...(id.success ? [] : [fault(text, value.offset, `${jobKey}: ${firstIssue(id.error)}`)]),
  ]
}

const firstIssue = ({ issues }: z.ZodError): string => issues[0]?.message ?? 'invalid'
const fault = (text: string, offset: number, what: string): string => `line ${lineOf(text, offset)}: ${what}`
const lineOf = (text: string, offset: number): number => text.slice(0, offset).split('\n').length
