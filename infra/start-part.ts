/**
 * `npm run start:<part>`: one process alone, in this process. Without KAFKA_BROKERS it uses what answers on the
 * local ports.
 */
import { z } from 'zod'
import { ConfigError, type Environment, loadConfig } from '../services/platform/config.ts'
import { runCommand } from './local/command.ts'
import { LocalSettings } from './local/infrastructure.ts'
import { isListening } from './local/ports.ts'
import { answers, registryUrl } from './local/registry.ts'
import { SANDBOX, stackProcess } from './stack-processes.ts'

/** @throws ConfigError when nothing is configured and nothing answers. */
async function localAddresses(env: Environment): Promise<Record<string, string>> {
  const config = loadConfig(z.object(LocalSettings), env)
  if (config.KAFKA_BROKERS !== undefined) return {}
  const registry = config.SCHEMA_REGISTRY_URL ?? registryUrl(config.LOCAL_REGISTRY_PORT)
  const missing = [
    ...((await isListening(config.LOCAL_KAFKA_PORT)) ? [] : [`broker on port ${config.LOCAL_KAFKA_PORT}`]),
    ...((await answers(registry)) ? [] : [`schema registry at ${registry}`]),
  ]
  if (missing.length > 0) {
    throw new ConfigError(
      `no ${missing.join(' and no ')}: run "npm run start:infra" in another terminal, or set KAFKA_BROKERS and SCHEMA_REGISTRY_URL`,
    )
  }
  return { KAFKA_BROKERS: `127.0.0.1:${config.LOCAL_KAFKA_PORT}`, SCHEMA_REGISTRY_URL: registry }
}

const name = process.argv[2] ?? ''
const part = stackProcess(name)
const isHelp = process.argv.includes('--help') || process.argv.includes('-h')
if (part === undefined) await runCommand(() => Promise.reject(new ConfigError(`there is no part "${name}"`)))
else {
  if (part !== SANDBOX && !isHelp) {
    const addresses = await localAddresses(process.env).catch((error: unknown) =>
      runCommand(() => Promise.reject(error)),
    )
    Object.assign(process.env, addresses)
  }
  await import(part.main.href)
}
