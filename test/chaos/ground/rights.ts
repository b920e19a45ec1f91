/** What the users of the cluster's processes may do: one user a process, named like it, everything else denied. */
import type { Right } from '../../../infra/local/cluster/rights.ts'
import {
  CANONICAL_CANDIDATE,
  CANONICAL_JOB,
  deadLetterTopic,
  PULSIFI_INBOX,
  PULSIFI_INVITATION,
  PULSIFI_JOB_BINDING,
  PULSIFI_RAW,
  PULSIFI_REFERENCE,
  PULSIFI_RESULT,
  PULSIFI_SCORE,
  rawTopic,
  redriveTopic,
} from '../../../services/core/topics.ts'

const ALL_RAW = rawTopic('')

const topics = (user: string, operations: Right['operations'], ...names: readonly string[]) =>
  names.map((name): Right => ({ user, resource: 'topic', name, isPrefix: name === ALL_RAW, operations }))

/** A process of partitions: its group, those of its whole tables, and its transactions. */
const member = (user: string): readonly Right[] => [
  { user, resource: 'group', name: user, isPrefix: true, operations: ['Read'] },
  { user, resource: 'transactional-id', name: `${user}-`, isPrefix: true, operations: ['Write'] },
]

export const RIGHTS: readonly Right[] = [
  ...topics('ingress', ['Write'], ALL_RAW, PULSIFI_RAW, deadLetterTopic('ingress')),
  ...member('normalizer'),
  ...topics('normalizer', ['Read'], ALL_RAW, redriveTopic('normalizer')),
  ...topics('normalizer', ['Read', 'Write'], CANONICAL_JOB, CANONICAL_CANDIDATE),
  ...topics('normalizer', ['Write'], deadLetterTopic('normalizer')),
  ...member('pulsifi-sink'),
  ...topics('pulsifi-sink', ['Read'], CANONICAL_JOB, CANONICAL_CANDIDATE, PULSIFI_RAW),
  ...topics('pulsifi-sink', ['Read'], redriveTopic('pulsifi-sink')),
  ...topics('pulsifi-sink', ['Read', 'Write'], PULSIFI_INBOX, PULSIFI_JOB_BINDING, PULSIFI_INVITATION),
  ...topics('pulsifi-sink', ['Read', 'Write'], PULSIFI_REFERENCE, PULSIFI_RESULT),
  ...topics('pulsifi-sink', ['Write'], PULSIFI_SCORE, deadLetterTopic('pulsifi-sink')),
]

/** Those whose loss is felt at once, each of another user and another kind. */
export const TAKEN_AWAY: readonly Right[] = [
  ...topics('ingress', ['Write'], ALL_RAW),
  ...topics('normalizer', ['Write'], CANONICAL_CANDIDATE),
  ...topics('normalizer', ['Read'], ALL_RAW),
  ...topics('pulsifi-sink', ['Write'], PULSIFI_INVITATION),
  ...topics('pulsifi-sink', ['Read'], CANONICAL_CANDIDATE),
]
