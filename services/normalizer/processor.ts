/** The normalizer as the runtime runs it: raw records in, canonical records out, and what is known of each key. */
import type { EntityType } from '../core/identity.ts'
import { CANARY, CANONICAL_COMPANY, deadLetterTopic, rawTopic, redriveTopic } from '../core/topics.ts'
import type { Processor, Table } from '../platform/partitions/processor.ts'
import { decode, GROUP, TOPIC, written } from './decide.ts'
import type { Effect, Internal } from './follow-up.ts'
import { keptEntries } from './kept-entries.ts'
import { knownVersion } from './known-versions.ts'
import { NormalizerPartition, type PartitionPorts } from './partition.ts'

/** What is known of the keys of a canonical topic. */
const tableOf = (type: EntityType, { codec, hostsOf }: PartitionPorts): Table => ({
  topic: TOPIC[type],
  entries(key, value, state) {
    const canonical = value === null ? null : decode(codec, type, value)
    const kept = canonical && { canonical, version: written(codec, canonical).version }
    return keptEntries({ type, key }, kept, knownVersion(state, type, key) !== undefined, hostsOf)
  },
})

export function createNormalizer(ports: PartitionPorts): Processor<Internal, Effect> {
  const { codec } = ports
  const raw = [...ports.sources.keys()].map(rawTopic)
  return {
    group: GROUP,
    inputs: [...raw, redriveTopic(GROUP)],
    // What came in before its company had a tenant goes to its raw topic once more.
    outputs: [CANONICAL_COMPANY, CANARY, deadLetterTopic(GROUP), ...raw],
    tables: [tableOf('job', ports), tableOf('candidate', ports)],
    prepare: values => codec.prepare(values),
    open: context => new NormalizerPartition(context, ports),
  }
}
