/** What spans of messages say, by OpenTelemetry's conventions for messaging and for Kafka. */
import {
  ATTR_CLOUDEVENTS_EVENT_ID,
  ATTR_KAFKA_OFFSET,
  ATTR_MESSAGING_BATCH_MESSAGE_COUNT,
  ATTR_MESSAGING_CONSUMER_GROUP_NAME,
  ATTR_MESSAGING_DESTINATION_NAME,
  ATTR_MESSAGING_DESTINATION_PARTITION_ID,
  ATTR_MESSAGING_OPERATION_NAME,
  ATTR_MESSAGING_OPERATION_TYPE,
  ATTR_MESSAGING_SYSTEM,
  MESSAGING_OPERATION_TYPE_VALUE_PROCESS,
  MESSAGING_OPERATION_TYPE_VALUE_SEND,
  MESSAGING_SYSTEM_VALUE_KAFKA,
} from '@opentelemetry/semantic-conventions/incubating'
import { HEADER } from '../../core/topics.ts'
import { headerText } from '../kafka/record-headers.ts'
import type { InputRecord } from '../partitions/processor.ts'
import type { SpanStart } from './spans.ts'

type Described = Pick<SpanStart, 'name' | 'kind' | 'attributes'>

/** Records of one topic, together. Their keys are ids of other systems, and stay out. */
export const sending = (topic: string, count: number): Described => ({
  name: `send ${topic}`,
  kind: 'producer',
  attributes: {
    [ATTR_MESSAGING_SYSTEM]: MESSAGING_SYSTEM_VALUE_KAFKA,
    [ATTR_MESSAGING_OPERATION_NAME]: 'send',
    [ATTR_MESSAGING_OPERATION_TYPE]: MESSAGING_OPERATION_TYPE_VALUE_SEND,
    [ATTR_MESSAGING_DESTINATION_NAME]: topic,
    ...(count === 1 ? {} : { [ATTR_MESSAGING_BATCH_MESSAGE_COUNT]: count }),
  },
})

export function processing({ topic, partition, offset, headers }: InputRecord, group: string): Described {
  const eventId = headerText(headers, HEADER.id)
  return {
    name: `process ${topic}`,
    kind: 'consumer',
    attributes: {
      [ATTR_MESSAGING_SYSTEM]: MESSAGING_SYSTEM_VALUE_KAFKA,
      [ATTR_MESSAGING_OPERATION_NAME]: 'process',
      [ATTR_MESSAGING_OPERATION_TYPE]: MESSAGING_OPERATION_TYPE_VALUE_PROCESS,
      [ATTR_MESSAGING_DESTINATION_NAME]: topic,
      [ATTR_MESSAGING_DESTINATION_PARTITION_ID]: String(partition),
      [ATTR_MESSAGING_CONSUMER_GROUP_NAME]: group,
      [ATTR_KAFKA_OFFSET]: offset,
      ...(eventId === undefined ? {} : { [ATTR_CLOUDEVENTS_EVENT_ID]: eventId }),
    },
  }
}
