/** The people that may come in, as CONSOLE_USERS_FILE names them. */
import { z } from 'zod'
import { TENANT_PATTERN } from '../../core/identity.ts'
import { ConfigError } from '../../platform/process/config.ts'
import { readConfigured } from '../../platform/process/kept-files.ts'
import { isSecretHash } from '../../platform/process/secret-hash.ts'
import { ROLES } from './user.ts'

const Entry = z.strictObject({
  name: z.string().trim().min(1).max(200),
  hash: z.string().refine(isSecretHash, 'expected what "npm run ops -- users new" prints').optional(),
  role: z.enum(ROLES),
  tenants: z.array(z.string().regex(TENANT_PATTERN, 'expected names of tenants')).min(1).optional(),
})
const UsersFile = z
  .strictObject({ users: z.array(Entry) })
  .refine(
    ({ users }) => new Set(users.map(({ name }) => name)).size === users.length,
    'a name stands there twice',
  )

export type UserEntry = z.output<typeof Entry>

/** By name. @throws ConfigError for a file that cannot be read; it quotes nothing of it */
export function readUsersFile(path: string): ReadonlyMap<string, UserEntry> {
  let content: unknown
  try {
    content = JSON.parse(readConfigured(path))
  } catch {
    throw new ConfigError('CONSOLE_USERS_FILE: the file cannot be read, or is no JSON')
  }
  const parsed = UsersFile.safeParse(content)
  if (parsed.success) return new Map(parsed.data.users.map(entry => [entry.name, entry]))
  const faults = parsed.error.issues.map(
    ({ path: at, message }) => `  ${at.join('.') || 'users'}: ${message}`,
  )
  throw new ConfigError(`CONSOLE_USERS_FILE cannot be used:\n${faults.join('\n')}`)
}
