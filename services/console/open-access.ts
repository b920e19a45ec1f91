/** Who may look, from what is configured. */
import { ipRanges } from '../platform/connections/ip-ranges.ts'
import { createSample } from '../platform/process/at-most-per-second.ts'
import type { Run } from '../platform/process/run.ts'
import { type ConsoleConfig, isPublicSecure } from './config.ts'
import { type Access, createAccess } from './serve/access.ts'
import { createSessions } from './serve/sessions.ts'
import { createThrottle } from './serve/throttle.ts'
import { createUsers } from './serve/users.ts'
import { readUsersFile } from './serve/users-file.ts'
import { type VisitorOf, visitorReader } from './serve/visitor.ts'

type Starting = Pick<Run<ConsoleConfig>, 'config' | 'log'>

export async function openAccess({
  config,
  log,
}: Starting): Promise<{ access: Access; visitorOf: VisitorOf }> {
  const file = config.CONSOLE_USERS_FILE
  return {
    access: createAccess({
      token: config.CONSOLE_TOKEN ?? null,
      users: file === undefined ? null : await createUsers(readUsersFile(file)),
      sessions: createSessions(Date.now),
      throttle: createThrottle(),
      onRefused: loginFailed(log),
    }),
    visitorOf: visitorReader(ipRanges(config.TRUSTED_PROXIES), isPublicSecure(config)),
  }
}

const SAY_FAILED_LOGIN_EVERY_MS = 10_000

/** Whoever guesses cannot fill the log, and cannot be overlooked. */
function loginFailed(log: Starting['log']): (address: string) => void {
  const sample = createSample(SAY_FAILED_LOGIN_EVERY_MS)
  return address =>
    sample(count =>
      log.warn(
        { event: 'login_failed', address, count },
        'Somebody presented a wrong secret to the console.',
      ),
    )
}
