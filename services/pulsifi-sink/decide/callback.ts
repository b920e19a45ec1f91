/** What follows from a callback of Pulsifi. */
import { type Outcome, ok, reject, skip } from '../../core/outcome.ts'
import { DEAD_LETTER_HEADER, HEADER, PULSIFI_RAW, redriveTopic } from '../../core/topics.ts'
import { headerText } from '../../platform/kafka/record-headers.ts'
import type { InputRecord, Output } from '../../platform/partitions/processor.ts'
import { type Decider, GROUP } from './decider.ts'
import type { CallbackFact } from './effects.ts'

/** A callback is keyed by its own id: whose it is stands in the address it came to. */
export const tenantOfCallback = ({ headers }: InputRecord): string =>
  headerText(headers, HEADER.source)?.split('/').at(-1) ?? ''

/** A callback says nothing itself; what it led to goes to the owner of the application. */
export function decideCallback(decider: Decider, record: InputRecord): Outcome<'published' | 'duplicate'> {
  // Cast: `lookUp` of the sink answers with nothing else.
  const found = record.fact as CallbackFact
  switch (found.type) {
    case 'found':
      decider.send(found.message, found.partition)
      return ok('published')
    case 'unanswered':
      decider.output(later(record))
      return ok('published')
    case 'repeated':
      return ok('duplicate')
    case 'not-ours':
      return skip('KIND_NOT_CONSUMED')
    case 'no-hint':
      pollEverywhere(decider, tenantOfCallback(record))
      return reject('REFERENCE_UNKNOWN', 'no identifier of ours in the body')
    case 'unknown-reference':
      pollEverywhere(decider, tenantOfCallback(record))
      return reject('REFERENCE_UNKNOWN', 'Pulsifi and we do not know it')
    case 'not-asked':
      pollEverywhere(decider, tenantOfCallback(record))
      return reject('REFERENCE_UNKNOWN', 'we do not know it, and too many such callbacks came to ask Pulsifi')
  }
}

/** Records are decided in their order, and one account that fails is not to hold up the callbacks of all others. */
const later = ({ key, value, headers }: InputRecord): Output => ({
  topic: redriveTopic(GROUP),
  key,
  value,
  headers: { ...headers, [DEAD_LETTER_HEADER.topic]: PULSIFI_RAW },
})

/** The invitation that it spoke of may be in any partition. */
function pollEverywhere(decider: Decider, tenant: string): void {
  const { ports } = decider
  if (!ports.hasAccount(tenant)) return
  for (let partition = 0; partition < ports.partitions; partition++)
    decider.send({ kind: 'POLL_WANTED', tenant }, partition)
}
