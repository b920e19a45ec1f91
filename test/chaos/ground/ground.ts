/** What a world stands on: one broker that lets everybody in, or three with users and rights; and a registry. */
import { join } from 'node:path'
import { fetchArtifacts } from '../../../infra/local/artifacts.ts'
import { type Cluster, startCluster } from '../../../infra/local/cluster/cluster.ts'
import { startInfrastructure } from '../../../infra/local/infrastructure.ts'
import { findJava } from '../../../infra/local/java.ts'
import type { InfrastructurePart } from '../../../infra/local/part.ts'
import { freePort } from '../../../infra/local/ports.ts'
import { createRegistry } from '../../../infra/local/registry.ts'
import { localRegistryUrl } from '../../../services/platform/kafka/local-addresses.ts'
import { RIGHTS } from './rights.ts'

export interface Ground {
  /** Brokers as an administrator reaches them, who counts and makes topics. */
  readonly brokers: string
  readonly registryUrl: string
  /** What a process needs to reach them. */
  readonly envOf: (service: string) => Readonly<Record<string, string>>
  /** Null on a cluster. */
  readonly broker: InfrastructurePart | null
  readonly registry: InfrastructurePart
  /** Null on one broker. */
  readonly cluster: Cluster | null
  readonly stop: () => Promise<void>
}

export type GroundName = 'one broker' | 'three brokers'

export const GROUNDS: Readonly<Record<GroundName, (directory: string) => Promise<Ground>>> = {
  'one broker': async directory => {
    const own = { LOCAL_KAFKA_PORT: '0', LOCAL_REGISTRY_PORT: '0', LOCAL_DATA_DIR: directory, INFRA: 'jvm' }
    const {
      kafka,
      registryUrl: url,
      broker,
      registry,
      stop,
    } = await startInfrastructure({ ...process.env, ...own })
    if (registry === null) throw new Error('a world needs a registry of its own: unset KAFKA_BROKERS')
    const envOf = () => ({ KAFKA_BROKERS: kafka })
    return { brokers: kafka, registryUrl: url, envOf, broker, registry, cluster: null, stop }
  },

  'three brokers': async directory => {
    const registry = await startRegistry(directory)
    const users = Object.fromEntries(
      [...new Set(RIGHTS.map(({ user }) => user))].map(user => [user, `${user}-password`]),
    )
    const cluster = await startCluster({ env: process.env, dataDir: join(directory, 'cluster'), users })
    await cluster.admin.allow(RIGHTS)
    return {
      brokers: cluster.internal,
      registryUrl: registry.url,
      envOf: service => (service in users ? cluster.envOf(service) : {}),
      broker: null,
      registry: registry.part,
      cluster,
      stop: async () => void (await Promise.all([registry.part.stop(), cluster.stop()])),
    }
  },
}

async function startRegistry(dataDir: string): Promise<{ part: InfrastructurePart; url: string }> {
  const java = await findJava(process.env)
  if (java === null) throw new Error('a registry needs Java')
  const artifacts = await fetchArtifacts({ env: process.env, onEvent: line => console.error(line) })
  const port = await freePort()
  const part = createRegistry({ java, artifacts, dataDir, port })
  await part.start()
  return { part, url: localRegistryUrl(port) }
}
