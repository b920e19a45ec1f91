/** How much of everything so many applications a day need, by what was measured. Pure. */

/** Medians of test/bench/results.md, on two cores that also ran the broker and the load. */
export const MEASURED = {
  ingress: { perSecond: 5_705, cpuSecondsPer1000: 0.182, peakMib: 203 },
  /** With 1,000,000 candidates known. */
  normalizer: { perSecond: 4_311, cpuSecondsPer1000: 0.237, peakMib: 416 },
  /** Invitations, 16 at once, answered within 100 ms. */
  sink: { perSecond: 152, cpuSecondsPer1000: 2.76, peakMib: 360 },
} as const

/** Of a record on disk, its headers included. Nobody has measured these: they are those of the benchmark's webhooks. */
const ASSUMED_BYTES = { raw: 2_500, canonical: 2_000, ledger: 1_500, result: 3_000, score: 400 } as const
const SCORES_PER_RESULT = 11
/** As infra/topics.yaml has them. */
const RAW_DAYS = 14
const CANONICAL_VERSIONS_DAYS = 7
/** One call invites; a callback costs a look, and a look by plan finds who does not finish. */
const CALLS_PER_APPLICATION = 3

/** What of an instance is used at the peak: the rest is for catching up, and for one that is away. */
const USED_SHARE_MAX = 0.5
/** One may be away. */
const INSTANCES_MIN = 2
const PARTITIONS_MIN = 6
const GIB = 1024 ** 3
const DAY_SECONDS = 86_400

export interface Load {
  readonly applicationsPerDay: number
  /** Webhooks of the application, its candidate and its job together. */
  readonly eventsPerApplication: number
  /** The busiest hour against the mean one. */
  readonly peakFactor: number
  /** How long topics and scores are kept; of what never goes, the first so many days. */
  readonly days: number
  readonly replicas: number
  /** How long Kafka may be away without a webhook being refused. */
  readonly outageHours: number
}

export interface PartPlan {
  readonly perSecondAtPeak: number
  readonly instances: number
  /** Of one instance at the peak. */
  readonly cpuCores: number
  readonly memoryMib: number
}

export interface Plan {
  readonly ingress: PartPlan
  readonly normalizer: PartPlan
  readonly sink: PartPlan
  readonly partitions: number
  /** Of all brokers together. */
  readonly brokerDiskGib: number
  readonly spoolMibPerInstance: number
  readonly pulsifi: {
    readonly callsPerDay: number
    /** Below it the queue only grows. */
    readonly ratePerSecondMin: number
    /** With it nobody waits for a turn, not even in the busiest hour. */
    readonly ratePerSecondAtPeak: number
  }
}

/** @throws RangeError when a number is none that can be planned with */
export function planCapacity(load: Load): Plan {
  for (const [name, value] of Object.entries(load))
    if (!Number.isFinite(value) || value <= 0) throw new RangeError(`${name} must be above 0`)
  const { applicationsPerDay, eventsPerApplication, peakFactor } = load
  const eventsPerDay = applicationsPerDay * eventsPerApplication
  const atPeak = (perDay: number): number => (perDay / DAY_SECONDS) * peakFactor
  const parts = {
    ingress: planPart(MEASURED.ingress, atPeak(eventsPerDay)),
    normalizer: planPart(MEASURED.normalizer, atPeak(eventsPerDay)),
    sink: planPart(MEASURED.sink, atPeak(applicationsPerDay)),
  }
  const owners = Math.max(parts.normalizer.instances, parts.sink.instances)
  const callsPerDay = applicationsPerDay * CALLS_PER_APPLICATION
  const spoolBytes = atPeak(eventsPerDay) * ASSUMED_BYTES.raw * load.outageHours * 3_600
  return {
    ...parts,
    partitions: Math.ceil((owners * 2) / PARTITIONS_MIN) * PARTITIONS_MIN,
    brokerDiskGib: (diskBytes(load, eventsPerDay) * load.replicas) / GIB,
    // Half of the spool is for a topic that is refused.
    spoolMibPerInstance: Math.ceil((spoolBytes / parts.ingress.instances / 1024 ** 2) * 2),
    pulsifi: {
      callsPerDay,
      ratePerSecondMin: callsPerDay / DAY_SECONDS,
      ratePerSecondAtPeak: atPeak(callsPerDay),
    },
  }
}

function planPart(measured: (typeof MEASURED)[keyof typeof MEASURED], perSecondAtPeak: number): PartPlan {
  const instances = Math.max(
    INSTANCES_MIN,
    Math.ceil(perSecondAtPeak / (measured.perSecond * USED_SHARE_MAX)),
  )
  return {
    perSecondAtPeak,
    instances,
    cpuCores: ((perSecondAtPeak / instances) * measured.cpuSecondsPer1000) / 1_000,
    memoryMib: measured.peakMib,
  }
}

/** One copy of everything: what goes by age, and what stays, after so many days. */
function diskBytes({ applicationsPerDay, days }: Load, eventsPerDay: number): number {
  const { raw, canonical, ledger, result, score } = ASSUMED_BYTES
  const passing = eventsPerDay * (raw * RAW_DAYS + canonical * Math.min(days, CANONICAL_VERSIONS_DAYS))
  const staying = applicationsPerDay * days * (canonical + ledger + result + score * SCORES_PER_RESULT)
  return passing + staying
}
