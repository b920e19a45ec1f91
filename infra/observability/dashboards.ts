/** The dashboards: one that says whether it works, one for calls to Pulsifi, one for the processes. */
import type { DashboardPlan, PanelPlan } from './grafana.ts'

const number = (title: string, about: string, expr: string, more: Partial<PanelPlan> = {}): PanelPlan => ({
  ...{ show: 'stat', title, about, queries: [{ expr }] },
  ...more,
})
const lines = (
  title: string,
  about: string,
  queries: PanelPlan['queries'],
  more: Partial<PanelPlan> = {},
): PanelPlan => ({
  ...{ show: 'timeseries', title, about, queries },
  ...more,
})
const quantiles = (metric: string, by: string): PanelPlan['queries'] =>
  [0.5, 0.95].map(quantile => ({
    expr: `histogram_quantile(${quantile}, sum by (${by}, le) (rate(${metric}_bucket[$__rate_interval])))`,
    legend: `{{${by}}} ${quantile * 100} %`,
  }))

const works: DashboardPlan = {
  uid: 'atsflow-works',
  title: 'atsflow: does it work',
  about: 'Whether events come in, arrive, and lead to invitations; and what waits for a person.',
  rows: [
    {
      title: 'At a glance',
      panels: [
        number('Processes that do not answer', '0, or see AtsflowDown.', 'count(up{job="atsflow"} == 0)', {
          red: 1,
        }),
        number(
          'Oldest event on ingress’s disk',
          '0: everything is on Kafka. See AtsflowSpooling.',
          'max(atsflow_spool_oldest_age_seconds)',
          { unit: 's', orange: 30, red: 300 },
        ),
        number(
          'Longest standstill',
          'For how long what is committed has not moved although there is more. See AtsflowStandsStill.',
          'max(atsflow_consumer_progress_age_seconds)',
          { unit: 's', orange: 60, red: 180 },
        ),
        number(
          'Events without an outcome',
          '0: received = published + duplicate + skipped + dead-lettered. See AtsflowIncomplete.',
          'sum(abs(atsflow_completeness_delta))',
          { red: 1 },
        ),
      ],
    },
    {
      title: 'What waits for a person',
      panels: [
        number(
          'Ambiguous',
          'Nobody knows whether they are invited. See AtsflowAmbiguous.',
          'sum(atsflow_applications_open{outcome="AMBIGUOUS"})',
          { orange: 1 },
        ),
        number(
          'Blocked',
          'A person can fix the reason: npm run ops -- invitations list --outcome BLOCKED.',
          'sum(atsflow_applications_open{outcome="BLOCKED"})',
        ),
        number(
          'Given up',
          'Pulsifi took nothing for 24 hours. See AtsflowRetriesExhausted.',
          'sum(atsflow_applications_open{outcome="FAILED"})',
          { orange: 1 },
        ),
        number(
          'Dead letters',
          'Events that a process refused. See AtsflowDeadLetters.',
          'sum(atsflow_dead_letters)',
          { orange: 1 },
        ),
        lines('Open applications', 'By the newest decision on them.', [
          { expr: 'sum by (outcome) (atsflow_applications_open)', legend: '{{outcome}}' },
        ]),
        lines(
          'Age of the oldest open application',
          'How long ago the oldest of these decisions was made.',
          [
            {
              expr: 'max by (outcome) (atsflow_applications_open_oldest_age_seconds)',
              legend: '{{outcome}}',
            },
          ],
          { unit: 's' },
        ),
        {
          ...{ show: 'table', title: 'Dead letters by process and reason', width: 8 },
          about: 'What each reason means says the README.',
          queries: [{ expr: 'sum by (group, reason) (atsflow_dead_letters) > 0' }],
        },
      ],
    },
    {
      title: 'The way of events',
      panels: [
        lines(
          'Webhooks',
          'Answers by source and status; 5xx must be sent again.',
          [
            {
              expr: 'sum by (source, status) (rate(atsflow_http_request_seconds_count[$__rate_interval]))',
              legend: '{{source}} {{status}}',
            },
          ],
          { unit: 'reqps' },
        ),
        lines(
          'Events by what became of them',
          'Of the normalizer and the sink together.',
          [
            {
              expr: 'sum by (outcome) (rate(atsflow_events_total[$__rate_interval]))',
              legend: '{{outcome}}',
            },
          ],
          { unit: 'reqps' },
        ),
        lines(
          'From receipt to record',
          'How fresh topics are.',
          quantiles('atsflow_end_to_end_seconds', 'stage'),
          { unit: 's' },
        ),
        lines(
          'Canaries, from the public address to the record',
          'Made-up deliveries. See AtsflowCanaryMissing and AtsflowCanarySlow.',
          quantiles('atsflow_canary_seconds', 'source'),
          { unit: 's' },
        ),
        lines('Lag', 'Records between what is committed and the end.', [
          { expr: 'sum by (topic) (atsflow_consumer_lag)', legend: '{{topic}}' },
        ]),
        lines('On ingress’s disk', 'Accepted events while Kafka is away.', [
          { expr: 'sum(atsflow_spool_records)', legend: 'waiting' },
          { expr: 'sum by (topic) (atsflow_spool_set_aside_records)', legend: 'refused: {{topic}}' },
        ]),
        lines('Decisions', 'On applications.', [
          {
            expr: 'sum by (outcome) (increase(atsflow_invitations_total[$__rate_interval]))',
            legend: '{{outcome}}',
          },
        ]),
      ],
    },
    {
      title: 'What should never be',
      panels: [
        number(
          'Events lost to retention',
          'See AtsflowOffsetsLost.',
          'sum(max by (topic, partition) (atsflow_offsets_lost))',
          { red: 1 },
        ),
        number(
          'Partitions whose ledger is lost',
          'See AtsflowLedgerLost.',
          'sum(max by (topic, partition) (atsflow_ledger_lost))',
          { red: 1 },
        ),
        number(
          'Records that nobody can read',
          'See AtsflowRecordsUnreadable.',
          'sum(atsflow_records_set_aside)',
          { red: 1 },
        ),
        number(
          'Topics that Kafka refuses',
          'See AtsflowTopicRefused.',
          'count(max by (topic) (atsflow_topic_refused) > 0)',
          { red: 1 },
        ),
      ],
    },
  ],
}

