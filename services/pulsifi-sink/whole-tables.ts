/** What every instance knows of all partitions: the bindings of jobs, and whose identifiers Pulsifi's are. */
import { join } from 'node:path'
import { PULSIFI_JOB_BINDING, PULSIFI_REFERENCE } from '../core/topics.ts'
import type { Codec } from '../platform/avro/codec.ts'
import type { KafkaClient } from '../platform/kafka/client.ts'
import { createLossTeller } from '../platform/partitions/losses.ts'
import type { Logger } from '../platform/process/logger.ts'
import type { Metrics } from '../platform/process/metrics.ts'
import { checkRights, rightTeller } from '../platform/readers/missing-right.ts'
import { WholeTable, type WholeTableOptions } from '../platform/readers/whole-table.ts'
import { GROUP } from './decide/decider.ts'
import { bindingTableEntries, findBinding, keysOfChanged, type NamedJob } from './ledger/tables.ts'
import { findClaimant, findReference, findWitness, referenceTableEntries } from './ledger/witness.ts'

export interface WholeTablesOptions {
  readonly kafka: KafkaClient
  readonly codec: Codec
  readonly directory: string
  readonly metrics: Metrics
  readonly log: Logger
  readonly crash: (error: unknown) => never
}

export function createWholeTables({ kafka, codec, directory, metrics, log, crash }: WholeTablesOptions) {
  const lost = createLossTeller(metrics, log)
  const unreadable: WholeTableOptions['unreadable'] = at =>
    log.error({ event: 'record_set_aside', ...at }, 'Nobody can read this record: look at it, then skip it.')
  const denied = rightTeller(log)
  const common = { kafka, reader: GROUP, lost, unreadable, denied, crash, prepare: codec.prepare }
  const bindings = new WholeTable({
    ...common,
    topic: PULSIFI_JOB_BINDING,
    path: join(directory, 'bindings'),
    entries: (key, value) => bindingTableEntries(codec, key, value),
  })
  const references = new WholeTable({
    ...common,
    topic: PULSIFI_REFERENCE,
    path: join(directory, 'references'),
    entries: (key, value, state) => referenceTableEntries(codec, key, value, state),
  })
  return {
    /** What looking up a callback asks of them. */
    references: {
      findReference: (reference: string) => findReference(references, reference),
      untilReferencesLevel: (signal: AbortSignal) => references.untilLevel(signal),
    },
    /** What decisions ask of them. */
    finders: {
      findBinding: (job: NamedJob) => findBinding(bindings, job),
      findWitness: (applicationKey: string, partition: number) =>
        findWitness(references, applicationKey, partition),
      findClaimant: (claim: string) => findClaimant(references, claim),
    },
    onJobsChanged: (listener: (jobKeys: readonly string[]) => void) =>
      bindings.onChange(keys => listener(keysOfChanged(bindings, keys))),
    /** Of the topic that no partition keeps: the others are told of by their owners. */
    *setAside() {
      const records = [...references.setAside()].length
      if (records > 0) yield { topic: PULSIFI_REFERENCE, partition: '', records } as const
    },
    ready: () => checkRights([bindings, references]),
    start: async () => void (await Promise.all([bindings.start(), references.start()])),
    stop: async () => void (await Promise.all([bindings.stop(), references.stop()])),
  }
}
