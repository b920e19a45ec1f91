/** Metrics that are read when somebody asks: how things stand, not what has happened. */
import { Gauge, type Registry } from 'prom-client'
import type { Version } from './version.ts'

type Sample = readonly [labels: Readonly<Record<string, string | number>>, value: number]

interface Question {
  readonly name: string
  readonly help: string
  readonly labels?: readonly string[]
  readonly read: () => Iterable<Sample> | Promise<Iterable<Sample>>
}

/** A gauge that holds nothing of the last answer: what is over is gone. */
function answerWhenAsked(registry: Registry, { name, help, labels = [], read }: Question): void {
  new Gauge({
    ...{ name, help, labelNames: [...labels], registers: [registry] },
    async collect() {
      const samples = await read()
      this.reset()
      for (const [of, value] of samples) this.set(of, value)
    },
  })
}

/** What waits somewhere. */
interface Backlog {
  readonly records: number
  readonly bytes: number
}

/** What waits on disk. */
interface SpoolBacklog extends Backlog {
  readonly bytesMax: number
  /** Since when the oldest of it may be there, in milliseconds since the epoch; null when nothing is. */
  readonly sinceMs: number | null
}

/** Records of a topic that nobody can read. */
export interface SetAsideCount {
  readonly topic: string
  /** Empty: of all partitions together. */
  readonly partition: number | ''
  readonly records: number
}

/** By topic: the cause, and how many records. */
interface Refused {
  readonly topics: () => ReadonlyMap<string, string>
  readonly setAside: () => ReadonlyMap<string, number>
}

/** How one account at Pulsifi is being called by this instance. */
interface PulsifiStatus {
  readonly tenant: string
  readonly circuit: string
  readonly ratePerSecond: number
  readonly waiting: Readonly<Record<string, number>>
}

/** Dead letters that nobody has decided on. */
export interface OpenDeadLetters {
  readonly topic: string
  /** The process that refused them. */
  readonly group: string
  /** Empty: there are none. */
  readonly reason: string
  readonly count: number
  /** Milliseconds since the epoch; null when there are none. */
  readonly oldestMs: number | null
}

/** Applications that have not come to an end, by the ledger. */
export interface OpenApplications {
  readonly outcome: string
  readonly count: number
  /** When the newest decision on the oldest of them was made, in milliseconds since the epoch; null when there are none. */
  readonly oldestMs: number | null
}

const ageSeconds = (sinceMs: number | null): number =>
  sinceMs === null ? 0 : Math.max(0, Date.now() - sinceMs) / 1000

export function metricsWhenAsked(registry: Registry) {
  const ask = (question: Question): void => answerWhenAsked(registry, question)
  return {
    /** What is running, as labels. */
    collectBuild(service: string, { version, git_sha, node }: Omit<Version, 'state_format'>): void {
      ask({
        name: 'atsflow_build_info',
        help: '1, with what is running as labels.',
        labels: ['service', 'version', 'git_sha', 'node'],
        read: () => [[{ service, version, git_sha: git_sha ?? 'unknown', node }, 1]],
      })
    },
    /** What this machine takes for now, ms since the epoch: who asks knows better. */
    collectClock(nowMs: () => number): void {
      ask({
        name: 'atsflow_clock_timestamp_seconds',
        help: 'What time it is by the clock of this process.',
        read: () => [[{}, nowMs() / 1000]],
      })
    },
    collectRegistry(isReached: () => Promise<boolean>): void {
      ask({
        name: 'atsflow_registry_reachable',
        help: '0 while the schema registry does not answer: nothing that starts gets further.',
        read: async () => [[{}, Number(await isReached())]],
      })
    },
    collectSetAside(all: () => Iterable<SetAsideCount>): void {
      ask({
        name: 'atsflow_records_set_aside',
        help: 'Records of a table that nobody can read, until something replaces them: anything but 0 is an alarm.',
        labels: ['topic', 'partition'],
        read: () => [...all()].map(({ topic, partition, records }) => [{ topic, partition }, records]),
      })
    },
    collectProducer(backlog: () => Backlog): void {
      askBacklog(
        ask,
        'atsflow_producer_queue',
        'that wait for the broker, those on the wire included',
        backlog,
      )
    },
    ...intakeMetrics(ask),
    ...canaryMetrics(ask),
    ...pulsifiMetrics(ask),
    ...openMetrics(ask),
  }
}

type Ask = (question: Question) => void

/** Two gauges over one backlog. */
function askBacklog(ask: Ask, name: string, what: string, backlog: () => Backlog): void {
  for (const unit of ['records', 'bytes'] as const) {
    const noun = unit === 'records' ? 'Records' : 'Bytes'
    ask({ name: `${name}_${unit}`, help: `${noun} ${what}.`, read: () => [[{}, backlog()[unit]]] })
  }
}

