/**
 * What one variable asks of the others. A rule is carried by its field, so that it comes along wherever a schema takes
 * the field; `loadConfig` runs the rules of every variable that is set. And which that are set nobody reads. Pure.
 */
import { z } from 'zod'

export type Environment = Readonly<Record<string, string | undefined>>

/** What is wrong, and what to do about it; null when nothing is. Only asked where the variable is set. */
export type Rule = (variable: string, env: Environment) => string | null

export const ruled = <Field extends z.ZodType>(field: Field, ...rules: readonly Rule[]): Field =>
  field.meta({ rules })

/** The rules of a field, through the wrappers of zod. */
export function rulesOf(field: unknown): readonly Rule[] {
  let inner = field
  while (inner instanceof z.ZodType) {
    const rules = inner.meta()?.rules
    if (Array.isArray(rules)) return rules
    if (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault)
      inner = inner.unwrap()
    else if (inner instanceof z.ZodPipe) inner = inner.in
    else break
  }
  return []
}

/** As a value, or as the file that holds it. */
export const isSet = (variable: string, env: Environment): boolean =>
  Boolean(env[variable]) || Boolean(env[`${variable}_FILE`])

export const needs =
  (...others: readonly string[]): Rule =>
  (variable, env) => {
    const missing = others.filter(other => !isSet(other, env))
    return missing.length === 0
      ? null
      : `says nothing without ${missing.join(' and ')}: set that too, or unset ${variable}`
  }

export const needsValue =
  (other: string, ...values: readonly string[]): Rule =>
  (variable, env) =>
    values.includes(env[other] ?? '')
      ? null
      : `says nothing unless ${other} is ${values.join(' or ')}: set that, or unset ${variable}`

export const excludes =
  (...others: readonly string[]): Rule =>
  (_variable, env) => {
    const other = others.find(name => isSet(name, env))
    return other === undefined ? null : `contradicts ${other}: set one of the two`
  }

/** A rule for some values of the variable. */
export const whereValueIs =
  (values: readonly string[], rule: Rule): Rule =>
  (variable, env) =>
    values.includes(env[variable] ?? '') ? rule(variable, env) : null

/** `host` as a URL has it, or as `host:port` does: brackets of an IPv6 address may be there. */
export const isLoopback = (host: string): boolean =>
  /^(?:127(?:\.\d{1,3}){3}|localhost|\[?::1\]?)$/i.test(host)

/** On this machine, or where somebody has said that the network between is their own. */
export const mayBePlaintext = (host: string, env: Environment): boolean =>
  isLoopback(host) ||
  (env.PLAINTEXT_HOSTS ?? '').split(',').some(allowed => allowed.trim().toLowerCase() === host.toLowerCase())

/** Null for what is no URL: the field's own check says so. */
export function plaintextFault(url: string, env: Environment): string | null {
  const { protocol, hostname } = URL.parse(url) ?? {}
  if (hostname === undefined || protocol === 'https:' || mayBePlaintext(hostname, env)) return null
  return `expected https: over http everybody between here and ${hostname} reads along. Where that network is your own, name ${hostname} in PLAINTEXT_HOSTS`
}

/** A URL that is spoken to over TLS. */
export const overTls: Rule = (variable, env) => plaintextFault(env[variable] ?? '', env)

const SECRET_CHARACTERS_MIN = 16

/** Nobody else comes here, and what is here is nobody's: Pulsifi is the sandbox of this machine. */
export const isTrial = (listenHost: string, pulsifiUrls: Iterable<string | undefined>): boolean =>
  isLoopback(listenHost) &&
  [...pulsifiUrls].every(url => url === undefined || isLoopback(URL.parse(url)?.hostname ?? ''))

/**
 * What is wrong with a secret and what to do; null when nothing is. One that somebody has thought of is guessed sooner
 * than one of this length that was drawn. Shows how long it is, and nothing else of it.
 */
export const weaknessOf = (secret: string): string | null =>
  secret.length >= SECRET_CHARACTERS_MIN
    ? null
    : `has ${secret.length} characters, and can be guessed: set one of at least ${SECRET_CHARACTERS_MIN}, such as "openssl rand -hex 16" draws`

/** A sentence for each that can be guessed, by what it is called. */
export const weaknessesOf = (
  secrets: readonly (readonly [name: string, secret: string | null | undefined])[],
): readonly string[] =>
  secrets.flatMap(([name, secret]) => {
    const weakness = secret == null ? null : weaknessOf(secret)
    return weakness === null ? [] : [`${name} ${weakness}`]
  })

/** What is configured of the rules themselves. */
export const RuleSettings = {
  PLAINTEXT_HOSTS: z
    .string()
    .optional()
    .describe('hosts besides this machine that may be spoken to without TLS, comma separated'),
}

/** Shorter names are near to too many others. */
const LENGTH_MIN = 8

/**
 * What is set, read by nobody, and looks like something that is read: a sentence each.
 * @param known every variable that is read; `NAME_FILE` stands for NAME
 */
export function misspelt(env: Environment, known: Iterable<string>): readonly string[] {
  const names = new Set(known)
  const set = Object.keys(env).filter(name => env[name] && name.length >= LENGTH_MIN)
  return set.flatMap(name => {
    const bare = name.replace(/_FILE$/, '')
    if (names.has(name) || names.has(bare)) return []
    const meant = [...names].find(other => isNear(bare, other))
    return meant === undefined
      ? []
      : [`${name} is set, and nothing reads it: did you mean ${name === bare ? meant : `${meant}_FILE`}?`]
  })
}

/** One letter is another, missing or too many, or two have changed places. Two letters apart are HEALTH_HOST and HEALTH_PORT. */
function isNear(name: string, other: string): boolean {
  if (Math.abs(name.length - other.length) > 1 || other.length < LENGTH_MIN) return false
  const shorter = Math.min(name.length, other.length)
  let same = 0
  while (same < shorter && name[same] === other[same]) same++
  let alike = 0
  while (alike < shorter - same && name.at(-1 - alike) === other.at(-1 - alike)) alike++
  const [left, right] = [name.slice(same, name.length - alike), other.slice(same, other.length - alike)]
  const haveChangedPlaces = left.length === 2 && left === [...right].reverse().join('')
  return haveChangedPlaces || Math.max(left.length, right.length) <= 1
}

/** The variables that a text such as `.env.example` shows, commented out or not. */
export const namesShown = (text: string): readonly string[] =>
  [...text.matchAll(/^(?:#\s?)?([A-Z][A-Z0-9_]+)=/gm)].map(([, name = '']) => name)
