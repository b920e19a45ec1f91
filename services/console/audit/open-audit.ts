import { AUDIT } from '../../core/topics.ts'
import type { Codec } from '../../platform/avro/codec.ts'
import type { KafkaClient } from '../../platform/kafka/client.ts'
import { createGroupCommitProducer, PRODUCER_DEFAULTS } from '../../platform/kafka/producer.ts'
import type { Run } from '../../platform/process/run.ts'
import { type AuditTrail, createAuditTrail } from './trail.ts'

interface AuditPorts extends Pick<Run<unknown>, 'onClose'> {
  readonly kafka: Pick<KafkaClient, 'producer'>
  readonly codec: Pick<Codec, 'encode'>
}

const ACKNOWLEDGE_WITHIN_MS = 10_000

/** The trail on its topic. */
export function openAudit({ kafka, codec, onClose }: AuditPorts): AuditTrail {
  const producer = createGroupCommitProducer(kafka, {
    ...PRODUCER_DEFAULTS,
    acknowledgeWithinMs: ACKNOWLEDGE_WITHIN_MS,
    onFailure: () => undefined,
  })
  onClose('audit', producer.close)
  return createAuditTrail(
    entry =>
      producer.send({ topic: AUDIT, key: entry.audit_id, value: codec.encode(AUDIT, entry), headers: {} }),
    Date.now,
  )
}
