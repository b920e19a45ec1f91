/** Where broker and registry are for somebody who was told nothing: what answers on the local ports. */
import { connect } from 'node:net'
import { z } from 'zod'
import { ConfigError, type Environment, list, loadConfig, port, UnreachableError } from '../process/config.ts'

const Settings = z.object({
  KAFKA_BROKERS: list().optional(),
  SCHEMA_REGISTRY_URL: z.url().optional(),
  LOCAL_KAFKA_PORT: port(9092),
  LOCAL_REGISTRY_PORT: port(8081),
})

const LOOPBACK = '127.0.0.1'
const CONNECT_TIMEOUT_MS = 2_000
const REMEDY = 'run "npm run start:infra" in another terminal, or set KAFKA_BROKERS and SCHEMA_REGISTRY_URL'

/**
 * KAFKA_BROKERS and SCHEMA_REGISTRY_URL as they are set, or as the local parts have them.
 * @throws UnreachableError when no broker accepts a connection. Of the registry only those hear who need it.
 */
export async function findAddresses(env: Environment): Promise<Record<string, string>> {
  const config = loadConfig(Settings, env)
  const brokers = config.KAFKA_BROKERS ?? [`${LOOPBACK}:${config.LOCAL_KAFKA_PORT}`]
  const answers = await Promise.all(
    brokers.map(broker => {
      const { hostname, port: brokerPort } = hostAndPort(broker)
      return isListening(brokerPort, hostname)
    }),
  )
  if (!answers.includes(true)) {
    const where = config.KAFKA_BROKERS === undefined ? '' : ' (KAFKA_BROKERS)'
    throw new UnreachableError(`no broker answers at ${brokers.join(', ')}${where}: ${REMEDY}`)
  }
  return {
    KAFKA_BROKERS: brokers.join(','),
    SCHEMA_REGISTRY_URL: registryUrlOf(config),
  }
}

/** The same for a process, which waits by itself for what is set: empty when KAFKA_BROKERS is. */
export const findLocalAddresses = async (env: Environment): Promise<Record<string, string>> =>
  env.KAFKA_BROKERS ? {} : findAddresses(env)

/** SCHEMA_REGISTRY_URL as it is set, or as the local registry has it; whether it answers is another matter. */
export const findRegistry = (env: Environment): string => registryUrlOf(loadConfig(Settings, env))

const registryUrlOf = (config: z.output<typeof Settings>): string =>
  config.SCHEMA_REGISTRY_URL ?? localRegistryUrl(config.LOCAL_REGISTRY_PORT)

/** As SCHEMA_REGISTRY_URL takes it. */
export const localRegistryUrl = (registryPort: number): string =>
  `http://${LOOPBACK}:${registryPort}/apis/ccompat/v7`

/** Whether anything accepts connections there. */
export function isListening(listeningPort: number, host = LOOPBACK): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host, port: listeningPort, timeout: CONNECT_TIMEOUT_MS })
    const answer = (result: boolean) => {
      socket.destroy()
      resolve(result)
    }
    socket.once('connect', () => answer(true))
    socket.once('timeout', () => answer(false))
    socket.once('error', () => answer(false))
  })
}

/** `host:port`, also `[::1]:9092`. @throws ConfigError for anything else. */
function hostAndPort(broker: string): { hostname: string; port: number } {
  const [, hostname = '', digits = ''] = /^\[?([^\]]+?)\]?:(\d{1,5})$/.exec(broker) ?? []
  if (hostname === '') throw new ConfigError(`KAFKA_BROKERS: "${broker}" is not host:port`)
  return { hostname, port: Number(digits) }
}
