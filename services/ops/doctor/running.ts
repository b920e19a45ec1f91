/** What the doctor looks at of what runs: processes, their groups, dead letters, alerts. Changes nothing. */
import { z } from 'zod'
import { readDecisions, readLetters } from '../../platform/dead-letters/topics.ts'
import { createKafka, type KafkaClient } from '../../platform/kafka/client.ts'
import { findAddresses } from '../../platform/kafka/local-addresses.ts'
import { KafkaSettings } from '../../platform/kafka/settings.ts'
import {
  type Environment,
  loadConfig,
  type NamedUrl,
  namedUrl,
  namedUrls,
  port,
} from '../../platform/process/config.ts'
import { createLogger } from '../../platform/process/logger.ts'
import { readVersion } from '../../platform/process/version.ts'
import { committedOffsets, lagsOf } from '../../platform/readers/group-lag.ts'
import { topicBounds } from '../../platform/readers/topic-follower.ts'
import { readRanges } from '../../platform/readers/topic-reader.ts'
import { UsageError } from '../cli/exit.ts'
import { READER } from '../cli/session.ts'
import type { Finding } from './finding.ts'
import { probeHttp } from './http-probe.ts'
import { judgeAlerts } from './judge-alerts.ts'
import { judgeProcesses, judgeVersions, type ProcessReport } from './judge-processes.ts'
import { type GroupReport, judgeGroup, judgeLetters } from './judge-waiting.ts'

const REQUEST_TIMEOUT_MS = 5_000
const GROUPS = ['normalizer', 'pulsifi-sink'] as const

export interface RunningOptions {
  /** `name=address`, each; none: as CONSOLE_SCRAPE says, else on this machine. */
  readonly processes: readonly string[]
  /** Base address of Prometheus; unset: nobody asks it. */
  readonly prometheus?: string
}

export interface ProcessPlace {
  readonly name: string
  readonly origin: string
  readonly isNamed: boolean
}

const PlaceSettings = z.object({
  CONSOLE_SCRAPE: namedUrls().default([]),
  HEALTH_PORT: port(8093),
  NORMALIZER_PORT: port(8091),
  PULSIFI_SINK_PORT: port(8092),
  CONSOLE_HEALTH_PORT: port(8094),
})

/** @throws UsageError for what is not name=address */
export function processPlaces(env: Environment, named: readonly string[]): readonly ProcessPlace[] {
  if (named.length > 0) return named.map(entry => placeIn(placeArgument(entry)))
  const { CONSOLE_SCRAPE: scraped, ...ports } = loadConfig(PlaceSettings, env)
  if (scraped.length > 0) return scraped.map(placeIn)
  const local = [
    ['ingress', ports.HEALTH_PORT],
    ['normalizer', ports.NORMALIZER_PORT],
    ['pulsifi-sink', ports.PULSIFI_SINK_PORT],
    ['console', ports.CONSOLE_HEALTH_PORT],
  ] as const
  return local.map(([name, at]) => ({ name, origin: `http://127.0.0.1:${at}`, isNamed: false }))
}

function placeArgument(entry: string): NamedUrl {
  const place = namedUrl(entry)
  if (place !== null) return place
  throw new UsageError(`"${entry}" is not <name>=<address>, such as ingress=http://127.0.0.1:8093`)
}

const placeIn = ({ name, url }: NamedUrl): ProcessPlace => ({
  ...{ name, origin: new URL(url).origin },
  isNamed: true,
})

export async function lookAtProcesses(
  env: Environment,
  places: readonly ProcessPlace[],
  nowMs: () => number,
): Promise<readonly Finding[]> {
  const reports = await Promise.all(places.map(place => reportOf(place, nowMs)))
  return [...judgeProcesses(reports), ...judgeVersions(reports, readVersion(env))]
}

async function reportOf(
  { name, origin, isNamed }: ProcessPlace,
  nowMs: () => number,
): Promise<ProcessReport> {
  const ask = (path: string) => probeHttp(`${origin}${path}`, { timeoutMs: REQUEST_TIMEOUT_MS, nowMs })
  const [ready, version] = await Promise.all([ask('/readyz?verbose'), ask('/version')])
  return { name, host: new URL(origin).host, isNamed, ready, version }
}

export const lookAtGroups = async (env: Environment): Promise<readonly Finding[]> =>
  (await groupsOf(await kafkaOf(env))).map(judgeGroup)

export const lookAtLetters = async (env: Environment, nowMs: () => number): Promise<readonly Finding[]> => [
  judgeLetters(await openLetters(await kafkaOf(env)), nowMs()),
]

async function kafkaOf(env: Environment): Promise<KafkaClient> {
  const config = loadConfig(z.object(KafkaSettings), { ...env, ...(await findAddresses(env)) })
  return createKafka(config, READER, createLogger(READER, 'silent'))
}

async function groupsOf(kafka: KafkaClient): Promise<readonly GroupReport[]> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const { groups: described } = await admin.describeGroups([...GROUPS])
    const reports: GroupReport[] = []
    for (const group of GROUPS) {
      const committed = await committedOffsets(admin, group)
      const bounds = await topicBounds(admin, [...new Set(committed.map(({ topic }) => topic))])
      const lags = new Map(lagsOf(committed, bounds).map(({ topic, lag }) => [topic, lag]))
      const members = described.find(({ groupId }) => groupId === group)?.members.length ?? 0
      reports.push({ group, members, lags })
    }
    return reports
  } finally {
    await admin.disconnect()
  }
}

async function openLetters(kafka: KafkaClient) {
  const reading = {
    kafka,
    read: (_label: string, ranges: Parameters<typeof readRanges>[1]) =>
      readRanges(kafka, ranges, { reader: READER }),
  }
  const decided = await readDecisions(reading)
  const open = []
  for await (const { letter } of readLetters(reading, {})) if (!decided.has(letter.id)) open.push(letter)
  return open
}

/** Where Prometheus tells of alerts. @throws UsageError for what is no address */
export function alertsUrl(prometheus: string): URL {
  const url = URL.parse(`${prometheus.replace(/\/+$/, '')}/api/v1/rules?type=alert`)
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageError(`--prometheus: "${prometheus}" is not an address such as http://127.0.0.1:9090`)
  return url
}

export const lookAtAlerts = async (url: URL, nowMs: () => number): Promise<readonly Finding[]> =>
  judgeAlerts(url.host, await probeHttp(url.href, { timeoutMs: REQUEST_TIMEOUT_MS, nowMs }))
