/** What a person decides about an application, told to the owner of its partition as the operator's command tells it. */
import { commandRecord } from '../core/inbox-command.ts'
import { PULSIFI_INBOX } from '../core/topics.ts'
import type { Codec } from '../platform/avro/codec.ts'
import type { KafkaClient } from '../platform/kafka/client.ts'
import { createGroupCommitProducer, PRODUCER_DEFAULTS } from '../platform/kafka/producer.ts'
import { NotAcknowledged, Overloaded } from '../platform/kafka/producer-client.ts'
import type { Run } from '../platform/process/run.ts'
import { type ApiContext, ApiError } from './figures/endpoint.ts'

interface OwnerPorts extends Pick<Run<unknown>, 'onClose'> {
  readonly kafka: Pick<KafkaClient, 'producer'>
  readonly codec: Pick<Codec, 'encode'>
  readonly nowMs: () => number
}

const ACKNOWLEDGE_WITHIN_MS = 10_000
const UNCONFIRMED =
  'Kafka did not confirm it: look whether the application changes, then try again, or give the command. The user of the console needs the right to write pulsifi.inbox.v1'

export function createOwnerTeller({ kafka, codec, onClose, nowMs }: OwnerPorts): ApiContext['tellOwner'] {
  // Few ever decide: a connection is made when the first does.
  let producer: ReturnType<typeof createGroupCommitProducer> | undefined
  onClose('commands', async () => producer?.close())
  return async (command, partition) => {
    producer ??= createGroupCommitProducer(kafka, {
      ...PRODUCER_DEFAULTS,
      acknowledgeWithinMs: ACKNOWLEDGE_WITHIN_MS,
      onFailure: () => undefined,
    })
    const record = commandRecord(command, nowMs())
    const value = codec.encode(PULSIFI_INBOX, record)
    try {
      await producer.send({ topic: PULSIFI_INBOX, key: record.entity_key, value, headers: {}, partition })
    } catch (error) {
      if (!(error instanceof NotAcknowledged || error instanceof Overloaded)) throw error
      throw new ApiError(503, 'NOT_CONFIRMED', UNCONFIRMED)
    }
  }
}
