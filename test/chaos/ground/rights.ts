/** What the users of the cluster's processes may do: one user a process, named like it, everything else denied. */
import { CANONICAL_CANDIDATE, PULSIFI_INVITATION, rawTopic } from '../../../services/core/topics.ts'
import { type Operation, type Right, readAclsFile } from '../../../services/platform/topics/rights.ts'

export const RIGHTS: readonly Right[] = readAclsFile()

const topic = (user: string, operation: Operation, name: string): Right => ({
  ...{ user, resource: 'topic', name, isPrefix: name === rawTopic(''), operations: [operation] },
})

/** Those whose loss is felt at once, each of another user and another kind. */
export const TAKEN_AWAY: readonly Right[] = [
  topic('ingress', 'Write', rawTopic('')),
  topic('normalizer', 'Write', CANONICAL_CANDIDATE),
  topic('normalizer', 'Read', rawTopic('')),
  topic('pulsifi-sink', 'Write', PULSIFI_INVITATION),
  topic('pulsifi-sink', 'Read', CANONICAL_CANDIDATE),
]
