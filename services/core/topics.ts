/** Every topic name and record header, built from its parts. Nobody else spells one. */

export const rawTopic = (source: string): string => `ats.raw.${source}`
export const CANONICAL_JOB = 'ats.canonical.job.v1'
export const CANONICAL_CANDIDATE = 'ats.canonical.candidate.v1'
export const CANONICAL_COMPANY = 'ats.canonical.company.v1'
/** That canaries have come through. Nothing of them is on any other topic that somebody may read for what it says. */
export const CANARY = 'ats.canary.v1'
export const PULSIFI_RAW = 'pulsifi.raw'
export const PULSIFI_INBOX = 'pulsifi.inbox.v1'
export const PULSIFI_JOB_BINDING = 'pulsifi.job-binding.v1'
export const PULSIFI_INVITATION = 'pulsifi.invitation.v1'
export const PULSIFI_ACCESS = 'pulsifi.access.v1'
export const PULSIFI_CLAIM = 'pulsifi.claim.v1'
/** The sink's memory of whom it has invited. Whoever loses the end of one of them invites nobody until a person says so. */
export const LEDGERS: readonly string[] = [PULSIFI_JOB_BINDING, PULSIFI_INVITATION, PULSIFI_CLAIM]
export const PULSIFI_REFERENCE = 'pulsifi.reference.v1'
export const PULSIFI_RESULT = 'pulsifi.result.v1'
export const PULSIFI_SCORE = 'pulsifi.score.v1'
export const PULSIFI_STATUS = 'pulsifi.status.v1'

export type PipelineProcess = 'ingress' | 'normalizer' | 'pulsifi-sink'
export const deadLetterTopic = (process: PipelineProcess): string => `${process}.dead-letter`
/** Records that an operator sends back to the process that refused them, and to no other. */
export const redriveTopic = (process: 'normalizer' | 'pulsifi-sink'): string => `${process}.redrive`

/** What operators decided on dead letters: keyed by `<topic>/<partition>/<offset>` of the letter. */
export const DEAD_LETTER_STATE = 'dead-letter.state.v1'

/** Who has looked at data about people, and who has decided what. */
export const AUDIT = 'audit.v1'

/** CloudEvents 1.0, Kafka binding, binary mode; and ours. */
export const HEADER = {
  specVersion: 'ce_specversion',
  id: 'ce_id',
  source: 'ce_source',
  type: 'ce_type',
  time: 'ce_time',
  subject: 'ce_subject',
  dataRef: 'ce_dataref',
  contentType: 'content-type',
  contentEncoding: 'content-encoding',
  /** What a body said it was encoded in and was not. */
  ignoredEncoding: 'atsflow-ignored-content-encoding',
  traceParent: 'traceparent',
  tenant: 'atsflow-tenant',
  deliveryId: 'atsflow-delivery-id',
  /** What the event is about: a job, a candidate or a company. */
  entity: 'atsflow-entity',
  bodySha256: 'atsflow-body-sha256',
  auth: 'atsflow-auth',
  /** Of a canary alone: when it was posted, ms since the epoch. Ingress writes it where the delivery has proved that it is one. */
  canary: 'atsflow-canary',
} as const

/** A header of the webhook itself, on the dead letter that it became. */
export const keptHeader = (name: string): string => `atsflow-webhook-${name}`

/** What a dead letter carries besides the record it was. */
export const DEAD_LETTER_HEADER = {
  topic: '__dlq.errors.topic',
  partition: '__dlq.errors.partition',
  offset: '__dlq.errors.offset',
  group: '__dlq.errors.group',
  message: '__dlq.errors.message',
  deliveryCount: '__dlq.errors.delivery.count',
  code: '__dlq.error.code',
  stage: '__dlq.error.stage',
} as const