const pulsifi: DashboardPlan = {
  uid: 'atsflow-pulsifi',
  title: 'atsflow: Pulsifi',
  about: 'How accounts at Pulsifi are called, and how it answers.',
  rows: [
    {
      title: 'At a glance',
      panels: [
        number(
          'Accounts at which Pulsifi fails',
          'Nothing is called for them but a probe. See AtsflowPulsifiFails.',
          'count(max by (tenant) (atsflow_pulsifi_circuit_open) > 0)',
          { red: 1 },
        ),
        number(
          'Calls that wait for their turn',
          'Should come down. See AtsflowPulsifiBudgetTooSmall.',
          'sum(atsflow_pulsifi_waiting)',
        ),
        number(
          'Oldest call without an end',
          'See AtsflowIntentOpen.',
          'max(atsflow_applications_open_oldest_age_seconds{outcome="INTENDED"})',
          { unit: 's', orange: 60, red: 600 },
        ),
        number('Alarms since the start', 'See AtsflowAlarm.', 'sum(atsflow_alarms_total)', { red: 1 }),
      ],
    },
    {
      title: 'Calls',
      panels: [
        lines(
          'Requests',
          'By operation.',
          [
            {
              expr: 'sum by (operation) (rate(atsflow_pulsifi_requests_total[$__rate_interval]))',
              legend: '{{operation}}',
            },
          ],
          { unit: 'reqps' },
        ),
        lines(
          'Answers',
          'By status, or the code of the fault.',
          [
            {
              expr: 'sum by (status) (rate(atsflow_pulsifi_requests_total[$__rate_interval]))',
              legend: '{{status}}',
            },
          ],
          { unit: 'reqps' },
        ),
        lines(
          'Latency',
          'From the beginning of each request to its answer.',
          quantiles('atsflow_pulsifi_request_duration_seconds', 'operation'),
          { unit: 's' },
        ),
        lines(
          'Rate that may be used',
          'As configured; less after a 429.',
          [{ expr: 'sum by (tenant) (atsflow_pulsifi_rate_per_second)', legend: '{{tenant}}' }],
          { unit: 'reqps' },
        ),
        lines('Waiting for a turn', 'By urgency.', [
          { expr: 'sum by (tenant, urgency) (atsflow_pulsifi_waiting)', legend: '{{tenant}} {{urgency}}' },
        ]),
        lines('From receipt to the call', 'Of the sink.', quantiles('atsflow_end_to_end_seconds', 'stage'), {
          unit: 's',
        }),
      ],
    },
  ],
}

const processes: DashboardPlan = {
  uid: 'atsflow-processes',
  title: 'atsflow: processes',
  about: 'What each process needs of the machine, and which version it is.',
  rows: [
    {
      title: 'Versions',
      panels: [
        {
          ...{ show: 'table', title: 'What is running', width: 24 },
          about: 'The same version everywhere, once an update is through.',
          queries: [{ expr: 'count by (service, instance, version, git_sha, node) (atsflow_build_info)' }],
        },
      ],
    },
    {
      title: 'Resources',
      panels: [
        lines('CPU', 'In cores.', [
          {
            expr: 'rate(process_cpu_seconds_total{job="atsflow"}[$__rate_interval])',
            legend: '{{instance}}',
          },
        ]),
        lines(
          'Memory',
          'As the operating system counts it.',
          [{ expr: 'process_resident_memory_bytes{job="atsflow"}', legend: '{{instance}}' }],
          { unit: 'bytes' },
        ),
        lines(
          'Event loop',
          'How late timers are, 99 %.',
          [{ expr: 'nodejs_eventloop_lag_p99_seconds{job="atsflow"}', legend: '{{instance}}' }],
          { unit: 's' },
        ),
        lines(
          'Up for',
          'Falls where a process starts again.',
          [{ expr: 'time() - process_start_time_seconds{job="atsflow"}', legend: '{{instance}}' }],
          { unit: 's' },
        ),
        lines('Requests without an answer yet', 'Of ingress.', [
          { expr: 'atsflow_http_requests_in_flight', legend: '{{instance}}' },
        ]),
        lines('Records on their way to Kafka', 'Of ingress.', [
          { expr: 'atsflow_producer_queue_records', legend: '{{instance}}' },
        ]),
      ],
    },
    {
      title: 'Files and state',
      panels: [
        lines('Files', 'That sources send as links, by what became of them.', [
          {
            expr: 'sum by (source, outcome) (increase(atsflow_files_total[$__rate_interval]))',
            legend: '{{source}} {{outcome}}',
          },
        ]),
        lines(
          'Open steps',
          'For how long decisions have waited for their commit.',
          [{ expr: 'max by (partition) (atsflow_open_step_age_seconds)', legend: '{{partition}}' }],
          { unit: 's' },
        ),
        lines(
          'Sends that failed',
          'Each costs a producer.',
          [{ expr: 'rate(atsflow_producer_failures_total[$__rate_interval])', legend: '{{instance}}' }],
          { unit: 'reqps' },
        ),
      ],
    },
  ],
}

export const DASHBOARDS: readonly DashboardPlan[] = [works, pulsifi, processes]
