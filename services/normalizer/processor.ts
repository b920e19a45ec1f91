/** The normalizer as the runtime runs it: raw records in, canonical records out, and what is known of each key. */
import { CANONICAL_CANDIDATE, CANONICAL_JOB, rawTopic, redriveTopic } from '../core/topics.ts'
import type { Processor } from '../platform/processor.ts'
import { GROUP, versionFrom } from './decide.ts'
import type { Effect, Internal } from './follow-up.ts'
import { versionEntries } from './known-versions.ts'
import { NormalizerPartition, type PartitionPorts } from './partition.ts'
import { pendingEntries } from './wanted-files.ts'

export function createNormalizer(ports: PartitionPorts): Processor<Internal, Effect> {
  const { codec } = ports
  return {
    group: GROUP,
    inputs: [...[...ports.sources.keys()].map(rawTopic), redriveTopic(GROUP)],
    tables: [
      {
        topic: CANONICAL_JOB,
        entries: (key, value) => {
          const record = value && codec.decode(CANONICAL_JOB, value)
          return versionEntries('job', key, record ? versionFrom(codec, { type: 'job', record }) : undefined)
        },
      },
      {
        topic: CANONICAL_CANDIDATE,
        entries: (key, value) => {
          const record = value && codec.decode(CANONICAL_CANDIDATE, value)
          const version = record ? versionFrom(codec, { type: 'candidate', record }) : undefined
          return [
            ...versionEntries('candidate', key, version),
            ...pendingEntries(key, record || null, ports.hostsOf),
          ]
        },
      },
    ],
    prepare: values => codec.prepare(values),
    open: context => new NormalizerPartition(context, ports),
  }
}
