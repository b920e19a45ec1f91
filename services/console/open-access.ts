/** Who may look, from what is configured. */
import { ipRanges } from '../platform/connections/ip-ranges.ts'
import { createSample } from '../platform/process/at-most-per-second.ts'
import { codeOf } from '../platform/process/log-events.ts'
import type { Run } from '../platform/process/run.ts'
import type { ConsolePorts } from './app.ts'
import { type ConsoleConfig, isPublicSecure, oidcSettings } from './config.ts'
import { createAccess, type SessionEvent } from './serve/access.ts'
import { createOidc, type Oidc, type OidcSettings } from './serve/oidc.ts'
import { createSessions } from './serve/sessions.ts'
import { createThrottle } from './serve/throttle.ts'
import type { User } from './serve/user.ts'
import { createUsers } from './serve/users.ts'
import { readUsersFile } from './serve/users-file.ts'
import { visitorReader } from './serve/visitor.ts'

/** Whoever guesses cannot fill the log, and cannot be overlooked. */
const SAY_EVERY_MS = 10_000

type Starting = Pick<Run<ConsoleConfig>, 'config' | 'log' | 'files'>

/** @throws ConfigError for users or a provider that cannot be used. */
export async function openAccess({
  config,
  log,
  files,
}: Starting): Promise<Pick<ConsolePorts, 'access' | 'visitorOf' | 'oidc' | 'onForbidden'>> {
  const provider = oidcSettings(config)
  const file = config.CONSOLE_USERS_FILE
  const entries = file === undefined ? null : files.keep('the users', () => readUsersFile(file))
  const entryOf = (name: string) => entries?.().get(name)
  const sessions = createSessions(Date.now)
  let [token, known] = [config.CONSOLE_TOKEN, entries?.()]
  files.onChange(() => {
    // Whoever came in by what no longer counts proves themselves again.
    if (token !== config.CONSOLE_TOKEN || known !== entries?.()) sessions.closeAll()
    ;[token, known] = [config.CONSOLE_TOKEN, entries?.()]
  })
  const { onRefused, onFailed, onForbidden, onSession } = accessTeller(log)
  return {
    access: createAccess({
      get token() {
        return config.CONSOLE_TOKEN ?? null
      },
      users: entries === null ? null : await createUsers(entryOf),
      sessions,
      throttle: createThrottle(),
      ...{ onRefused, onSession },
    }),
    onForbidden,
    visitorOf: visitorReader(ipRanges(config.TRUSTED_PROXIES), isPublicSecure(config)),
    oidc:
      provider === null || entries === null
        ? null
        : { oidc: oidcAsConfigured(config, provider, files), entryOf, onFailed },
  }
}

/** Who has come in, and who has not: never what they presented. */
function accessTeller(log: Starting['log']) {
  const [sampleRefused, sampleFailed, sampleForbidden] = [
    createSample(SAY_EVERY_MS),
    createSample(SAY_EVERY_MS),
    createSample(SAY_EVERY_MS),
  ]
  return {
    onRefused: (address: string) =>
      sampleRefused(count =>
        log.warn({ event: 'login_failed', address, count }, 'Somebody was not let in to the console.'),
      ),
    onFailed: (error: unknown) =>
      sampleFailed(count =>
        log.warn(
          { event: 'oidc_failed', code: codeOf(error), count },
          'The OpenID provider vouched for nobody.',
        ),
      ),
    onForbidden: (address: string, actor: string | null, code: string) =>
      sampleForbidden(count =>
        log.warn(
          { event: 'not_allowed', address, actor, code, count },
          'Somebody asked for what is not theirs.',
        ),
      ),
    onSession: (event: SessionEvent, address: string, { name, by }: User) =>
      log.info({ event, address, actor: name, by }, 'A session of the console has begun, or ended.'),
  }
}

/** Made anew when its secret has changed. */
function oidcAsConfigured(
  config: ConsoleConfig,
  provider: OidcSettings,
  { onChange }: Pick<Starting['files'], 'onChange'>,
): Oidc {
  let clientSecret = provider.clientSecret
  let oidc = createOidc(provider)
  onChange(() => {
    const secret = config.CONSOLE_OIDC_CLIENT_SECRET ?? clientSecret
    if (secret !== clientSecret) oidc = createOidc({ ...provider, clientSecret: secret })
    clientSecret = secret
  })
  return {
    begin: (callback, again) => oidc.begin(callback, again),
    isAnswerTo: (answer, proof) => oidc.isAnswerTo(answer, proof),
    finish: (answer, proof) => oidc.finish(answer, proof),
  }
}
