/** What fitting a canonical record to Pulsifi's limits can say. */
import type { AdjustmentRule, BlockReason } from '../../core/reasons.ts'
import { cutText } from './text.ts'

/** A field that is not sent as the record has it. Names the field and the rule, never the value. */
export interface Adjustment {
  readonly field: string
  readonly rule: AdjustmentRule
}

/** `reasons` are codes that an operator can act on, all that apply. */
export type Fit<T> =
  | { readonly type: 'fitted'; readonly request: T; readonly adjustments: readonly Adjustment[] }
  | { readonly type: 'blocked'; readonly reasons: readonly BlockReason[] }

/** Cuts a text to its maximum and notes it when that took something away. */
export function cutField(adjustments: Adjustment[], field: string, text: string, lengthMax: number): string {
  const sent = cutText(text, lengthMax)
  if (sent !== text) adjustments.push({ field, rule: 'truncated' })
  return sent
}

/** Each field and rule once: which item of a list it was says nothing that an operator can use. */
export const withoutRepeats = (adjustments: readonly Adjustment[]): Adjustment[] =>
  adjustments.filter(
    (one, at) => adjustments.findIndex(other => other.field === one.field && other.rule === one.rule) === at,
  )
