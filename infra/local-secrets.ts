/** Secrets that a newcomer has not set: made once, kept in a file that only its owner may read. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Environment } from '../services/platform/process/config.ts'

export type Secrets = Readonly<Record<string, string>>

const SECRET_BYTES = 24

/** The variables of the sources' secrets, and of Pulsifi's callback. */
export const sourceSecretVariables = (sources: readonly string[]): readonly string[] =>
  [...sources, 'pulsifi'].map(name => `SOURCE_${name.toUpperCase().replaceAll('-', '_')}_SECRET`)

/** A value for each of `variables` that the environment does not set, directly or by `*_FILE`; the same every time. */
export function localSecrets(file: string, variables: readonly string[], env: Environment): Secrets {
  const unset = variables.filter(variable => !env[variable] && !env[`${variable}_FILE`])
  const known = readSecrets(file)
  const secrets = Object.fromEntries(
    unset.map(variable => [variable, known[variable] ?? randomBytes(SECRET_BYTES).toString('base64url')]),
  )
  if (unset.some(variable => known[variable] === undefined)) writeSecrets(file, { ...known, ...secrets })
  return secrets
}

function readSecrets(file: string): Secrets {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return {}
  }
  const content: unknown = JSON.parse(text)
  return Object.fromEntries(
    Object.entries(content ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

function writeSecrets(file: string, secrets: Secrets): void {
  mkdirSync(dirname(file), { recursive: true })
  const temporary = `${file}.${process.pid}`
  writeFileSync(temporary, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 })
  renameSync(temporary, file)
}
