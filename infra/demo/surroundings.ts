/** Where the demo takes place: a data directory, ports, a tenant and an environment that touch nothing of the user's. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isListening } from '../../services/platform/kafka/local-addresses.ts'
import { ConfigError, type Environment } from '../../services/platform/process/config.ts'
import { freePort } from '../local/ports.ts'
import { sourceNames } from '../local/topics.ts'
import type { Secrets } from '../local-secrets.ts'
import { portSettings, SANDBOX, stackProcesses } from '../stack-processes.ts'
import type { Story, StorySource } from './story.ts'
import { demoKafka } from './watch-topics.ts'

export interface Surroundings {
  readonly dataDir: string
  readonly env: Environment
  readonly ports: Readonly<Record<string, number>>
  readonly tenant: string
  /** Of a source's connection, once the stack has generated what was not given. */
  readonly secretOf: (source: StorySource, generated: Secrets) => string
  /** What a person should know beforehand, one line each. */
  readonly notes: readonly string[]
}

/** Variables that would let the demo reach a real account, or change what the story is about. */
const PREFIXES = ['PULSIFI_', 'SOURCE_', 'SANDBOX_', 'INVITE_', 'RESULT_', 'JOB_', 'ON_MISSING_']
const NAMES = [
  'CONNECTIONS_FILE',
  'PUBLIC_URL',
  'STATE_DIR',
  'BLOB_DIR',
  'SPOOL_DIR',
  'SPOOL_KEY',
  'SPOOL_KEY_COMMAND',
  'LOCAL_DATA_DIR',
  'PERSON_KEY_SECRET',
  'PARTITIONS',
]

/** The user's environment without what is another pipeline's: ports, brokers and the system's variables remain. */
export function neutral(env: Environment, sources: readonly string[]): Environment {
  const prefixes = [...PREFIXES, ...sources.map(name => `${name.toUpperCase().replaceAll('-', '_')}_`)]
  const isDropped = (name: string) =>
    !name.endsWith('_PORT') &&
    (NAMES.includes(name.replace(/_FILE$/, '')) ||
      NAMES.includes(name) ||
      prefixes.some(prefix => name.startsWith(prefix)))
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isDropped(name)))
}

/** Fast enough to watch; a call whose answer never comes is given up while somebody still looks. */
const PACE = {
  PULSIFI_RATE_PER_SECOND: '50',
  RESULT_POLL_SECONDS: '5',
  RESULT_POLL_PER_HOUR: '36000',
  JOB_WAIT_SECONDS: '2,5',
  CALL_GRACE_SECONDS: '1',
  SANDBOX_FINISH_SECONDS: '3',
}

/** @throws ConfigError when a pipeline is running on the brokers that the environment names. */
export async function surroundingsOf(given: Environment, story: Story): Promise<Surroundings> {
  const env = { ...neutral(given, sourceNames()), ...PACE, INVITE_SINCE: story.inviteSince }
  const isShared = Boolean(given.KAFKA_BROKERS)
  if (isShared) await refuseBesideOthers(given)
  const dataDir = mkdtempSync(join(tmpdir(), 'atsflow-demo-'))
  const { ports, notes } = await portsOf(given, isShared)
  if (isShared) return { ...freshTenant({ dataDir, env, ports, story }), dataDir, ports, notes }
  return {
    dataDir,
    env: { ...env, ...settingsAsVariables(story) },
    ports,
    tenant: 'default',
    secretOf: (source, generated) => generated[`SOURCE_${source.toUpperCase()}_SECRET`] ?? '',
    notes,
  }
}

/** Its processes would take over partitions of that pipeline, and ask the sandbox for what is meant for Pulsifi. */
async function refuseBesideOthers(env: Environment): Promise<void> {
  const admin = demoKafka(env).admin()
  await admin.connect()
  try {
    const { groups } = await admin.describeGroups(['normalizer', 'pulsifi-sink'])
    const busy = groups.filter(({ members }) => members.length > 0).map(({ groupId }) => groupId)
    if (busy.length === 0) return
    throw new ConfigError(
      `a pipeline is running on ${env.KAFKA_BROKERS} (${busy.join(', ')}): stop it, or unset KAFKA_BROKERS and the demo starts a broker of its own`,
    )
  } finally {
    await admin.disconnect()
  }
}

/** The documented ports where they are free, else free ones, and the sentence that says so. */
async function portsOf(env: Environment, isShared: boolean) {
  const infrastructure = isShared
    ? []
    : [
        { name: 'the broker', variable: 'LOCAL_KAFKA_PORT', fallback: 9092 },
        { name: 'the registry', variable: 'LOCAL_REGISTRY_PORT', fallback: 8081 },
      ]
  const processes = [SANDBOX, ...stackProcesses()].flatMap(entry =>
    portSettings(entry).map(setting => ({ name: entry.name, ...setting })),
  )
  const ports: Record<string, number> = {}
  const notes: string[] = []
  for (const { name, variable, fallback } of [...infrastructure, ...processes]) {
    const wanted = Number(env[variable] || 0)
    const isTaken = wanted === 0 && (await isListening(fallback))
    const port = isTaken ? await freePort() : wanted || fallback
    if (isTaken) notes.push(`Port ${fallback} is taken: ${name} is on ${port}`)
    ports[variable] = port
  }
  return { ports, notes }
}

interface Tenancy {
  readonly dataDir: string
  readonly env: Environment
  readonly ports: Readonly<Record<string, number>>
  readonly story: Story
}

/** On brokers that others use too: names that nobody has used before, in a file of connections. */
export function freshTenant({ dataDir, env, ports, story }: Tenancy) {
  const tenant = `demo-${Date.now().toString(36)}`
  const secret = randomBytes(24).toString('base64url')
  const sources = [...new Set(story.steps.map(({ source }) => source))]
  const file = join(dataDir, 'connections.json')
  const account = { client_id: 'sandbox', client_secret: secret }
  const content = {
    connections: sources.map(source => ({ source, tenant, secret, settings: story.settings[source] ?? {} })),
    pulsifi: [{ tenant, base_url: `http://127.0.0.1:${ports.SANDBOX_PORT}`, ...account }],
  }
  writeFileSync(file, JSON.stringify(content, null, 2), { mode: 0o600 })
  return {
    tenant,
    env: { ...env, CONNECTIONS_FILE: file, PULSIFI_CLIENT_SECRET: secret },
    secretOf: () => secret,
  }
}

const settingsAsVariables = ({ settings }: Story): Environment =>
  Object.fromEntries(
    Object.entries(settings).flatMap(([source, values]) =>
      Object.entries(values).map(([name, value]) => [`${source}_${name}`.toUpperCase(), value]),
    ),
  )
