/** What the doctor looks at. Each look ends in facts, each fact in a judgement; none changes anything. */
import { z } from 'zod'
import { endpointOf } from '../../platform/avro/registry-reader.ts'
import { BlobSettings } from '../../platform/blobs/settings.ts'
import { loadConnections } from '../../platform/connections/connections.ts'
import { discoverSources } from '../../platform/connections/discover-sources.ts'
import { createKafka, type KafkaClient, principalOf } from '../../platform/kafka/client.ts'
import { findAddresses, findRegistry } from '../../platform/kafka/local-addresses.ts'
import { KafkaSettings } from '../../platform/kafka/settings.ts'
import { SpoolSettings, StateSettings } from '../../platform/partitions/settings.ts'
import { ConfigError, type Environment, loadConfig } from '../../platform/process/config.ts'
import { createLogger } from '../../platform/process/logger.ts'
import { listAllWebhooks } from '../../platform/pulsifi/ensure-webhook.ts'
import { InviteSince, isInEarnest, requireInviteSince } from '../../platform/pulsifi/settings.ts'
import { durabilityFaults, fetchDurability } from '../../platform/topics/durability.ts'
import { readDurability, readTopicsFile } from '../../platform/topics/file.ts'
import { reportTopics } from '../../platform/topics/report.ts'
import { differencesOf } from '../topics/topics.ts'
import { type TenantAccount, tenantAccounts, withClient } from '../webhooks/pulsifi-desk.ts'
import { type Finding, fail, ok, skip } from './finding.ts'
import { probeHttp } from './http-probe.ts'
import { judgeDurability, judgeRegistry, judgeTopics } from './judge-kafka.ts'
import { judgeClock, judgeConfiguration, judgeDirectory, judgeSources } from './judge-machine.ts'
import { judgeAccount, judgeCallback } from './judge-pulsifi.ts'
import { probeDirectory } from './probe-directory.ts'
import { reportRegistry } from './registry-report.ts'
import {
  alertsUrl,
  lookAtAlerts,
  lookAtGroups,
  lookAtLetters,
  lookAtProcesses,
  processPlaces,
  type RunningOptions,
} from './running.ts'

/** Of one request; a check has more of them. */
const REQUEST_TIMEOUT_MS = 5_000
const ROOM_MIB = 1024

export interface Check {
  readonly name: string
  readonly look: () => Promise<readonly Finding[]>
}

/**
 * @param env as the processes have it
 * @throws UsageError for an address that is none
 */
export async function checksOf(
  env: Environment,
  nowMs: () => number,
  { processes, prometheus }: RunningOptions,
): Promise<readonly Check[]> {
  const accounts = await accountsOf(env)
  const places = processPlaces(env, processes)
  const alerts = prometheus === undefined ? null : alertsUrl(prometheus)
  return [
    { name: 'configuration', look: () => lookAtConfiguration(env) },
    { name: 'broker', look: () => lookAtBroker(env) },
    { name: 'registry', look: () => lookAtRegistry(env, nowMs) },
    ...accounts.flatMap(account => [
      { name: `pulsifi ${account.tenant}`, look: () => lookAtAccount(account, nowMs) },
      { name: `callback ${account.tenant}`, look: () => lookAtCallback(account, nowMs) },
    ]),
    { name: 'clock', look: () => lookAtClock(env, accounts, nowMs) },
    { name: 'folders', look: async () => lookAtFolders(env) },
    { name: 'processes', look: () => lookAtProcesses(env, places, nowMs) },
    { name: 'lag', look: () => lookAtGroups(env) },
    { name: 'dead letters', look: () => lookAtLetters(env, nowMs) },
    ...(alerts === null ? [] : [{ name: 'alerts', look: () => lookAtAlerts(alerts, nowMs) }]),
  ]
}

/** None when the configuration cannot be used: that has a line of its own. */
async function accountsOf(env: Environment): Promise<readonly TenantAccount[]> {
  try {
    return await tenantAccounts(env)
  } catch (error) {
    if (error instanceof ConfigError) return []
    throw error
  }
}

async function lookAtConfiguration(env: Environment): Promise<readonly Finding[]> {
  try {
    const sources = await discoverSources()
    const connections = loadConnections(sources, env)
    const accounts = await tenantAccounts(env)
    loadConfig(z.object({ ...KafkaSettings, ...BlobSettings, ...SpoolSettings, ...StateSettings }), env)
    const { INVITE_SINCE } = loadConfig(z.object({ INVITE_SINCE: InviteSince }), env)
    requireInviteSince(
      INVITE_SINCE,
      accounts.map(({ credentials }) => credentials),
    )
    return [judgeConfiguration(null), judgeSources([...sources.keys()], connections.all)]
  } catch (error) {
    if (error instanceof ConfigError) return [judgeConfiguration(error.message)]
    throw error
  }
}

