/** Whom a trace is about, and which records belong to them. Grows while topics are read. */
import type {
  Candidate,
  PulsifiAccess,
  PulsifiInvitation,
  PulsifiReference,
  PulsifiScore,
  PulsifiStatus,
} from '../../../schemas/types.ts'
import { CANONICAL_CANDIDATE, HEADER, PULSIFI_ACCESS, PULSIFI_INVITATION } from '../../core/topics.ts'
import { headerText } from '../../platform/kafka/record-headers.ts'
import type { TopicRecord } from '../../platform/readers/topic-reader.ts'
import { candidateKeyIn } from '../invitations/ledger.ts'

export class TraceSubject {
  /** An application, a candidate or a job; null when only an event is known that is about nobody. */
  readonly key: string | null
  /** Set when the trace is about one event. */
  readonly eventId: string | null
  /** Jobs that the applications name. */
  readonly jobKeys = new Set<string>()
  /** By which Pulsifi may speak of them in a callback. */
  readonly identifiers = new Set<string>()
  #candidateKey: string | null

  constructor(key: string | null, eventId: string | null = null) {
    this.key = key
    this.eventId = eventId
    this.#candidateKey = key === null ? null : candidateKeyIn(key)
  }

  /** Where the person's own records stand. */
  get candidateKey(): string | null {
    return this.#candidateKey
  }

  /** Whether a record with this key is about them: the candidate, the application, or all applications of a candidate. */
  ownsKey(key: string | null): boolean {
    if (key === null || this.key === null) return false
    if (key === this.key || key === this.#candidateKey) return true
    return this.key === this.#candidateKey && key.startsWith(`${this.key}#`)
  }

  owns({ key, headers }: Pick<TopicRecord, 'key' | 'headers'>): boolean {
    return this.ownsKey(key) || (this.eventId !== null && headerText(headers, HEADER.id) === this.eventId)
  }

  /** Learns further names from a record that is theirs. */
  learn(topic: string, decoded: unknown): void {
    // Casts: decoded by the schema of the topic that is compared.
    if (topic === PULSIFI_INVITATION) this.#learnInvitation(decoded as PulsifiInvitation)
    if (topic === PULSIFI_ACCESS) this.#identify((decoded as PulsifiAccess).invite_code)
    if (topic === CANONICAL_CANDIDATE) this.#learnCandidate(decoded as Candidate)
  }

  /** Whether the application that a reference leads to, or that a score or a change is of, is one of theirs. */
  ownsApplicationOf(decoded: unknown): boolean {
    // Cast: only references, scores and changes are asked about.
    const record = decoded as
      | Pick<PulsifiReference | PulsifiScore | PulsifiStatus, 'application_key'>
      | undefined
    return record !== undefined && this.ownsKey(record.application_key)
  }

  /** Whether a callback's body names one of their identifiers. */
  isNamedIn(value: Buffer | null): boolean {
    return value !== null && [...this.identifiers].some(identifier => value.includes(identifier))
  }

  #learnInvitation(record: PulsifiInvitation): void {
    this.#candidateKey = record.candidate_key
    this.jobKeys.add(record.job_key)
    this.#identify(record.ext_reference_id, record.pulsifi_candidate_id, record.invite_code)
  }

  #identify(...names: readonly (string | null)[]): void {
    for (const name of names) if (name !== null) this.identifiers.add(name)
  }

  #learnCandidate({ applications }: Candidate): void {
    for (const { application_key, job } of applications)
      if (this.ownsKey(application_key)) this.jobKeys.add(job.job_key)
  }
}
