/**
 * Configuration: one schema a process, read once at boot. All faults are reported at once, by variable, with what to
 * write instead; the value of a variable that may hold a secret is never shown.
 */
import { z } from 'zod'
import { type Environment, isSet, rulesOf } from './config-rules.ts'
import { type Keep, readConfigured } from './kept-files.ts'

export type { Environment } from './config-rules.ts'

/** Configuration that cannot be used. `message` is for a person, one line a fault. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** With all that is wrong, each with its variable. */
export class ConfigFaults extends ConfigError {
  readonly faults: readonly string[]

  constructor(what: string, faults: readonly string[]) {
    super(`${what} cannot be used:\n${faults.map(fault => `  ${fault}`).join('\n')}`)
    this.faults = faults
  }
}

/** What the configuration names does not answer. It may come back: the process may be started again. */
export class UnreachableError extends ConfigError {}

/** A secret: `NAME` or the content of the file that `NAME_FILE` names. */
export const secret = () => z.string().min(1).meta({ secret: true })
/** Several values separated by commas; empty ones are dropped. */
export const list = () =>
  z.string().transform(text =>
    text
      .split(',')
      .map(part => part.trim())
      .filter(part => part !== ''),
  )
/** Where something is asked over HTTP, and what it is called. */
export interface NamedUrl {
  readonly name: string
  readonly url: string
}
/** Of `name=url`; null for anything else. */
export function namedUrl(text: string): NamedUrl | null {
  const at = text.indexOf('=')
  const [name, url] = [text.slice(0, Math.max(0, at)).trim(), text.slice(at + 1).trim()]
  return name !== '' && /^https?:$/.test(URL.parse(url)?.protocol ?? '') ? { name, url } : null
}
/** Several of them, separated by commas. */
export const namedUrls = () =>
  list()
    .refine(
      entries => entries.every(entry => namedUrl(entry) !== null),
      'expected name=url over http, comma separated',
    )
    .transform(entries => entries.flatMap(entry => namedUrl(entry) ?? []))
/** Seconds, fractions allowed, as milliseconds. */
export const seconds = () =>
  z.coerce
    .number()
    .nonnegative()
    .transform(value => Math.round(value * 1000))
/** A ladder of waits in seconds, as milliseconds: the last one repeats. */
export const secondsLadder = () =>
  list()
    .transform(parts => parts.map(Number))
    .refine(
      values => values.length > 0 && values.every(value => value > 0),
      'expected positive numbers, comma separated',
    )
    .transform(values => values.map(value => value * 1000))
export const port = (fallback: number) => z.coerce.number().int().min(0).max(65535).default(fallback)
export const flag = () => z.enum(['true', 'false']).transform(value => value === 'true')

/**
 * Reads `schema` from the environment. An empty variable counts as unset.
 * @throws ConfigFaults naming every variable at fault.
 */
export function loadConfig<Schema extends z.ZodObject>(schema: Schema, env: Environment): z.output<Schema> {
  const values: Record<string, string> = {}
  const faults: string[] = []
  for (const name of Object.keys(schema.shape)) {
    const value = textOf(name, env, faults)
    if (value !== undefined) values[name] = value
    faults.push(...brokenRules(name, schema.shape[name], env))
  }
  const parsed = schema.safeParse(values)
  if (!parsed.success)
    faults.push(...parsed.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`))
  if (faults.length > 0 || !parsed.success) throw new ConfigFaults('configuration', faults)
  return parsed.data
}

/** Configuration as it is by now. */
export interface KeptConfig<Config> {
  /** Whoever takes a field out of it has what was true then. */
  readonly config: Config
  /** What `check` makes of it, now; from then on no change counts that it throws for. @throws what `check` throws */
  readonly mustHold: <T>(check: (config: Config) => T) => T
}

/** The same, each field as it is by now: a secret may come from a file that has changed since. */
export function keepConfig<Schema extends z.ZodObject>(
  keep: Keep,
  schema: Schema,
  env: Environment,
): KeptConfig<z.output<Schema>> {
  const checks: ((config: z.output<Schema>) => unknown)[] = []
  const now = keep('the configuration', () => {
    const read = loadConfig(schema, env)
    for (const check of checks) check(read)
    return read
  })
  const fields = Object.keys(schema.shape).map(name => [
    name,
    { enumerable: true, get: () => Reflect.get(now(), name) },
  ])
  // Cast: these are the fields of the schema, and each gives what the schema has made of it.
  const config = Object.defineProperties({}, Object.fromEntries(fields)) as z.output<Schema>
  return {
    config,
    mustHold(check) {
      const made = check(config)
      checks.push(check)
      return made
    },
  }
}

const brokenRules = (name: string, field: unknown, env: Environment): readonly string[] =>
  isSet(name, env)
    ? rulesOf(field).flatMap(rule => {
        const fault = rule(name, env)
        return fault === null ? [] : [`${name}: ${fault}`]
      })
    : []

function textOf(name: string, env: Environment, faults: string[]): string | undefined {
  const direct = env[name] || undefined
  const file = env[`${name}_FILE`] || undefined
  if (file === undefined) return direct
  if (direct !== undefined) {
    faults.push(`${name}: contradicts ${name}_FILE: set one of the two`)
    return undefined
  }
  try {
    return readConfigured(file).trim()
  } catch {
    faults.push(`${name}_FILE: the file cannot be read`)
    return undefined
  }
}

/** What was configured, fit for a log line: secrets only as set or not set. */
export function configSummary(
  schema: z.ZodObject,
  config: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schema.shape).map(([name, field]) => [
      name,
      isSecret(field) ? shown(config[name]) : config[name],
    ]),
  )
}

const shown = (value: unknown) => (value === undefined || value === '' ? 'not set' : 'set')

/** Whether it is made of `secret()`. Looks through `.optional()` and `.default()`, where zod keeps the wrapped field's own meta. */
export function isSecret(field: unknown): boolean {
  let inner: unknown = field
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault) {
    if (inner.meta()?.secret === true) return true
    inner = inner.unwrap()
  }
  return inner instanceof z.ZodType && inner.meta()?.secret === true
}
