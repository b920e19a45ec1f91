/** What the sandbox can be told: one schema for the environment (`SANDBOX_*`) and for `startSandbox`. */
import { z } from 'zod'

const seconds = () => z.coerce.number<number | string>().min(0).max(86_400)
const flag = () => z.union([z.boolean(), z.enum(['true', 'false']).transform(text => text === 'true')])
const share = () => z.coerce.number<number | string>().min(0).max(1)
const row = (env: string, description: string) => ({ env, description })

export const optionsSchema = z
  .strictObject({
    port: z.coerce
      .number<number | string>()
      .int()
      .min(0)
      .max(65_535)
      .default(8095)
      .meta(row('SANDBOX_PORT', 'port to listen on; 0 takes a free one')),
    host: z
      .string()
      .default('127.0.0.1')
      .meta(
        row('SANDBOX_HOST', 'address to listen on; the control API has no password, keep it on loopback'),
      ),
    publicUrl: z
      .url()
      .optional()
      .meta(row('SANDBOX_PUBLIC_URL', 'base of the links in replies; unset: the listening address')),
    clientId: z
      .string()
      .optional()
      .meta(row('SANDBOX_CLIENT_ID', 'the only client id that gets a token; unset: any')),
    clientSecret: z.string().optional().meta(row('SANDBOX_CLIENT_SECRET', 'its secret; set both or neither')),
    tokenSeconds: seconds().default(3600).meta(row('SANDBOX_TOKEN_SECONDS', 'how long a token lives')),
    expiresIn: z
      .enum(['string', 'number', 'epoch'])
      .default('string')
      .meta(
        row('SANDBOX_EXPIRES_IN', 'how expires_in is written: "3600", 3600, or the epoch second of expiry'),
      ),
    strict: flag()
      .default(true)
      .meta(row('SANDBOX_STRICT', 'refuse fields that the guideline does not name')),
    duplicates: z
      .enum(['allow', 'reject', 'return-existing'])
      .default('allow')
      .meta(row('SANDBOX_DUPLICATES', 'what a second create with the same reference does')),
    reply: z
      .enum(['bare', 'wrapped'])
      .default('bare')
      .meta(row('SANDBOX_REPLY', 'bare objects, or {"data": …, "meta": null}')),
    finishSeconds: seconds()
      .default(3)
      .meta(row('SANDBOX_FINISH_SECONDS', 'from invitation to result; 0: only by hand')),
    expireShare: share()
      .default(0)
      .meta(row('SANDBOX_EXPIRE_SHARE', 'share of candidates, 0 to 1, who let the invitation expire')),
    secretHeader: z
      .string()
      .regex(/^[A-Za-z0-9-]+$/)
      .default('x-pulsifi-secret')
      .meta(row('SANDBOX_SECRET_HEADER', 'header of a callback that carries the webhook secret')),
    secretMode: z
      .enum(['plain', 'hmac'])
      .default('plain')
      .meta(row('SANDBOX_SECRET_MODE', 'the secret itself, or the hex HMAC-SHA256 of the body under it')),
    callbackAttempts: z.coerce
      .number<number | string>()
      .int()
      .min(1)
      .max(10)
      .default(3)
      .meta(row('SANDBOX_CALLBACK_ATTEMPTS', 'tries of one callback before it is given up')),
    callbackRetrySeconds: seconds()
      .default(1)
      .meta(
        row(
          'SANDBOX_CALLBACK_RETRY_SECONDS',
          'wait before the second try; each further wait is 5 times longer',
        ),
      ),
    ratePerSecond: z.coerce
      .number<number | string>()
      .int()
      .min(0)
      .default(0)
      .meta(row('SANDBOX_RATE_PER_SECOND', 'API requests a second before 429; 0: no limit')),
    dataDir: z
      .string()
      .optional()
      .meta(row('SANDBOX_DATA_DIR', 'directory of the journal; unset: everything is forgotten at exit')),
    logLevel: z
      .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
      .default('warn')
      .meta(row('SANDBOX_LOG_LEVEL', 'what is worth a log line')),
  })
  .refine(options => (options.clientId === undefined) === (options.clientSecret === undefined), {
    path: ['clientSecret'],
    message: 'set SANDBOX_CLIENT_ID and SANDBOX_CLIENT_SECRET together, or neither',
    // Checked beside other faults too: all of them come at once.
    when: () => true,
  })

export type SandboxOptions = z.output<typeof optionsSchema>
/** What `startSandbox` takes: every option has a default. */
export type SandboxInput = z.input<typeof optionsSchema>

type Setting = { readonly option: string; readonly env: string; readonly description: string }

const settings: readonly Setting[] = Object.entries(optionsSchema.shape).map(([option, field]) => {
  const meta = field.meta()
  return { option, env: String(meta?.env), description: meta?.description ?? '' }
})

/** Every variable that the sandbox reads. */
export const SANDBOX_VARIABLES: readonly string[] = settings.map(setting => setting.env)

export type Loaded =
  | { readonly type: 'ok'; readonly options: SandboxOptions }
  | { readonly type: 'faults'; readonly faults: readonly string[] }

/** Reads the environment; an empty variable counts as unset. All faults come at once, by variable, without values. */
export function loadOptions(env: Readonly<Record<string, string | undefined>>): Loaded {
  const given = settings.flatMap(setting => {
    const value = env[setting.env]
    return value === undefined || value === '' ? [] : [[setting.option, value]]
  })
  const parsed = optionsSchema.safeParse(Object.fromEntries(given))
  if (parsed.success) return { type: 'ok', options: parsed.data }
  const faults = parsed.error.issues.map(issue => `${envOf(String(issue.path[0]))}: ${issue.message}`)
  return { type: 'faults', faults }
}

const envOf = (option: string) => settings.find(setting => setting.option === option)?.env ?? option

/** The text of `--help`. */
export function help(): string {
  const defaults: Readonly<Record<string, unknown>> = optionsSchema.parse({})
  const lines = settings.map(({ option, env, description }) => {
    const value = defaults[option]
    return `  ${env.padEnd(32)}${description}${value === undefined ? '' : ` (default ${String(value)})`}`
  })
  return ['A stand-in for Pulsifi Platform API v4.1.0. Configured by environment:', '', ...lines, ''].join(
    '\n',
  )
}
