/**
 * Every metric of every process, defined once; a process leaves untouched what it does not measure. What is read only when
 * somebody asks is in `metrics-when-asked.ts`.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { metricsWhenAsked } from './metrics-when-asked.ts'

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

/** The trace that an observation belongs to, as OpenMetrics shows it beside its bucket. */
export interface Exemplar {
  readonly trace_id: string
  readonly span_id: string
}

/**
 * A registry of its own for each process (and each test).
 * @param exemplars where there are traces: only OpenMetrics can show them, so that is what is answered then
 */
export function createMetrics({ exemplars = false } = {}) {
  const registry = new Registry()
  // Cast: what it writes is its own choice, and its type says otherwise.
  if (exemplars) registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never)
  collectDefaultMetrics({ register: registry })
  // Gauges under the name of a counter; the same by type stays, without the suffix.
  for (const what of ['handles', 'requests', 'resources'])
    registry.removeSingleMetric(`nodejs_active_${what}_total`)
  return {
    registry,
    ...eventMetrics(registry),
    ...latencyMetrics(registry, exemplars),
    ...consumerMetrics(registry),
    ...lossMetrics(registry),
    ...canaryMetrics(registry),
    ...httpMetrics(registry),
    ...producerMetrics(registry),
    ...spoolMetrics(registry),
    ...metricsWhenAsked(registry),
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
    results: new Counter({
      name: 'atsflow_results_total',
      help: 'Finished assessments that became known, by what led to the look: WEBHOOK for a callback, POLL for our schedule.',
      labelNames: ['trigger'] as const,
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
  }
}

function latencyMetrics(registry: Registry, exemplars: boolean) {
  return {
    pulsifiRequestSeconds: latency(registry, exemplars, {
      name: 'atsflow_pulsifi_request_duration_seconds',
      help: 'Requests to Pulsifi, from the beginning of each to its answer or fault.',
      labelNames: ['operation'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30],
    }),
    endToEndSeconds: latency(registry, exemplars, {
      name: 'atsflow_end_to_end_seconds',
      help: 'From the receipt of an event to what it led to.',
      labelNames: ['stage'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600],
    }),
    httpRequestSeconds: latency(registry, exemplars, {
      name: 'atsflow_http_request_seconds',
      help: 'Webhook requests, from the headers to the answer.',
      labelNames: ['source', 'status'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5],
    }),
  }
}

/** A histogram of durations whose buckets lead to traces, where there are any. */
function latency<Label extends string>(
  registry: Registry,
  exemplars: boolean,
  of: Readonly<Record<'name' | 'help', string>> & {
    readonly labelNames: Label[]
    readonly buckets: number[]
  },
) {
  const registers = [registry]
  if (!exemplars) {
    const plain = new Histogram({ ...of, registers })
    return {
      observe: (labels: Record<Label, string | number>, seconds: number, _exemplar?: Exemplar): void =>
        plain.observe(labels, seconds),
    }
  }
  const histogram = new Histogram({ ...of, registers, enableExemplars: true })
  return {
    observe: (labels: Record<Label, string | number>, value: number, exemplar?: Exemplar): void =>
      // Cast: the library takes any labels, and its type those of the histogram alone.
      histogram.observe({ labels, value, ...(exemplar && { exemplarLabels: { ...exemplar } as object }) }),
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

function canaryMetrics(registry: Registry) {
  const labelNames = ['source', 'tenant'] as const
  return {
    canaryPosts: new Counter({
      name: 'atsflow_canary_posts_total',
      help: 'Canaries that ingress posted to its public address, by the answer (or the code of the fault).',
      labelNames: [...labelNames, 'status'] as const,
      registers: [registry],
    }),
    canarySeconds: new Histogram({
      name: 'atsflow_canary_seconds',
      help: 'From posting a canary to the commit of what its canonical record led to.',
      labelNames,
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600],
      registers: [registry],
    }),
  }
}

function httpMetrics(registry: Registry) {
  const registers = [registry]
  return {
    httpRequestsInFlight: new Gauge({
      name: 'atsflow_http_requests_in_flight',
      help: 'Webhook requests that have no answer yet.',
      registers,
    }),
  }
}

function producerMetrics(registry: Registry) {
  return {
    collectFaultyFiles: (count: () => number): void =>
      void new Gauge({
        name: 'atsflow_files_refused',
        help: 'Files of secrets, certificates or tenants that have changed and cannot be used: what they said before counts.',
        registers: [registry],
        collect() {
          this.set(count())
        },
      }),
    producerFailures: new Counter({
      name: 'atsflow_producer_failures_total',
      help: 'Sends that finally failed; each costs a producer.',
      registers: [registry],
    }),
  }
}

function spoolMetrics(registry: Registry) {
  return {
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