function intakeMetrics(ask: Ask) {
  return {
    collectSpool(spool: () => SpoolBacklog): void {
      askBacklog(ask, 'atsflow_spool', 'accepted and on disk because Kafka is away', spool)
      ask({
        name: 'atsflow_spool_limit_bytes',
        help: 'What the spool may take; when it is full, webhooks are answered 503.',
        read: () => [[{}, spool().bytesMax]],
      })
      ask({
        name: 'atsflow_spool_oldest_age_seconds',
        help: 'For how long the oldest record may have been waiting on disk: the age of its file; 0 when none is there.',
        read: () => [[{}, ageSeconds(spool().sinceMs)]],
      })
    },
    collectRefused({ topics, setAside }: Refused): void {
      ask({
        name: 'atsflow_topic_refused',
        help: '1 while Kafka refuses the topic for this cause: its events wait on disk.',
        labels: ['topic', 'cause'],
        read: () => [...topics()].map(([topic, cause]) => [{ topic, cause }, 1]),
      })
      ask({
        name: 'atsflow_spool_set_aside_records',
        help: 'Accepted records that Kafka will not take as they are, kept on disk for a person.',
        labels: ['topic'],
        read: () => [...setAside()].map(([topic, count]) => [{ topic }, count]),
      })
    },
  }
}

/** A connection to which canaries are posted, and how often. */
interface WatchedConnection {
  readonly source: string
  readonly tenant: string
  readonly seconds: number
}

function canaryMetrics(ask: Ask) {
  return {
    collectCanaries(watched: () => readonly WatchedConnection[]): void {
      ask({
        name: 'atsflow_canary_interval_seconds',
        help: 'How often a canary is posted to this connection by this instance.',
        labels: ['source', 'tenant'],
        read: () => watched().map(({ source, tenant, seconds }) => [{ source, tenant }, seconds]),
      })
    },
  }
}

function pulsifiMetrics(ask: Ask) {
  return {
    collectPulsifi(statuses: () => readonly PulsifiStatus[]): void {
      ask({
        name: 'atsflow_pulsifi_rate_per_second',
        help: 'Requests a second that this instance may make now.',
        labels: ['tenant'],
        read: () => statuses().map(({ tenant, ratePerSecond }) => [{ tenant }, ratePerSecond]),
      })
      ask({
        name: 'atsflow_pulsifi_circuit_open',
        help: '1 while nothing is called because Pulsifi fails.',
        labels: ['tenant'],
        read: () => statuses().map(({ tenant, circuit }) => [{ tenant }, circuit === 'closed' ? 0 : 1]),
      })
      ask({
        name: 'atsflow_pulsifi_waiting',
        help: 'Calls that wait for their turn, by urgency.',
        labels: ['tenant', 'urgency'],
        read: () =>
          statuses().flatMap(({ tenant, waiting }) =>
            Object.entries(waiting).map(([urgency, count]): Sample => [{ tenant, urgency }, count]),
          ),
      })
    },
  }
}

function openMetrics(ask: Ask) {
  return {
    collectDeadLetters(read: () => Promise<readonly OpenDeadLetters[]>): void {
      const labelled = async (value: (letters: OpenDeadLetters) => number): Promise<readonly Sample[]> =>
        (await read()).map(({ topic, group, reason, ...rest }) => [
          { topic, group, reason },
          value({ topic, group, reason, ...rest }),
        ])
      ask({
        name: 'atsflow_dead_letters',
        help: 'Dead letters that nobody has decided on, by the process that refused them and why.',
        labels: ['topic', 'group', 'reason'],
        read: () => labelled(({ count }) => count),
      })
      ask({
        name: 'atsflow_dead_letters_oldest_age_seconds',
        help: 'For how long the oldest of them has waited for a decision; 0 when there is none.',
        labels: ['topic', 'group', 'reason'],
        read: () => labelled(({ oldestMs }) => ageSeconds(oldestMs)),
      })
    },
    collectApplications(read: () => Promise<readonly OpenApplications[]>): void {
      ask({
        name: 'atsflow_applications_open',
        help: 'Applications that have not come to an end, by the newest decision on them.',
        labels: ['outcome'],
        read: async () => (await read()).map(({ outcome, count }) => [{ outcome }, count]),
      })
      ask({
        name: 'atsflow_applications_open_oldest_age_seconds',
        help: 'How long ago the oldest of these decisions was made; 0 where none is open.',
        labels: ['outcome'],
        read: async () => (await read()).map(({ outcome, oldestMs }) => [{ outcome }, ageSeconds(oldestMs)]),
      })
    },
  }
}
