/**
 * Which tenants exist, what proves that a webhook is theirs, and how their sources are set. Tenant `default` comes
 * from the environment, any other from the file that CONNECTIONS_FILE names.
 */
import { z } from 'zod'
import { companiesIn } from '../../core/companies.ts'
import { DEFAULT_TENANT, TENANT_PATTERN } from '../../core/identity.ts'
import type { SourceSettings } from '../../sources/source.ts'
import { ConfigFaults, type Environment, list, loadConfig } from '../process/config.ts'
import { plaintextFault } from '../process/config-rules.ts'
import type { Keep } from '../process/kept-files.ts'
import type { Sources } from './discover-sources.ts'
import { type Locate, pathOf, type ReadConnectionsFile, readConnectionsFile } from './file.ts'

/** The callback of Pulsifi, which has a secret like a source but is none. */
export const PULSIFI = 'pulsifi'

/** One source of one tenant. */
export interface Connection {
  readonly source: string
  readonly tenant: string
  /** One, or two while rotating. Empty: every webhook is refused. */
  readonly secrets: readonly string[]
  readonly settings: SourceSettings
  /** Undefined: what proves itself with one of the secrets is noted, and nothing is required. */
  readonly signature?: SignaturePolicy
  /** Addresses and ranges that webhooks may come from; undefined or empty: any. */
  readonly allowIps?: readonly string[]
}

/** HMAC-SHA256 of the body in a header. */
export interface SignaturePolicy {
  readonly mode: 'observe' | 'require'
  /** In lower case; undefined: every header that may hold one. */
  readonly header?: string | undefined
  /** Undefined: the secrets of the connection. */
  readonly secret?: string | undefined
}

export interface PulsifiAccount {
  readonly tenant: string
  readonly baseUrl: string
  readonly clientId: string
  readonly clientSecret: string
  /** What Pulsifi sends in a header of its callback; null when none was agreed. */
  readonly webhookSecret: string | null
}

export interface Connections {
  /** Undefined: no such source, or no such tenant of it. */
  readonly find: (source: string, tenant: string) => Connection | undefined
  /**
   * Settings of one source of a tenant: its own, else those of the connection that one of its companies comes in by; the
   * source's defaults for a tenant that is not configured (any more).
   */
  readonly settingsOf: (source: string, tenant: string) => SourceSettings
  /** The connection by which something of the tenant comes in: its own, or the one that serves its companies. */
  readonly connectionOf: (source: string, tenant: string) => Connection | undefined
  readonly all: readonly Connection[]
  /** The accounts of CONNECTIONS_FILE by tenant. That of tenant `default` may stand in the environment instead. */
  readonly pulsifiAccounts: ReadonlyMap<string, PulsifiAccount>
}

/** @throws ConfigFaults naming every fault at once, by variable or by path in the file. */
export function loadConnections(sources: Sources, env: Environment): Connections {
  const faults: string[] = []
  const file = readConnectionsFile(env, faults)
  const connections = new Map<string, Connection>()
  const add = (connection: Connection) =>
    connections.set(addressOf(connection.source, connection.tenant), connection)
  for (const source of [...sources.keys(), PULSIFI])
    add(connectionFromEnvironment(source, sources, env, faults))
  for (const [index, entry] of file.content.connections.entries()) {
    const known = connections.get(addressOf(entry.source, entry.tenant))
    const path = ['connections', index]
    if (entry.source !== PULSIFI && !sources.has(entry.source)) {
      const names = [...sources.keys()].join(', ')
      faults.push(file.locate([...path, 'source'], `no source "${entry.source}"; there are ${names}`))
    } else if (known !== undefined && (entry.tenant !== DEFAULT_TENANT || known.secrets.length > 0)) {
      faults.push(file.locate(path, `${entry.source} of tenant ${entry.tenant} is declared twice`))
    } else {
      const locate: Locate = (inner, message) => file.locate([...path, 'settings', ...inner], message)
      const settings = checkedSettings(entry.source, sources, entry.settings, faults, locate)
      const { signature, ...rest } = entry
      add({ ...rest, settings, ...(signature === undefined ? {} : { signature }) })
    }
  }
  const pulsifiAccounts = accountsOf(file, env, faults)
  const connectionOf = (source: string, tenant: string) =>
    connections.get(addressOf(source, tenant)) ?? servingTenant(connections.values(), source, tenant)
  if (faults.length > 0) throw new ConfigFaults('connections', faults)
  return {
    find: (source, tenant) =>
      TENANT_PATTERN.test(tenant) ? connections.get(addressOf(source, tenant)) : undefined,
    settingsOf: (source, tenant) =>
      connectionOf(source, tenant)?.settings ?? sources.get(source)?.settings.parse({}) ?? {},
    connectionOf,
    all: [...connections.values()],
    pulsifiAccounts,
  }
}

