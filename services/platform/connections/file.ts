/** The file that CONNECTIONS_FILE names: its shape, published as a JSON Schema, and reading it. */
import { z } from 'zod'
import { TENANT_PATTERN } from '../../core/identity.ts'
import type { Environment } from '../process/config.ts'
import { readConfigured } from '../process/kept-files.ts'
import { isIpRange } from './ip-ranges.ts'
import { type JsonWithLines, readJsonWithLines } from './json-lines.ts'

const Tenant = z
  .string()
  .regex(TENANT_PATTERN, 'expected 1 to 24 lower-case letters, digits and hyphens')
  .describe('The second part of the path of a webhook: /hooks/<source>/<tenant>.')

const Secret = z
  .union([z.string().min(1), z.strictObject({ file: z.string().min(1) })])
  .transform((value, context) => {
    if (typeof value === 'string') return value
    try {
      const text = readConfigured(value.file).trim()
      if (text !== '') return text
    } catch {
      // Reported below: a missing file and an empty one are mended the same way.
    }
    context.addIssue({ code: 'custom', message: 'the file cannot be read or is empty' })
    return z.NEVER
  })
  .describe('A secret as text, or the file that holds it.')

const IpRange = z
  .string()
  .refine(isIpRange, 'expected an address or a range such as 192.0.2.0/24')
  .describe('An IPv4 or IPv6 address, or a range in CIDR notation.')

const Signature = z
  .strictObject({
    mode: z
      .enum(['observe', 'require'])
      .describe('observe: note a signature that proves itself; require: answer 401 without one.'),
    header: z
      .string()
      .toLowerCase()
      .regex(/^[a-z0-9-]+$/, 'expected the name of a header')
      .optional()
      .describe('The header that holds it. Unset: authorization and every header named after a signature.'),
    secret: Secret.optional().describe("The key of the HMAC. Unset: the connection's own secrets."),
  })
  .describe('HMAC-SHA256 of the body, in hex or base64, which the source puts into a header.')

const ConnectionEntry = z
  .strictObject({
    source: z.string().describe('The name of a source, or pulsifi for its callback.'),
    tenant: Tenant,
    secret: Secret.optional(),
    secrets: z
      .array(Secret)
      .max(2, 'two at most, the old and the new one while rotating')
      .optional()
      .describe('Instead of secret: the old and the new one while rotating.'),
    signature: Signature.optional(),
    allow_ips: z
      .array(IpRange)
      .min(1)
      .optional()
      .describe('Where webhooks may come from. Behind proxies TRUSTED_PROXIES must name them.'),
    settings: z
      .record(z.string(), z.unknown())
      .default({})
      .describe("The source's own settings, by their names in lower case."),
  })
  .refine(
    entry => entry.secret === undefined || entry.secrets === undefined,
    'give "secret" or "secrets", not both',
  )
  .transform(({ secret, secrets, allow_ips, ...entry }) => ({
    ...entry,
    secrets: secrets ?? (secret === undefined ? [] : [secret]),
    allowIps: allow_ips ?? [],
  }))

const PulsifiEntry = z.strictObject({
  tenant: Tenant,
  base_url: z.url(),
  client_id: z.string().min(1),
  client_secret: Secret,
  webhook_secret: Secret.optional().describe('What Pulsifi sends in a header of its callback.'),
})

const ConnectionsFile = z
  .strictObject({
    $schema: z.string().optional().describe('For editors.'),
    connections: z.array(ConnectionEntry).default([]).describe('One entry for each source of each tenant.'),
    pulsifi: z.array(PulsifiEntry).default([]).describe('The Pulsifi account of each tenant.'),
  })
  .describe('The tenants of one installation: named by CONNECTIONS_FILE.')
export type ConnectionsFile = z.output<typeof ConnectionsFile>

/** The JSON Schema of what people write, as it is published. */
export const connectionsFileSchema = (): unknown => z.toJSONSchema(ConnectionsFile, { io: 'input' })

/** A fault at a path of the file, with its line; never with a value. */
export type Locate = (path: readonly PropertyKey[], message: string) => string

export interface ReadConnectionsFile {
  readonly content: ConnectionsFile
  readonly locate: Locate
}

const NOTHING: ReadConnectionsFile = {
  content: { connections: [], pulsifi: [] },
  locate: (_path, message) => message,
}

/** Reads and checks the file; without CONNECTIONS_FILE there is nothing in it. */
export function readConnectionsFile(env: Environment, faults: string[]): ReadConnectionsFile {
  const path = env.CONNECTIONS_FILE
  if (path === undefined || path === '') return NOTHING
  let text: string
  try {
    text = readConfigured(path)
  } catch {
    faults.push('CONNECTIONS_FILE: the file cannot be read')
    return NOTHING
  }
  const json = readJsonWithLines(text)
  if (json.type === 'fault') {
    faults.push(`CONNECTIONS_FILE${json.line === null ? '' : ` line ${json.line}`}: ${json.fault}`)
    return NOTHING
  }
  const locate = locator(json)
  const parsed = ConnectionsFile.safeParse(json.value)
  if (parsed.success) return { content: parsed.data, locate }
  faults.push(...parsed.error.issues.map(issue => locate(pathOf(issue), issue.message)))
  return { ...NOTHING, locate }
}

/** A member that is not allowed is the fault, not the object that it stands in. */
export const pathOf = (issue: z.core.$ZodIssue): readonly PropertyKey[] =>
  issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path

const locator =
  ({ lineOf }: JsonWithLines): Locate =>
  (path, message) =>
    `CONNECTIONS_FILE line ${lineOf(path)}: ${path.map(String).join('.') || '(file)'}: ${message}`
