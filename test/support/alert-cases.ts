/** What Prometheus sees when all is well, and for each alert a fault that it must tell: this one and no other. */

/** Series by name, with values a minute in promtool's notation: `1+2x3` is 1 3 5 7. */
export type Series = Readonly<Record<string, string>>

export interface AlertCase {
  /** What fires at the end. */
  readonly fires: readonly string[]
  readonly fault: string
  /** Takes the place of what is healthy, or joins it; null: is not there. */
  readonly series: Readonly<Record<string, string | null>>
}

/** Minutes that a case lasts, unless its series says more by itself. */
export const MINUTES = 150
const all = (value: number): string => `${value}x${MINUTES}`
/** As it was for all but the last minutes, then so. */
const lately = (before: number, minutes: number, then: number): string =>
  `${before}x${MINUTES - minutes} ${then}x${minutes}`

/** Grew by so much a minute until some minutes ago. */
const stopped = (minutes: number, byMinute = 1): string =>
  `0+${byMinute}x${MINUTES - minutes} ${byMinute * (MINUTES - minutes)}x${minutes}`

const clock = (service: string): string =>
  `atsflow_clock_timestamp_seconds{job="atsflow",instance="${service}"}`
const results = (trigger: string): string => `atsflow_results_total{trigger="${trigger}"}`
const creations = (status: string): string =>
  `atsflow_pulsifi_requests_total{operation="createCandidate",status="${status}"}`

const SERVICES = ['ingress', 'normalizer', 'pulsifi-sink', 'console'] as const
const up = (service: string): string => `up{job="atsflow",instance="${service}"}`
const build = (service: string, version = '1'): string =>
  `atsflow_build_info{job="atsflow",instance="${service}",service="${service}",version="${version}",git_sha="a",node="v24"}`
const started = (service: string): string => `process_start_time_seconds{job="atsflow",instance="${service}"}`
const open = (outcome: string): string => `atsflow_applications_open_oldest_age_seconds{outcome="${outcome}"}`
const letters = (reason: string): string =>
  `atsflow_dead_letters_oldest_age_seconds{topic="normalizer.dead-letter",group="normalizer",reason="${reason}"}`
const at = (metric: string, topic = 'ats.raw.idibu'): string => `${metric}{topic="${topic}",partition="0"}`
const requests = (status: string): string =>
  `atsflow_http_request_seconds_count{source="jobylon",status="${status}"}`
const tokens = (status: string): string =>
  `atsflow_pulsifi_requests_total{operation="token",status="${status}"}`
const took = (le: string): string =>
  `atsflow_pulsifi_request_duration_seconds_bucket{operation="createCandidate",le="${le}"}`
const arrived = (le: string): string => `atsflow_end_to_end_seconds_bucket{stage="normalizer",le="${le}"}`

const canary = (metric: string, le?: string): string =>
  `atsflow_canary_${metric}{source="jobylon",tenant="default"${le === undefined ? '' : `,le="${le}"`}}`

