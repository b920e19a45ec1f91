/** Every metric of every process, defined once; a process leaves untouched what it does not measure. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

/** What becomes of an event. `received` is the sum of the others once everything is processed. */
export type EventOutcome = 'received' | 'published' | 'duplicate' | 'skipped' | 'dead_lettered'

export interface EventLabels {
  readonly source: string
  readonly tenant: string
  readonly outcome: EventOutcome
  /** A code, where the outcome has one; never text from outside. */
  readonly reason?: string
}

/** A registry of its own for each process (and each test). */
export function createMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return {
    registry,
    ...eventMetrics(registry),
    ...consumerMetrics(registry),
    ...lossMetrics(registry),
    ...setAsideMetrics(registry),
    ...httpMetrics(registry),
    ...producerMetrics(registry),
    ...spoolMetrics(registry),
    ...deadLetterMetrics(registry),
    ...pulsifiMetrics(registry),
  }
}

function eventMetrics(registry: Registry) {
  const registers = [registry]
  const events = new Counter({
    name: 'atsflow_events_total',
    help: 'Events by what became of them; the unit is one raw record or one dead letter of ingress.',
    labelNames: ['source', 'tenant', 'outcome', 'reason'] as const,
    registers,
  })
  return {
    events: { inc: (labels: EventLabels, count = 1): void => events.inc({ ...labels }, count) },
    files: new Counter({
      name: 'atsflow_files_total',
      help: 'Files that sources sent as links, by what became of them.',
      labelNames: ['source', 'outcome'] as const,
      registers,
    }),
    invitations: new Counter({
      name: 'atsflow_invitations_total',
      help: 'Decisions on applications by outcome.',
      labelNames: ['outcome'] as const,
      registers,
    }),
    alarms: new Counter({
      name: 'atsflow_alarms_total',
      help: 'What should never be and a person must look at, by reason, once for each application.',
      labelNames: ['reason'] as const,
      registers,
    }),
    pulsifiRequests: new Counter({
      name: 'atsflow_pulsifi_requests_total',
      help: 'Requests to Pulsifi by operation and status (or the code of the network fault).',
      labelNames: ['operation', 'status'] as const,
      registers,
    }),
    endToEndSeconds: new Histogram({
      name: 'atsflow_end_to_end_seconds',
      help: 'From the receipt of an event to what it led to.',
      labelNames: ['stage'] as const,
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600],
      registers,
    }),
  }
}

function consumerMetrics(registry: Registry) {
  const registers = [registry]
  const labelNames = ['topic', 'partition'] as const
  return {
    completenessDelta: new Gauge({
      name: 'atsflow_completeness_delta',
      help: 'Offsets committed minus outcomes counted: anything but 0 is a bug; NaN where the counts are gone.',
      labelNames,
      registers,
    }),
    completenessKnown: new Gauge({
      name: 'atsflow_completeness_known',
      help: '0 where somebody else has set the committed offset: what happened before it was not counted.',
      labelNames,
      registers,
    }),
    offsetsLost: new Gauge({
      name: 'atsflow_offsets_lost',
      help: 'Offsets that retention took before they were read, since counting began: each was an event.',
      labelNames,
      registers,
    }),
    consumerLag: new Gauge({
      name: 'atsflow_consumer_lag',
      help: 'Offsets between what is committed and the end of the partition.',
      labelNames,
      registers,
    }),
    consumerProgressAgeSeconds: new Gauge({
      name: 'atsflow_consumer_progress_age_seconds',
      help: 'For how long what is committed was seen not to move while there was lag; 0 without lag.',
      labelNames,
      registers,
    }),
    openStepAgeSeconds: new Gauge({
      name: 'atsflow_open_step_age_seconds',
      help: 'For how long decisions of a partition were seen waiting for their commit; 0 when none does.',
      labelNames: ['partition'] as const,
      registers,
    }),
  }
}

function lossMetrics(registry: Registry) {
  const registers = [registry]
  const labelNames = ['topic', 'partition'] as const
  return {
    ledgerLost: new Gauge({
      name: 'atsflow_ledger_lost',
      help: '1 while nothing is decided for a partition because its ledger holds less than was known of it.',
      labelNames,
      registers,
    }),
    rebuiltAfterLoss: new Counter({
      name: 'atsflow_state_rebuilt_after_loss_total',
      help: 'How often state was made anew because a topic holds less than was known of it.',
      labelNames,
      registers,
    }),
  }
}

/** Records of a topic that nobody can read. */
export interface SetAsideCount {
  readonly topic: string
  /** Empty: of all partitions together. */
  readonly partition: number | ''
  readonly records: number
}

function setAsideMetrics(registry: Registry) {
  return {
    collectSetAside(all: () => Iterable<SetAsideCount>): void {
      new Gauge({
        name: 'atsflow_records_set_aside',
        help: 'Records of a table that nobody can read, until something replaces them: anything but 0 is an alarm.',
        labelNames: ['topic', 'partition'],
        registers: [registry],
        collect() {
          this.reset()
          for (const { topic, partition, records } of all()) this.set({ topic, partition }, records)
        },
      })
    },
  }
}

