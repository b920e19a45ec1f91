/** `ops plan`: how many instances, partitions, how much disk and how much of Pulsifi so many applications a day need. */
import { type Command, InvalidArgumentError } from 'commander'
import { named } from '../../platform/avro/spelling.ts'
import type { Host } from '../cli/command-group.ts'
import { type Load, type Plan, planCapacity } from './capacity.ts'

type Options = Load

const ABOUT = `
Counts with what one process was measured to do (test/bench/results.md), half of it used at the peak, at least two
instances of each, and twice as many partitions as owners. Sizes of records are assumed, not measured: compare with your own
topics after a week. The number of partitions cannot be changed once topics are there.`

export function plan(program: Command, { runAlone }: Host): void {
  program
    .command('plan')
    .description('instances, partitions, disk and calls to Pulsifi that so many applications a day need')
    .requiredOption('--applications-per-day <count>', 'on a usual day', positive)
    .option(
      '--events-per-application <count>',
      'webhooks of application, candidate and job together',
      positive,
      4,
    )
    .option('--peak-factor <factor>', 'the busiest hour against the mean one', positive, 10)
    .option('--days <count>', 'for how long topics grow', positive, 365)
    .option('--replicas <count>', 'copies of each topic', positive, 3)
    .option(
      '--outage-hours <hours>',
      'for how long Kafka may be away without a webhook being refused',
      positive,
      4,
    )
    .addHelpText('after', ABOUT)
    .action((load: Options) =>
      runAlone(async ({ out }) => {
        const result = planCapacity(load)
        if (out.isJson) out.facts(named(result))
        else out.list(rowsOf(result), COLUMNS, '')
      }),
    )
}

function positive(text: string): number {
  const value = Number(text)
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('expected a number above 0')
  return value
}

interface Row {
  readonly what: string
  readonly needs: string
  readonly why: string
}
const COLUMNS = [
  { title: 'what', value: ({ what }: Row) => what },
  { title: 'needs', value: ({ needs }: Row) => needs },
  { title: 'why', value: ({ why }: Row) => why },
]

/** Two digits that matter, without an exponent. */
const short = (value: number): string => Number(value.toPrecision(2)).toLocaleString('en')

function rowsOf(result: Plan): readonly Row[] {
  const { pulsifi } = result
  const parts = (['ingress', 'normalizer', 'sink'] as const).map(name => {
    const { instances, cpuCores, memoryMib, perSecondAtPeak } = result[name]
    return {
      what: name === 'sink' ? 'pulsifi-sink' : name,
      needs: `${instances} instances, each ${short(cpuCores)} cores and ${memoryMib} MiB`,
      why: `${short(perSecondAtPeak)} a second at the peak`,
    }
  })
  return [
    ...parts,
    {
      what: 'partitions',
      needs: String(result.partitions),
      why: 'PARTITIONS; twice as many as instances that own them',
    },
    {
      what: 'brokers',
      needs: `${short(result.brokerDiskGib)} GiB`,
      why: 'all copies of all topics together',
    },
    {
      what: 'spool',
      needs: `${short(result.spoolMibPerInstance)} MiB`,
      why: 'SPOOL_MAX_MIB of each ingress, for an outage at the peak',
    },
    {
      what: 'Pulsifi',
      needs: `${short(pulsifi.ratePerSecondMin)} calls a second, ${short(pulsifi.ratePerSecondAtPeak)} so that nobody waits`,
      why: `PULSIFI_RATE_PER_SECOND; ${short(pulsifi.callsPerDay)} calls a day`,
    },
  ]
}
