/** Scripted misfortune: which rule strikes which call. Pure: a rule's counters travel with it. */
import { z } from 'zod'
import { unitInterval } from './assessment.ts'

/** Outgoing callbacks are a call too, under this name. */
export const CALLBACK_OPERATION = 'callbacks.deliver'

const match = z.strictObject({
  /** `candidates.create`, `candidates.*` or `*` (every API operation, not callbacks). */
  operation: z.string().min(1),
  /** `ext_reference_id` or `external_id` of the call's body, or `ext_reference_id` of a callback. */
  reference: z.string().optional(),
  /** The first matching call that is struck, counted from 1; alone it strikes that call only. */
  nth: z.int().min(1).optional(),
  /** How many matching calls are struck; without `nth`, the first ones; without either, all. */
  count: z.int().min(1).optional(),
  /** Strikes by lot, which the seed decides: the same seed strikes the same calls. */
  probability: z.number().min(0).max(1).optional(),
  seed: z.int().optional(),
})

const errorStatus = z.int().min(500).max(599).default(500)

/**
 * `…-before-…` means that nothing was changed when the client is left alone, `…-after-…` that everything was.
 * `status` and `hang` act before. `drop`, `delay`, `duplicate` and `body` are for callbacks.
 */
export const faultRule = z.discriminatedUnion('action', [
  match.extend({ action: z.literal('latency'), ms: z.number().min(0).max(600_000) }),
  match.extend({
    action: z.literal('status'),
    status: z.int().min(400).max(599),
    retryAfter: z.union([z.string(), z.number()]).optional(),
    body: z.unknown().optional(),
  }),
  match.extend({ action: z.literal('error-before-write'), status: errorStatus }),
  match.extend({ action: z.literal('error-after-write'), status: errorStatus }),
  match.extend({ action: z.literal('reset-before-write') }),
  match.extend({ action: z.literal('reset-after-write') }),
  match.extend({ action: z.literal('hang') }),
  match.extend({ action: z.literal('hang-after-write') }),
  match.extend({ action: z.literal('drop') }),
  match.extend({ action: z.literal('delay'), ms: z.number().min(0).max(600_000) }),
  match.extend({ action: z.literal('duplicate'), times: z.int().min(2).max(10).default(2) }),
  match.extend({ action: z.literal('body'), shape: z.enum(['empty', 'v2', 'unknown']) }),
])

/** One rule, or a list of them. */
export const faultRules = z.union([faultRule.transform(rule => [rule]), z.array(faultRule)])

export type FaultRule = z.output<typeof faultRule>
export type FaultInput = z.input<typeof faultRule>

/** A rule with the calls it matched and those it struck. */
export type ArmedRule = { readonly rule: FaultRule; readonly matched: number; readonly struck: number }

export type Call = { readonly operation: string; readonly reference: string | null }

export const arm = (rules: readonly FaultRule[]): ArmedRule[] =>
  rules.map(rule => ({ rule, matched: 0, struck: 0 }))

/** The rules that strike this call, in their order, and the counters afterwards. */
export function strike(
  armed: readonly ArmedRule[],
  call: Call,
): { readonly strikes: readonly FaultRule[]; readonly armed: readonly ArmedRule[] } {
  const strikes: FaultRule[] = []
  const next = armed.map(entry => {
    if (!isMatch(entry.rule, call)) return entry
    const matched = entry.matched + 1
    const isStruck = isDue(entry.rule, matched, entry.struck)
    if (isStruck) strikes.push(entry.rule)
    return { rule: entry.rule, matched, struck: entry.struck + (isStruck ? 1 : 0) }
  })
  return { strikes, armed: next }
}

function isMatch(rule: FaultRule, call: Call): boolean {
  if (rule.reference !== undefined && rule.reference !== call.reference) return false
  if (rule.operation === '*') return call.operation !== CALLBACK_OPERATION
  return rule.operation.endsWith('.*')
    ? call.operation.startsWith(rule.operation.slice(0, -1))
    : call.operation === rule.operation
}

function isDue(rule: FaultRule, matched: number, struck: number): boolean {
  const count = rule.count ?? (rule.nth === undefined ? Number.POSITIVE_INFINITY : 1)
  if (matched < (rule.nth ?? 1) || struck >= count) return false
  return rule.probability === undefined || unitInterval(`${rule.seed ?? 0}:${matched}`) < rule.probability
}
