/** What "npm start" chose where it was told nothing, for somebody who was told nothing either. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { type Environment, loadConfig, port } from '../../platform/process/config.ts'

const Settings = z.object({
  PULSIFI_BASE_URL: z.string().optional(),
  LOCAL_DATA_DIR: z.string().default('.local'),
  INGRESS_PORT: port(8080),
})
const Secrets = z.record(z.string(), z.string())

/** The environment, and below it the generated secrets and addresses of this machine; as it is when an account is set. */
export function withLocalInstallation(env: Environment): Environment {
  const { PULSIFI_BASE_URL, LOCAL_DATA_DIR, INGRESS_PORT } = loadConfig(Settings, env)
  const secrets = PULSIFI_BASE_URL === undefined ? generatedSecrets(LOCAL_DATA_DIR) : null
  if (secrets === null) return env
  // A secret that a file holds is set, too.
  const unset = Object.entries(secrets).filter(([name]) => !env[`${name}_FILE`])
  const set = Object.entries(env).filter(([, value]) => value !== undefined && value !== '')
  return {
    PUBLIC_URL: `http://127.0.0.1:${INGRESS_PORT}`,
    ...Object.fromEntries(unset),
    ...Object.fromEntries(set),
  }
}

/** Null when nothing was ever started here. */
function generatedSecrets(directory: string): Readonly<Record<string, string>> | null {
  try {
    return Secrets.parse(JSON.parse(readFileSync(join(directory, 'secrets.json'), 'utf8')))
  } catch {
    return null
  }
}