export const HEALTHY: Series = {
  ...Object.fromEntries(
    SERVICES.flatMap(service => [
      [up(service), all(1)],
      [build(service), all(1)],
      [started(service), all(1_000)],
      [clock(service), `0+60x${MINUTES}`],
    ]),
  ),
  [requests('200')]: `0+3x${MINUTES}`,
  atsflow_spool_oldest_age_seconds: all(0),
  atsflow_spool_bytes: all(0),
  atsflow_spool_limit_bytes: all(1_000),
  atsflow_spool_damaged_records_total: all(0),
  [at('atsflow_consumer_progress_age_seconds')]: all(0),
  [at('atsflow_consumer_lag')]: `0 50 5000 3 0x${MINUTES - 4}`,
  // Nobody can know it of the second one.
  [at('atsflow_completeness_delta')]: all(0),
  'atsflow_completeness_delta{topic="ats.raw.idibu",partition="1"}': Array(MINUTES + 1)
    .fill('NaN')
    .join(' '),
  // Were lost once, and somebody has known it for long.
  [at('atsflow_offsets_lost')]: all(7),
  [at('atsflow_ledger_lost', 'pulsifi.invitation.v1')]: all(0),
  [arrived('10')]: `0+3x${MINUTES}`,
  [arrived('+Inf')]: `0+3x${MINUTES}`,
  [canary('interval_seconds')]: all(60),
  [canary('seconds_count')]: `0+1x${MINUTES}`,
  [canary('seconds_bucket', '1')]: `0+1x${MINUTES}`,
  [canary('seconds_bucket', '+Inf')]: `0+1x${MINUTES}`,
  [took('1')]: `0+3x${MINUTES}`,
  [took('+Inf')]: `0+3x${MINUTES}`,
  atsflow_registry_reachable: all(1),
  [results('WEBHOOK')]: `0+1x${MINUTES}`,
  // Somebody who closed the page: looks find what no callback says.
  [results('POLL')]: `0+1x${MINUTES}`,
  [creations('200')]: `0+1x${MINUTES}`,
  // Once a day nobody minds.
  [creations('429')]: all(2),
  [creations('UND_ERR_SOCKET')]: all(1),
  [creations('ECONNREFUSED')]: `0+1x${MINUTES}`,
  [tokens('200')]: `0+1x${MINUTES}`,
  // A token that was refused once is asked for again.
  [tokens('401')]: all(1),
  ...Object.fromEntries(
    ['WAITING', 'INTENDED', 'BLOCKED', 'FAILED', 'AMBIGUOUS'].map(it => [open(it), all(0)]),
  ),
  // Blocked for a month: a person may leave it so.
  [open('BLOCKED')]: all(30 * 86_400),
  [letters('')]: all(0),
  'atsflow_pulsifi_circuit_open{tenant="default"}': all(0),
  'atsflow_pulsifi_waiting{tenant="default",urgency="create"}': `0 9 20 0x${MINUTES - 3}`,
}

/** Nobody asked for ten minutes, which ended so many minutes ago: what has stood for long is nothing new after that. */
const unseen = (value: number, endedMinutes: number): string =>
  `${value}x${MINUTES - endedMinutes - 10} _x10 ${value}x${endedMinutes - 1}`