async function lookAtBroker(env: Environment): Promise<readonly Finding[]> {
  let config: z.output<z.ZodObject<typeof KafkaSettings>>
  try {
    config = loadConfig(z.object(KafkaSettings), { ...env, ...(await findAddresses(env)) })
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const [says = '', todo = ''] = error.message.split(/: (.*)/s)
    return [fail('broker', says, todo), skip('topics', 'the broker cannot be asked')]
  }
  const definitions = readTopicsFile([...(await discoverSources()).keys()], env)
  const kafka = createKafka(config, 'ops', createLogger('ops', 'silent'))
  const reports = await reportTopics(kafka, definitions)
  const existing = reports.flatMap(({ topic, found }) => (found === null ? [] : [topic]))
  return [
    ok('broker', `${config.KAFKA_BROKERS.join(', ')} answers`),
    ...judgeTopics(differencesOf(definitions, reports, config.PARTITIONS), definitions.length),
    judgeDurability(await faultsOf(kafka, existing), await areInEarnest(env)),
  ]
}

async function faultsOf(kafka: KafkaClient, topics: readonly string[]) {
  if (topics.length === 0) return []
  const admin = kafka.admin()
  await admin.connect()
  const found = await fetchDurability(admin, topics, principalOf(kafka)).finally(() => admin.disconnect())
  return durabilityFaults(found, readDurability())
}

const areInEarnest = async (env: Environment): Promise<boolean> =>
  (await accountsOf(env)).some(({ credentials }) => isInEarnest(credentials))

async function lookAtRegistry(env: Environment, nowMs: () => number): Promise<readonly Finding[]> {
  const url = findRegistry(env)
  return judgeRegistry(await reportRegistry(url, REQUEST_TIMEOUT_MS, nowMs), endpointOf(url).host)
}

const lookAtAccount = (account: TenantAccount, nowMs: () => number): Promise<readonly Finding[]> =>
  withClient(account, nowMs, async client =>
    judgeAccount(account, await listAllWebhooks(client, request => request())),
  )

/** The token is wrong on purpose: whoever refuses it has read it. */
async function lookAtCallback(
  { tenant, wanted }: TenantAccount,
  nowMs: () => number,
): Promise<readonly Finding[]> {
  if (wanted === null) return [skip(`callback ${tenant}`, 'none is configured')]
  const address = wanted.url.replace(/[^/]+$/, 'doctor')
  const probe = await probeHttp(address, {
    ...{ method: 'POST', body: '{}', timeoutMs: REQUEST_TIMEOUT_MS, nowMs },
    headers: { 'content-type': 'application/json' },
  })
  return [judgeCallback(tenant, new URL(address).origin, probe)]
}

/** By Pulsifi's clock, else by the registry's: Pulsifi judges our deadlines. */
async function lookAtClock(
  env: Environment,
  accounts: readonly TenantAccount[],
  nowMs: () => number,
): Promise<readonly Finding[]> {
  const real = accounts.find(({ credentials }) => !credentials.isSandbox)
  const [name, url] =
    real === undefined
      ? ['the registry', endpointOf(findRegistry(env)).host]
      : ['Pulsifi', real.credentials.baseUrl]
  return [judgeClock(name, await probeHttp(url, { timeoutMs: REQUEST_TIMEOUT_MS, nowMs }))]
}

function lookAtFolders(env: Environment): readonly Finding[] {
  const settings = z.object({ ...StateSettings, ...SpoolSettings, ...BlobSettings })
  const { STATE_DIR, SPOOL_DIR, SPOOL_MAX_MIB, BLOB_DIR, BLOB_S3_BUCKET } = loadConfig(settings, env)
  return [
    judgeDirectory('STATE_DIR', probeDirectory(STATE_DIR), ROOM_MIB),
    judgeDirectory('SPOOL_DIR', probeDirectory(SPOOL_DIR), SPOOL_MAX_MIB),
    BLOB_S3_BUCKET === undefined
      ? judgeDirectory('BLOB_DIR', probeDirectory(BLOB_DIR), ROOM_MIB)
      : skip(
          'BLOB_DIR',
          `files are kept in the bucket ${BLOB_S3_BUCKET}; ingress says if it cannot write there`,
        ),
  ]
}
