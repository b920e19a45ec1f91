/** Where a broker and a registry are that somebody else has started on this machine. */
import { z } from 'zod'
import { ConfigError, type Environment, loadConfig } from '../../services/platform/process/config.ts'
import { LocalSettings } from './infrastructure.ts'
import { isListening } from './ports.ts'
import { answers, registryUrl } from './registry.ts'

/**
 * KAFKA_BROKERS and SCHEMA_REGISTRY_URL for whoever has not set them; empty for whoever has.
 * @throws ConfigError when nothing is configured and nothing answers.
 */
export async function runningAddresses(env: Environment): Promise<Record<string, string>> {
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
