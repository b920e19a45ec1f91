/** The shape of the file that CONNECTIONS_FILE names. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Environment } from './config.ts'

export const TENANT_PATTERN = /^[a-z0-9-]{1,24}$/

const Tenant = z.string().regex(TENANT_PATTERN, 'expected 1 to 24 lower-case letters, digits and hyphens')

/** A secret as text, or the file that holds it. */
const Secret = z
  .union([z.string().min(1), z.strictObject({ file: z.string().min(1) })])
  .transform((value, context) => {
    if (typeof value === 'string') return value
    try {
      const text = readFileSync(value.file, 'utf8').trim()
      if (text !== '') return text
    } catch {
      // Reported below: a missing file and an empty one are mended the same way.
    }
    context.addIssue({ code: 'custom', message: 'the file cannot be read or is empty' })
    return z.NEVER
  })

const ConnectionEntry = z
  .strictObject({
    source: z.string(),
    tenant: Tenant,
    secret: Secret.optional(),
    secrets: z.array(Secret).max(2, 'two at most, the old and the new one while rotating').optional(),
    settings: z.record(z.string(), z.unknown()).default({}),
  })
  .refine(
    entry => entry.secret === undefined || entry.secrets === undefined,
    'give "secret" or "secrets", not both',
  )
  .transform(({ secret, secrets, ...entry }) => ({
    ...entry,
    secrets: secrets ?? (secret === undefined ? [] : [secret]),
  }))

const PulsifiEntry = z.strictObject({
  tenant: Tenant,
  base_url: z.url(),
  client_id: z.string().min(1),
  client_secret: Secret,
  webhook_secret: Secret.optional(),
})

const ConnectionsFile = z.strictObject({
  connections: z.array(ConnectionEntry).default([]),
  pulsifi: z.array(PulsifiEntry).default([]),
})
export type ConnectionsFile = z.output<typeof ConnectionsFile>

const NOTHING: ConnectionsFile = { connections: [], pulsifi: [] }

/** Reads and checks the file; without CONNECTIONS_FILE there is nothing in it. Faults name paths, never values. */
export function readConnectionsFile(env: Environment, faults: string[]): ConnectionsFile {
  const path = env.CONNECTIONS_FILE
  if (path === undefined || path === '') return NOTHING
  let json: unknown
  try {
    json = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    // A parser's message quotes the text, which holds secrets.
    faults.push(
      `CONNECTIONS_FILE: ${error instanceof SyntaxError ? 'the file is not JSON' : 'the file cannot be read'}`,
    )
    return NOTHING
  }
  const parsed = ConnectionsFile.safeParse(json)
  if (parsed.success) return parsed.data
  faults.push(
    ...parsed.error.issues.map(
      issue => `CONNECTIONS_FILE ${issue.path.join('.') || '(file)'}: ${issue.message}`,
    ),
  )
  return NOTHING
}
