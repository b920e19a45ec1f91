/** A person has looked at a record that nobody can read: what is known of its key takes its place, or nothing does. */
import type { OperatorCommand } from '../../core/inbox-command.ts'
import {
  PULSIFI_ACCESS,
  PULSIFI_CLAIM,
  PULSIFI_INVITATION,
  PULSIFI_JOB_BINDING,
  PULSIFI_REFERENCE,
  PULSIFI_RESULT,
} from '../../core/topics.ts'
import { setAsideKey } from '../../platform/partitions/set-aside.ts'
import { withoutAccess } from '../ledger/access.ts'
import { accessOf, bindingOf, claimOf, invitationOf, jobOf } from '../ledger/state.ts'
import type { Decider } from './decider.ts'
import { eraseScores } from './erase.ts'
import { decideJobRecord } from './job.ts'

type SkipRecord = Extract<OperatorCommand, { command: 'skip-record' }>

export function skipRecord(decider: Decider, command: SkipRecord): void {
  const { topic, key, offset } = command
  // References are kept by all, whole, and not in the state of one partition.
  const isThere = topic === PULSIFI_REFERENCE || decider.state.get(setAsideKey(topic, key)) === offset
  if (!isThere) return
  // Its scores are told by the record that goes.
  if (topic === PULSIFI_RESULT) eraseScores(decider, key)
  decider.replace({ topic, key, value: knownValue(decider, topic, key) })
  const job = topic === PULSIFI_JOB_BINDING ? jobOf(decider.state, key) : undefined
  if (job !== undefined) decideJobRecord(decider, job)
  decider.effect({ type: 'decide-open' })
}

/** Null: a tombstone. Of a result no more than its hash is kept: it is written again when Pulsifi is next asked. */
function knownValue({ state, ports }: Decider, topic: SkipRecord['topic'], key: string): Buffer | null {
  switch (topic) {
    case PULSIFI_INVITATION: {
      const known = invitationOf(state, key)
      return known === undefined ? null : ports.codec.encode(topic, withoutAccess(known))
    }
    case PULSIFI_ACCESS: {
      const known = accessOf(state, key)
      return known === undefined ? null : ports.codec.encode(topic, known)
    }
    case PULSIFI_CLAIM: {
      const known = claimOf(state, key)
      return known === undefined ? null : ports.codec.encode(topic, known)
    }
    case PULSIFI_JOB_BINDING: {
      const known = bindingOf(state, key)
      return known === undefined ? null : ports.codec.encode(topic, known)
    }
    case PULSIFI_REFERENCE: {
      const known = ports.findReference(key)
      return known === undefined ? null : ports.codec.encode(topic, known)
    }
    case PULSIFI_RESULT:
      return null
  }
}
