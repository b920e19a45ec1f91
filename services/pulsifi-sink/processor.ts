/** The sink as the runtime runs it. */
import {
  CANONICAL_CANDIDATE,
  CANONICAL_JOB,
  deadLetterTopic,
  PULSIFI_INBOX,
  PULSIFI_RAW,
  PULSIFI_REFERENCE,
  PULSIFI_SCORE,
  PULSIFI_STATUS,
  redriveTopic,
} from '../core/topics.ts'
import type { Processor } from '../platform/partitions/processor.ts'
import { GROUP } from './decide/decider.ts'
import type { Effect, Internal } from './decide/effects.ts'
import { createTables } from './ledger/tables.ts'
import { type PartitionPorts, SinkPartition } from './partition.ts'

export function createSink(ports: PartitionPorts): Processor<Internal, Effect> {
  const { codec } = ports.sink
  return {
    group: GROUP,
    inputs: [
      ...[CANONICAL_JOB, CANONICAL_CANDIDATE, PULSIFI_RAW, PULSIFI_INBOX],
      ...[redriveTopic(GROUP), deadLetterTopic('normalizer')],
    ],
    outputs: [
      ...[PULSIFI_INBOX, PULSIFI_REFERENCE, PULSIFI_SCORE, PULSIFI_STATUS],
      // A callback whose account does not answer comes again from its own redrive topic.
      ...[redriveTopic(GROUP), deadLetterTopic(GROUP)],
    ],
    tables: createTables(codec),
    prepare: values => codec.prepare(values),
    open: context => new SinkPartition(context, ports),
  }
}
