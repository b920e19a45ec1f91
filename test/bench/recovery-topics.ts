/** Fills the topics that the normalizer and the sink restore from, as if so many people had applied and were done. */
import type { AvroTopic, RecordOf } from '../../schemas/subjects.ts'
import type { Candidate, Job, PulsifiAccess, PulsifiInvitation, ReferenceKind } from '../../schemas/types.ts'
import { emptyApplication, emptyCandidate, emptyJob, emptyJobRef } from '../../services/core/canonical.ts'
import {
  CANONICAL_CANDIDATE,
  CANONICAL_JOB,
  PULSIFI_ACCESS,
  PULSIFI_INVITATION,
  PULSIFI_JOB_BINDING,
  PULSIFI_REFERENCE,
} from '../../services/core/topics.ts'
import { createCodec } from '../../services/platform/avro/codec.ts'
import { createRegistryClient } from '../../services/platform/avro/registry.ts'
import { createPartitionOf } from '../../services/platform/kafka/partition-of.ts'
import { Kafka, logLevel } from '../../services/platform/kafkajs/kafkajs.ts'
import { candidateRecord } from '../support/candidate-record.ts'
import { bindingRecord, invitationRecord } from '../support/ledger-records.ts'

const PARTITIONS = 6
const JOBS = 200
const BATCH = 2_000
const KINDS: readonly ReferenceKind[] = ['EXT_REFERENCE_ID', 'CANDIDATE_ID', 'INVITE_CODE']
const AT_MS = Date.UTC(2026, 0, 15)
const partitionOf = createPartitionOf(PARTITIONS)

const KIND_SEEDS = {
  ...{ person: 1, job: 2, event: 3, invitation: 4, code: 5 },
  ...{ 'person key': 6, 'pulsifi job': 7, 'pulsifi candidate': 8 },
}
const hex = (value: number, digits: number) => (value >>> 0).toString(16).padStart(8, '0').slice(0, digits)

/** Looks like a UUID, scattered over all keys as they are, and costs less than one: the odd factor keeps ids apart. */
function derivedId(kind: keyof typeof KIND_SEEDS, n: number): string {
  const scattered = Math.imul(n + 1, 0x9e3779b1) ^ KIND_SEEDS[kind]
  const more = Math.imul(scattered, 0x85ebca6b)
  return `${hex(scattered, 8)}-${hex(more, 4)}-4000-8000-${hex(more, 8)}${hex(KIND_SEEDS[kind], 8).slice(4)}`
}

const candidateKey = (n: number) => `jobylon:default:${derivedId('person', n)}`
const jobKey = (n: number) => `jobylon:default:${derivedId('job', n % JOBS)}`

const { provenance } = candidateRecord({})

function job(n: number): Job {
  const key = jobKey(n)
  return {
    ...emptyJob(key.split(':')[2] ?? ''),
    ...{ job_key: key, title: `Sales adviser ${n}`, status: 'OPEN', lifecycle: 'ACTIVE', deleted_at: null },
    description: 'You plan and run the daily work of a small team and advise customers. '.repeat(6),
    provenance: { ...provenance, event_id: derivedId('job', n) },
  }
}

function candidate(n: number): Candidate {
  const key = candidateKey(n)
  const reference = emptyJobRef('jobylon', jobKey(n).split(':')[2] ?? '')
  return candidateRecord({
    ...emptyCandidate(key.split(':')[2] ?? ''),
    candidate_key: key,
    person_key: derivedId('person key', n),
    first_name: 'Test',
    last_name: `Person ${n}`,
    email: `person-${n}@example.com`,
    applications: [
      {
        ...emptyApplication(`application-${n}`, reference),
        ...{ application_key: key, job: { ...reference, job_key: jobKey(n) } },
      },
    ],
    provenance: { ...provenance, event_id: derivedId('event', n) },
  })
}