function httpMetrics(registry: Registry) {
  const registers = [registry]
  return {
    httpRequestSeconds: new Histogram({
      name: 'atsflow_http_request_seconds',
      help: 'Webhook requests, from the headers to the answer.',
      labelNames: ['source', 'status'] as const,
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5],
      registers,
    }),
    httpRequestsInFlight: new Gauge({
      name: 'atsflow_http_requests_in_flight',
      help: 'Webhook requests that have no answer yet.',
      registers,
    }),
  }
}

/** What waits somewhere, as it is when somebody asks. */
interface Backlog {
  readonly records: number
  readonly bytes: number
}

/** Two gauges over one backlog. */
function backlogGauges(registry: Registry, name: string, what: string, backlog: () => Backlog): void {
  for (const unit of ['records', 'bytes'] as const) {
    new Gauge({
      name: `${name}_${unit}`,
      help: `${unit === 'records' ? 'Records' : 'Bytes'} ${what}.`,
      registers: [registry],
      collect() {
        this.set(backlog()[unit])
      },
    })
  }
}

function producerMetrics(registry: Registry) {
  return {
    collectProducer: (backlog: () => Backlog): void =>
      backlogGauges(
        registry,
        'atsflow_producer_queue',
        'that wait for the broker, those on the wire included',
        backlog,
      ),
    producerFailures: new Counter({
      name: 'atsflow_producer_failures_total',
      help: 'Sends that finally failed; each costs a producer.',
      registers: [registry],
    }),
  }
}

/** By topic: the cause, and how many records. */
interface Refused {
  readonly topics: () => ReadonlyMap<string, string>
  readonly setAside: () => ReadonlyMap<string, number>
}

function spoolMetrics(registry: Registry) {
  return {
    collectSpool: (backlog: () => Backlog): void =>
      backlogGauges(registry, 'atsflow_spool', 'accepted and on disk because Kafka is away', backlog),
    collectRefused({ topics, setAside }: Refused): void {
      new Gauge({
        name: 'atsflow_topic_refused',
        help: '1 while Kafka refuses the topic for this cause: its events wait on disk.',
        labelNames: ['topic', 'cause'] as const,
        registers: [registry],
        collect() {
          this.reset()
          for (const [topic, cause] of topics()) this.set({ topic, cause }, 1)
        },
      })
      new Gauge({
        name: 'atsflow_spool_set_aside_records',
        help: 'Accepted records that Kafka will not take as they are, kept on disk for a person.',
        labelNames: ['topic'] as const,
        registers: [registry],
        collect() {
          this.reset()
          for (const [topic, count] of setAside()) this.set({ topic }, count)
        },
      })
    },
    spooledRecords: new Counter({
      name: 'atsflow_spooled_records_total',
      help: 'Records that were accepted to disk because Kafka did not take them in time.',
      registers: [registry],
    }),
    spoolDamagedRecords: new Counter({
      name: 'atsflow_spool_damaged_records_total',
      help: 'Accepted records that could not be read back from disk: each is a loss.',
      registers: [registry],
    }),
  }
}

/** How one account at Pulsifi is being called by this instance. */
interface PulsifiStatus {
  readonly tenant: string
  readonly circuit: string
  readonly ratePerSecond: number
  readonly waiting: Readonly<Record<string, number>>
}

function deadLetterMetrics(registry: Registry) {
  return {
    /** @param read dead letters that nobody has decided on, by topic */
    collectDeadLetters: (read: () => Promise<ReadonlyMap<string, number>>): Gauge =>
      new Gauge({
        name: 'atsflow_dead_letters',
        help: 'Dead letters that nobody has decided on.',
        labelNames: ['topic'],
        registers: [registry],
        async collect() {
          for (const [topic, count] of await read()) this.set({ topic }, count)
        },
      }),
  }
}

function pulsifiMetrics(registry: Registry) {
  return {
    collectPulsifi(statuses: () => readonly PulsifiStatus[]): void {
      const gauge = (
        name: string,
        help: string,
        labels: string[],
        show: (gauge: Gauge, status: PulsifiStatus) => void,
      ) =>
        new Gauge({
          ...{ name: `atsflow_pulsifi_${name}`, help, labelNames: labels, registers: [registry] },
          collect() {
            for (const status of statuses()) show(this, status)
          },
        })
      const tenants = ['tenant']
      gauge('rate_per_second', 'Requests a second that this instance may make now.', tenants, (it, status) =>
        it.set({ tenant: status.tenant }, status.ratePerSecond),
      )
      gauge('circuit_open', '1 while nothing is called because Pulsifi fails.', tenants, (it, status) =>
        it.set({ tenant: status.tenant }, status.circuit === 'closed' ? 0 : 1),
      )
      const byUrgency = ['tenant', 'urgency']
      gauge(
        'waiting',
        'Calls that wait for their turn, by urgency.',
        byUrgency,
        (it, { tenant, waiting }) => {
          for (const [urgency, count] of Object.entries(waiting)) it.set({ tenant, urgency }, count)
        },
      )
    },
  }
}
