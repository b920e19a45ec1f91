/** What fitting a canonical record to Pulsifi's limits can say. */
import { cutText } from './text.ts'

/** A field that is not sent as the record has it. Names the field and the rule, never the value. */
export interface Adjustment {
  readonly field: string
  readonly rule: AdjustmentRule
}

export type AdjustmentRule =
  /** Text cut to the maximum, at a word boundary where there is one. */
  | 'truncated'
  /** More items than Pulsifi takes: the first, or the newest, are sent. */
  | 'dropped-items'
  /** The value, or an item of the list, cannot be said in Pulsifi's terms. */
  | 'omitted'
  /** Known facts of the record were added to reach the minimum. */
  | 'facts-appended'
  /** No skill is stated: found in the job's own words. */
  | 'derived-from-text'
  /** No skill is stated or found: the job's categories stand for them. */
  | 'derived-from-categories'
  /** No skill at all, and the operator lets an empty list be sent. */
  | 'empty-allowed'
  /** The identity is missing, and the operator lets such candidates be invited anonymously. */
  | 'made-anonymous'

/** `reasons` are codes that an operator can act on, all that apply. */
export type Fit<T> =
  | { readonly type: 'fitted'; readonly request: T; readonly adjustments: readonly Adjustment[] }
  | { readonly type: 'blocked'; readonly reasons: readonly string[] }

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
