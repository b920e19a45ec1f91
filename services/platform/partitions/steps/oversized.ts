/** Records that no topic takes, found before they are sent: the broker would refuse their transaction again and again. */

import { BATCH_OVERHEAD_BYTES, recordBytes } from '../../kafka/producer-batch.ts'
import type { LimitOf } from '../../topics/message-limits.ts'
import type { Decision, Output, Oversized } from '../processor.ts'

/** A refusal, and another one when the refusal itself is too large. */
const REFUSALS_MAX = 2

/** @throws when what `refuse` puts in the place of a record that is too large does not fit either: a bug */
export function withinLimits<Effect>(
  decision: Decision<Effect>,
  limitOf: LimitOf,
  refuse: (oversized: Oversized, decision: Decision<Effect>) => Decision<Effect>,
): Decision<Effect> {
  let fitting = decision
  for (let refusals = 0; ; refusals++) {
    const oversized = oversizedOf(fitting.outputs, limitOf)
    if (oversized === null) return fitting
    if (refusals === REFUSALS_MAX) throw new Error(`a refusal is too large for ${oversized.topic}`)
    fitting = refuse(oversized, fitting)
  }
}

function oversizedOf(outputs: readonly Output[], limitOf: LimitOf): Oversized | null {
  for (const output of outputs) {
    const [bytes, limit] = [recordBytes(output) + BATCH_OVERHEAD_BYTES, limitOf(output.topic)]
    if (bytes > limit) return { topic: output.topic, bytes, limit }
  }
  return null
}