export const invitation = (n: number): PulsifiInvitation =>
  invitationRecord({
    event_id: derivedId('invitation', n),
    application_key: candidateKey(n),
    candidate_key: candidateKey(n),
    job_key: jobKey(n),
    ext_reference_id: `jobylon_${derivedId('person', n)}`,
    pulsifi_job_id: derivedId('pulsifi job', n % JOBS),
    pulsifi_candidate_id: derivedId('pulsifi candidate', n),
    outcome: 'INVITED',
    status: 'completed',
    ...{ created_at: AT_MS, attempt: 1, first_attempt_at: AT_MS, http_status: 200, occurred_at: AT_MS },
  })

const access = (n: number): PulsifiAccess => ({
  ...{ application_key: candidateKey(n), candidate_key: candidateKey(n) },
  ...{ source: 'jobylon', tenant_id: 'default', pulsifi_candidate_id: derivedId('pulsifi candidate', n) },
  invitation_link: `https://assessment.example.com/${derivedId('code', n)}`,
  ...{ invite_code: derivedId('code', n), updated_at: AT_MS },
})

export async function openTopics(brokers: string, registryUrl: string) {
  const kafka = new Kafka({ brokers: [brokers], clientId: 'recovery', logLevel: logLevel.NOTHING })
  const registry = createRegistryClient({ url: registryUrl })
  await registry.registerSubjects()
  const codec = createCodec(registry)
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  const admin = kafka.admin()
  await Promise.all([producer.connect(), admin.connect()])

  /** @param partition of each record's key, unless it belongs to another entity */
  async function write<T extends AvroTopic>(
    topic: T,
    count: number,
    recordOf: (n: number) => {
      readonly key: string
      readonly record: RecordOf[T]
      readonly partition?: number
    },
    from = 0,
  ): Promise<void> {
    for (let first = from; first < count; first += BATCH) {
      const messages = Array.from({ length: Math.min(BATCH, count - first) }, (_, index) => {
        const { key, record, partition } = recordOf(first + index)
        return { key, value: codec.encode(topic, record), partition: partition ?? partitionOf(key) }
      })
      await producer.send({ topic, acks: -1, messages })
    }
  }

  async function writeLedger(from: number, to: number): Promise<void> {
    const recordOf = (n: number) => ({ key: candidateKey(n), record: invitation(n) })
    await write(PULSIFI_INVITATION, to, recordOf, from)
    await write(PULSIFI_ACCESS, to, n => ({ key: candidateKey(n), record: access(n) }), from)
  }

  return {
    writeLedger,
    async writeApplications(count: number): Promise<void> {
      await write(CANONICAL_JOB, JOBS, n => ({ key: jobKey(n), record: job(n) }))
      await write(PULSIFI_JOB_BINDING, JOBS, n => ({
        key: jobKey(n),
        record: bindingRecord({
          ...{ job_key: jobKey(n), state: 'BOUND', pulsifi_job_id: derivedId('pulsifi job', n) },
          ...{ job_kind: 'POSTING', job_status: 'OPEN', job_lifecycle: 'ACTIVE' },
        }),
      }))
      await write(CANONICAL_CANDIDATE, count, n => ({ key: candidateKey(n), record: candidate(n) }))
      await writeLedger(0, count)
      // Of each application: ours, and the two that Pulsifi gave it.
      await write(PULSIFI_REFERENCE, 3 * count, n => {
        const of = Math.floor(n / 3)
        const { ext_reference_id, pulsifi_candidate_id } = invitation(of)
        const reference = [ext_reference_id, pulsifi_candidate_id, access(of).invite_code][n % 3] ?? ''
        const kind = KINDS[n % 3] ?? 'UNKNOWN'
        const partition = partitionOf(candidateKey(of))
        const record = {
          reference,
          kind,
          claims: [],
          application_key: candidateKey(of),
          partition,
          attempt: 1,
          updated_at: AT_MS,
        }
        return { key: reference, record, partition }
      })
    },
    /** As if the sink had decided all of it. */
    async commitInputs(): Promise<void> {
      for (const topic of [CANONICAL_JOB, CANONICAL_CANDIDATE]) {
        const partitions = (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => ({
          partition,
          offset: high,
        }))
        await admin.setOffsets({ groupId: 'pulsifi-sink', topic, partitions })
      }
    },
    close: () => Promise.all([producer.disconnect(), admin.disconnect()]),
  }
}