export const ALERT_CASES: readonly AlertCase[] = [
  ...[11, 56].map(
    (minutes): AlertCase => ({
      ...{ fires: [], fault: `Prometheus was away until ${minutes} minutes ago` },
      series: {
        [at('atsflow_offsets_lost')]: unseen(7, minutes),
        [at('atsflow_state_rebuilt_after_loss_total')]: unseen(1, minutes),
        [requests('503')]: unseen(9, minutes),
        [tokens('401')]: unseen(9, minutes),
        [creations('429')]: unseen(9, minutes),
        [creations('UND_ERR_SOCKET')]: unseen(9, minutes),
        atsflow_spool_damaged_records_total: unseen(2, minutes),
        'atsflow_alarms_total{reason="PULSIFI_SECOND_CANDIDATE"}': unseen(2, minutes),
      },
    }),
  ),
  // No counter is there before it counts: one that counts again after a restart is where it was.
  ...[
    { restartedMinutes: 12, hadMinutes: 100 },
    { restartedMinutes: 140, hadMinutes: 5 },
  ].map(({ restartedMinutes, hadMinutes }): AlertCase => {
    const again = `1x${hadMinutes} stale _x${MINUTES - hadMinutes - 12} 1x10`
    const sink = 'job="atsflow",instance="pulsifi-sink"'
    return {
      fires: ['AtsflowStateMadeAnew', 'AtsflowWebhooksFail', 'AtsflowAlarm'],
      fault: `what was known happens again, ${restartedMinutes} minutes after a restart`,
      series: {
        [started('pulsifi-sink')]:
          `1000x${MINUTES - restartedMinutes} ${(MINUTES - restartedMinutes) * 60}x${restartedMinutes - 1}`,
        [`atsflow_alarms_total{${sink},reason="PULSIFI_SECOND_CANDIDATE"}`]: again,
        [`atsflow_state_rebuilt_after_loss_total{${sink},topic="ats.canonical.job.v1",partition="0"}`]: again,
        [`atsflow_http_request_seconds_count{${sink},source="jobylon",status="503"}`]: again.replaceAll(
          '1x',
          '40x',
        ),
      },
    }
  }),
  { fires: ['AtsflowDown'], fault: 'a process is away', series: { [up('normalizer')]: lately(1, 4, 0) } },
  {
    ...{ fires: ['AtsflowProcessMissing'], fault: 'nobody runs a console' },
    series: { [build('console')]: null, [up('console')]: null, [started('console')]: null },
  },
  {
    ...{ fires: ['AtsflowRestartsAgainAndAgain'], fault: 'a process ends again and again' },
    series: { [started('normalizer')]: `1000x${MINUTES - 20} 2000x5 3000x5 4000x10` },
  },
  {
    ...{ fires: ['AtsflowStandsStill'], fault: 'nothing is committed' },
    series: { [at('atsflow_consumer_progress_age_seconds')]: `0x${MINUTES - 8} 60+60x8` },
  },
  {
    ...{ fires: ['AtsflowFallsBehind'], fault: 'more comes in than is processed' },
    series: { [at('atsflow_consumer_lag')]: lately(0, 70, 5_000) },
  },
  {
    ...{ fires: ['AtsflowDown'], fault: 'the only one of its kind is away' },
    series: { [up('console')]: lately(1, 9, 0), [build('console')]: `1x${MINUTES - 9} stale` },
  },
  {
    ...{ fires: ['AtsflowClockDiffers'], fault: 'a clock is ahead' },
    series: { [clock('pulsifi-sink')]: `90+60x${MINUTES}` },
  },
  {
    ...{ fires: ['AtsflowRegistryAway'], fault: 'the registry does not answer' },
    series: { atsflow_registry_reachable: lately(1, 7, 0) },
  },
  {
    ...{ fires: ['AtsflowVersionsDiffer'], fault: 'an update did not go through' },
    series: { [build('console')]: null, [build('console', '2')]: all(1) },
  },
  {
    ...{ fires: ['AtsflowWebhooksFail'], fault: 'webhooks are answered 503' },
    series: { [requests('503')]: `_x${MINUTES - 5} 1+1x5` },
  },
  {
    ...{ fires: ['AtsflowSpooling'], fault: 'Kafka is away' },
    series: { atsflow_spool_oldest_age_seconds: `0x${MINUTES - 6} 60+60x6` },
  },
  {
    ...{ fires: ['AtsflowSpoolFillsUp'], fault: 'the spool is more than half full' },
    series: { atsflow_spool_bytes: lately(0, 2, 600) },
  },
  {
    ...{ fires: ['AtsflowSpoolDamaged'], fault: 'a file cannot be read back' },
    series: { atsflow_spool_damaged_records_total: lately(0, 2, 3) },
  },
  {
    ...{ fires: ['AtsflowTopicRefused'], fault: 'a right is missing' },
    series: {
      'atsflow_topic_refused{topic="ats.raw.idibu",cause="TOPIC_AUTHORIZATION_FAILED"}': `_x${MINUTES - 4} 1x4`,
    },
  },
  {
    ...{ fires: ['AtsflowEventsRefused'], fault: 'an event is too large for its topic' },
    series: { 'atsflow_spool_set_aside_records{topic="ats.raw.idibu"}': `_x${MINUTES - 7} 1x7` },
  },
  {
    ...{ fires: ['AtsflowCanaryMissing'], fault: 'canaries are posted and do not come through' },
    series: { [canary('seconds_count')]: stopped(12) },
  },
  {
    ...{ fires: ['AtsflowSpooling'], fault: 'Kafka is away, and no canary comes through' },
    series: {
      [canary('seconds_count')]: stopped(20),
      atsflow_spool_oldest_age_seconds: `0x${MINUTES - 20} 60+60x20`,
    },
  },
  {
    ...{ fires: ['AtsflowDown'], fault: 'the only normalizer is away, and no canary comes through' },
    series: {
      [up('normalizer')]: lately(1, 20, 0),
      [build('normalizer')]: `1x${MINUTES - 20} stale`,
      [canary('seconds_count')]: `0+1x${MINUTES - 20} stale`,
      [canary('seconds_bucket', '1')]: `0+1x${MINUTES - 20} stale`,
      [canary('seconds_bucket', '+Inf')]: `0+1x${MINUTES - 20} stale`,
    },
  },
  {
    ...{ fires: [], fault: 'a normalizer is back, and its first canary has come' },
    series: { [canary('seconds_count')]: `0+1x${MINUTES - 20} stale _x16 1x3` },
  },
  {
    ...{ fires: [], fault: 'Kafka was away, and what waited comes late' },
    series: {
      atsflow_spool_oldest_age_seconds: `0x${MINUTES - 20} 60+60x8 0x12`,
      [canary('seconds_bucket', '1')]: stopped(20),
      [canary('seconds_bucket', '1000')]: `0+1x${MINUTES}`,
      [arrived('10')]: stopped(20, 3),
      [arrived('1000')]: `0+3x${MINUTES}`,
    },
  },
  {
    ...{ fires: [], fault: 'a normalizer was away, and what waited comes late' },
    series: {
      [up('normalizer')]: `1x${MINUTES - 30} 0x8 1x22`,
      [arrived('10')]: stopped(20, 3),
      [arrived('1000')]: `0+3x${MINUTES}`,
    },
  },
  {
    ...{ fires: ['AtsflowCanaryMissing'], fault: 'no canary has ever come through' },
    series: {
      [canary('seconds_count')]: null,
      [canary('seconds_bucket', '1')]: null,
      [canary('seconds_bucket', '+Inf')]: null,
    },
  },
  {
    ...{ fires: [], fault: 'nobody posts canaries' },
    series: {
      [canary('interval_seconds')]: null,
      [canary('seconds_count')]: all(7),
      [canary('seconds_bucket', '1')]: all(7),
      [canary('seconds_bucket', '+Inf')]: all(7),
    },
  },
  {
    ...{ fires: ['AtsflowCanarySlow'], fault: 'canaries take a minute' },
    series: {
      [canary('seconds_bucket', '1')]: `0+1x${MINUTES - 30} ${MINUTES - 30}x30`,
      [canary('seconds_bucket', '60')]: `0+1x${MINUTES}`,
    },
  },
  {
    ...{ fires: ['AtsflowNotFresh'], fault: 'events take minutes' },
    series: {
      [arrived('10')]: `0+3x${MINUTES - 60} ${3 * (MINUTES - 60)}x60`,
      [arrived('300')]: `0+3x${MINUTES}`,
    },
  },
  {
    ...{ fires: ['AtsflowIncomplete'], fault: 'an event has no outcome' },
    series: { [at('atsflow_completeness_delta')]: lately(0, 7, 1) },
  },
  {
    ...{ fires: ['AtsflowIncomplete'], fault: 'an event has two outcomes' },
    series: { [at('atsflow_completeness_delta')]: lately(0, 7, -1) },
  },
  {
    ...{ fires: ['AtsflowOffsetsLost'], fault: 'retention was faster' },
    series: { [at('atsflow_offsets_lost')]: lately(7, 2, 9) },
  },
  {
    // Told of once, although whoever tells of it is started again.
    ...{ fires: ['AtsflowOffsetsLost'], fault: 'retention was faster, and the process is away for a moment' },
    series: { [at('atsflow_offsets_lost')]: `7x${MINUTES - 20} 9x13 stale _x5` },
  },
  {
    ...{
      fires: ['AtsflowAlarm'],
      fault: 'Pulsifi has a second candidate, and the process that knew it is gone',
    },
    series: {
      'atsflow_alarms_total{reason="PULSIFI_SECOND_CANDIDATE"}': `_x${MINUTES - 20} 1x12 stale _x6`,
    },
  },
  {
    ...{ fires: ['AtsflowLedgerLost'], fault: 'the ledger has lost its end' },
    series: { [at('atsflow_ledger_lost', 'pulsifi.invitation.v1')]: lately(0, 1, 1) },
  },
  {
    ...{ fires: ['AtsflowStateMadeAnew'], fault: 'a topic was made anew' },
    series: {
      [at('atsflow_state_rebuilt_after_loss_total', 'ats.canonical.job.v1')]: `_x${MINUTES - 2} 1x2`,
    },
  },
  {
    ...{ fires: ['AtsflowRecordsUnreadable'], fault: 'somebody wrote to a table' },
    series: { [at('atsflow_records_set_aside', 'pulsifi.invitation.v1')]: `_x${MINUTES - 3} 1x3` },
  },
  {
    ...{ fires: ['AtsflowAlarm'], fault: 'Pulsifi has a second candidate' },
    series: { 'atsflow_alarms_total{reason="PULSIFI_SECOND_CANDIDATE"}': `_x${MINUTES - 2} 1x2` },
  },
  {
    ...{ fires: ['AtsflowAmbiguous'], fault: 'an answer was lost' },
    series: { [open('AMBIGUOUS')]: `0x${MINUTES - 62} 60+60x62` },
  },
  {
    ...{ fires: ['AtsflowIntentOpen'], fault: 'a call has no end' },
    series: { [open('INTENDED')]: `0x${MINUTES - 14} 60+60x14` },
  },
  {
    ...{ fires: ['AtsflowSpooling'], fault: 'Kafka is away, and a call cannot be ended' },
    series: {
      [open('INTENDED')]: `0x${MINUTES - 14} 60+60x14`,
      atsflow_spool_oldest_age_seconds: `0x${MINUTES - 14} 60+60x14`,
    },
  },
  {
    ...{ fires: ['AtsflowDown'], fault: 'the owner of a call is away' },
    series: { [open('INTENDED')]: `0x${MINUTES - 14} 60+60x14`, [up('pulsifi-sink')]: lately(1, 14, 0) },
  },
  {
    ...{ fires: ['AtsflowProcessMissing'], fault: 'the owner of a call runs nowhere' },
    series: {
      [open('INTENDED')]: `0x${MINUTES - 14} 60+60x14`,
      [up('pulsifi-sink')]: `1x${MINUTES - 14} stale`,
      [build('pulsifi-sink')]: `1x${MINUTES - 14} stale`,
    },
  },
  {
    ...{ fires: ['AtsflowRetriesExhausted'], fault: 'an application was given up' },
    series: { [open('FAILED')]: `0x${MINUTES - 62} 60+60x62` },
  },
  {
    ...{ fires: ['AtsflowWaitsForEver'], fault: 'a company is not named' },
    series: { [open('WAITING')]: all(16 * 86_400) },
  },
  {
    ...{ fires: ['AtsflowDeadLetters'], fault: 'an event cannot be read' },
    series: { [letters('')]: null, [letters('PAYLOAD_INVALID')]: `0+60x${MINUTES}` },
  },
  {
    ...{ fires: ['AtsflowDeadLetters', 'AtsflowDeadLettersExpire'], fault: 'nobody looks at dead letters' },
    series: { [letters('')]: null, [letters('PAYLOAD_INVALID')]: all(11 * 86_400) },
  },
  {
    ...{ fires: ['AtsflowPulsifiFails'], fault: 'Pulsifi is down' },
    series: { 'atsflow_pulsifi_circuit_open{tenant="default"}': lately(0, 17, 1) },
  },
  {
    ...{ fires: ['AtsflowPulsifiRefusesUs'], fault: 'the secret is wrong' },
    series: { [tokens('401')]: `1x${MINUTES - 6} 2+1x6` },
  },
  {
    ...{ fires: ['AtsflowPulsifiRefusesUs'], fault: 'the secret is wrong, so that nothing is called' },
    series: {
      [tokens('401')]: `1x${MINUTES - 30} 2+1x30`,
      'atsflow_pulsifi_circuit_open{tenant="default"}': lately(0, 28, 1),
    },
  },
  {
    ...{ fires: ['AtsflowPulsifiFails'], fault: 'Pulsifi is down for hours, and everybody waits' },
    series: {
      'atsflow_pulsifi_circuit_open{tenant="default"}': lately(0, 140, 1),
      'atsflow_pulsifi_waiting{tenant="default",urgency="create"}': lately(0, 140, 40),
    },
  },
  {
    ...{ fires: ['AtsflowPulsifiSlow'], fault: 'Pulsifi is slow' },
    series: {
      [took('1')]: `0+3x${MINUTES - 60} ${3 * (MINUTES - 60)}x60`,
      [took('10')]: `0+3x${MINUTES}`,
    },
  },
  {
    ...{ fires: ['AtsflowPulsifiThrottles'], fault: 'Pulsifi answers 429' },
    series: { [creations('429')]: `2x${MINUTES - 6} 3+1x6` },
  },
  {
    ...{ fires: ['AtsflowPulsifiLosesAnswers'], fault: 'connections break after they were written to' },
    series: { [creations('UND_ERR_SOCKET')]: `1x${MINUTES - 6} 2+1x6` },
  },
  {
    ...{ fires: ['AtsflowPulsifiLosesAnswers'], fault: 'Pulsifi answers 502 to creations' },
    series: { [creations('502')]: `_x${MINUTES - 6} 1+1x6` },
  },
  {
    ...{ fires: ['AtsflowCallbacksMissing'], fault: 'Pulsifi no longer calls back' },
    series: { [results('WEBHOOK')]: `0+1x${MINUTES - 25} ${MINUTES - 25}x25` },
  },
  {
    ...{ fires: [], fault: 'callbacks were never agreed' },
    series: { [results('WEBHOOK')]: null },
  },
  {
    ...{ fires: ['AtsflowPulsifiBudgetTooSmall'], fault: 'more apply than the rate lets through' },
    series: { 'atsflow_pulsifi_waiting{tenant="default",urgency="create"}': lately(0, 140, 40) },
  },
]
