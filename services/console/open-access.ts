/** Who may look, from what is configured. */
import { ipRanges } from '../platform/connections/ip-ranges.ts'
import { createSample } from '../platform/process/at-most-per-second.ts'
import { codeOf } from '../platform/process/log-events.ts'
import type { Run } from '../platform/process/run.ts'
import type { ConsolePorts } from './app.ts'
import { type ConsoleConfig, isPublicSecure, oidcSettings } from './config.ts'
import { createAccess } from './serve/access.ts'
import { createOidc } from './serve/oidc.ts'
import { createSessions } from './serve/sessions.ts'
import { createThrottle } from './serve/throttle.ts'
import { createUsers } from './serve/users.ts'
import { readUsersFile } from './serve/users-file.ts'
import { visitorReader } from './serve/visitor.ts'

/** Whoever guesses cannot fill the log, and cannot be overlooked. */
const SAY_EVERY_MS = 10_000

type Starting = Pick<Run<ConsoleConfig>, 'config' | 'log'>

/** @throws ConfigError for users or a provider that cannot be used. */
export async function openAccess({
  config,
  log,
}: Starting): Promise<Pick<ConsolePorts, 'access' | 'visitorOf' | 'oidc'>> {
  const provider = oidcSettings(config)
  const file = config.CONSOLE_USERS_FILE
  const entries = file === undefined ? null : readUsersFile(file)
  const [sampleRefused, sampleFailed] = [createSample(SAY_EVERY_MS), createSample(SAY_EVERY_MS)]
  const onRefused = (address: string) =>
    sampleRefused(count =>
      log.warn({ event: 'login_failed', address, count }, 'Somebody was not let in to the console.'),
    )
  const onFailed = (error: unknown) =>
    sampleFailed(count =>
      log.warn(
        { event: 'oidc_failed', code: codeOf(error), count },
        'The OpenID provider vouched for nobody.',
      ),
    )
  return {
    access: createAccess({
      token: config.CONSOLE_TOKEN ?? null,
      users: entries === null ? null : await createUsers(entries),
      sessions: createSessions(Date.now),
      throttle: createThrottle(),
      onRefused,
    }),
    visitorOf: visitorReader(ipRanges(config.TRUSTED_PROXIES), isPublicSecure(config)),
    oidc:
      provider === null || entries === null
        ? null
        : { oidc: createOidc(provider), entries, onRefused, onFailed },
  }
}
