/** What every instance knows of the companies that signed up: a job names its company by the id alone. */
import { join } from 'node:path'
import { entityKey } from '../core/identity.ts'
import { CANONICAL_COMPANY } from '../core/topics.ts'
import type { Codec } from '../platform/avro/codec.ts'
import type { Connections } from '../platform/connections/connections.ts'
import type { KafkaClient } from '../platform/kafka/client.ts'
import { createLossTeller } from '../platform/partitions/losses.ts'
import type { Logger } from '../platform/process/logger.ts'
import type { Metrics } from '../platform/process/metrics.ts'
import { checkRights, rightTeller } from '../platform/readers/missing-right.ts'
import { WholeTable } from '../platform/readers/whole-table.ts'

export interface CompanyNamesOptions {
  readonly kafka: KafkaClient
  readonly codec: Codec
  readonly connections: Pick<Connections, 'connectionOf'>
  readonly directory: string
  readonly metrics: Metrics
  readonly log: Logger
  readonly crash: (error: unknown) => never
}

export function createCompanyNames(options: CompanyNamesOptions) {
  const { kafka, codec, connections, directory, metrics, log, crash } = options
  const table = new WholeTable({
    ...{ kafka, topic: CANONICAL_COMPANY, reader: 'normalizer', path: join(directory, 'companies') },
    prepare: codec.prepare,
    entries: (key, value) => [
      [key, value === null ? undefined : (codec.decode(CANONICAL_COMPANY, value).name ?? undefined)],
    ],
    lost: createLossTeller(metrics, log),
    unreadable: at =>
      log.error(
        { event: 'record_set_aside', ...at },
        'Nobody can read this record: look at it, then skip it.',
      ),
    denied: rightTeller(log),
    crash,
  })
  // Cast: the table's own `entries` above writes nothing else.
  const nameUnder = (key: string) => table.get(key) as string | undefined
  return {
    /** By what it said when it signed up: with its tenant by then, or before it had one. */
    nameOf(source: string, tenant: string, companyId: string): string | null {
      const through = connections.connectionOf(source, tenant)?.tenant ?? tenant
      return (
        nameUnder(entityKey(source, tenant, companyId)) ??
        nameUnder(entityKey(source, through, companyId)) ??
        null
      )
    },
    ready: () => checkRights([table]),
    start: () => table.start(),
    stop: () => table.stop(),
  }
}