/**
 * The same, made anew whenever a file of theirs changes.
 * @param check what else must hold: a change that it throws for does not count
 */
export function keepConnections(
  keep: Keep,
  sources: Sources,
  env: Environment,
  check: (connections: Connections) => void = () => {},
): Connections {
  const now = keep('connections', () => {
    const connections = loadConnections(sources, env)
    check(connections)
    return connections
  })
  return {
    find: (source, tenant) => now().find(source, tenant),
    settingsOf: (source, tenant) => now().settingsOf(source, tenant),
    connectionOf: (source, tenant) => now().connectionOf(source, tenant),
    get all() {
      return now().all
    },
    get pulsifiAccounts() {
      return now().pulsifiAccounts
    },
  }
}

const servingTenant = (
  connections: Iterable<Connection>,
  source: string,
  tenant: string,
): Connection | undefined =>
  [...connections].find(
    one => one.source === source && Object.values(companiesIn(one.settings) ?? {}).includes(tenant),
  )

const addressOf = (source: string, tenant: string): string => `${source}/${tenant}`

/** `human-sourcing` has the variables `HUMAN_SOURCING_…`. */
const variablePrefix = (source: string): string => source.toUpperCase().replaceAll('-', '_')

function connectionFromEnvironment(
  source: string,
  sources: Sources,
  env: Environment,
  faults: string[],
): Connection {
  const prefix = variablePrefix(source)
  const values: Record<string, string> = {}
  for (const setting of settingNames(sources.get(source)?.settings)) {
    const value = env[`${prefix}_${setting.toUpperCase()}`]
    if (value !== undefined && value !== '') values[setting] = value
  }
  return {
    source,
    tenant: DEFAULT_TENANT,
    secrets: secretsFromEnvironment(`SOURCE_${prefix}_SECRET`, env, faults),
    settings: checkedSettings(source, sources, values, faults, (path, message) =>
      [[`${prefix}_*`, ...path].join('.'), message].join(': '),
    ),
  }
}

function secretsFromEnvironment(variable: string, env: Environment, faults: string[]): readonly string[] {
  let secrets: readonly string[] = []
  try {
    secrets = loadConfig(z.object({ [variable]: list().default([]) }), env)[variable] ?? []
  } catch (error) {
    if (!(error instanceof ConfigFaults)) throw error
    faults.push(...error.faults)
  }
  if (secrets.length > 2)
    faults.push(`${variable}: two values at most, the old and the new one while rotating`)
  return secrets
}

/** The names of the settings that a source declares, whatever its schema turns them into. */
function settingNames(schema: unknown): readonly string[] {
  if (schema instanceof z.ZodPipe) return settingNames(schema.in)
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}

function checkedSettings(
  source: string,
  sources: Sources,
  values: SourceSettings,
  faults: string[],
  locate: Locate,
): SourceSettings {
  const schema = sources.get(source)?.settings ?? z.strictObject({})
  const parsed = schema.safeParse(values)
  if (parsed.success) return parsed.data
  faults.push(...parsed.error.issues.map(issue => locate(pathOf(issue), issue.message)))
  return {}
}

function accountsOf(
  { content, locate }: ReadConnectionsFile,
  env: Environment,
  faults: string[],
): ReadonlyMap<string, PulsifiAccount> {
  const accounts = new Map<string, PulsifiAccount>()
  for (const [index, entry] of content.pulsifi.entries()) {
    if (accounts.has(entry.tenant)) {
      faults.push(locate(['pulsifi', index], `tenant ${entry.tenant} is declared twice`))
    }
    const open = plaintextFault(entry.base_url, env)
    if (open !== null) faults.push(locate(['pulsifi', index, 'base_url'], open))
    accounts.set(entry.tenant, {
      tenant: entry.tenant,
      baseUrl: entry.base_url,
      clientId: entry.client_id,
      clientSecret: entry.client_secret,
      webhookSecret: entry.webhook_secret ?? null,
    })
  }
  return accounts
}
