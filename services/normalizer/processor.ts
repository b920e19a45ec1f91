/** The normalizer as the runtime runs it: raw records in, canonical records out, and what is known of each key. */
import type { EntityType } from '../core/identity.ts'
import { CANARY, CANONICAL_COMPANY, deadLetterTopic, rawTopic, redriveTopic } from '../core/topics.ts'
import type { Processor, Table } from '../platform/partitions/processor.ts'
import { decode, GROUP, TOPIC, versionFrom } from './decide.ts'
import { pendingEntries } from './files/wanted-files.ts'
import type { Effect, Internal } from './follow-up.ts'
import { heldEntries } from './held.ts'
import { versionEntries } from './known-versions.ts'
import { NormalizerPartition, type PartitionPorts } from './partition.ts'

/** What is known of the keys of a canonical topic. */
const tableOf = (type: EntityType, { codec, hostsOf }: PartitionPorts): Table => ({
  topic: TOPIC[type],
  entries(key, value) {
    const canonical = value === null ? null : decode(codec, type, value)
    const version = canonical === null ? undefined : versionFrom(codec, canonical)
    const entries = [...versionEntries(type, key, version), ...heldEntries(type, key, canonical)]
    if (type === 'job') return entries
    const candidate = canonical?.type === 'candidate' ? canonical.record : null
    return [...entries, ...pendingEntries(key, candidate, hostsOf)]
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
