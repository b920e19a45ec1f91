/**
 * Three real brokers for the tests of the project `cluster`. The first test that asks for them starts them; its files
 * run one after the other in one worker, so that all share them. A test may break them: the next one gets them whole.
 */
import { randomUUID } from 'node:crypto'
import type { Admin } from 'kafkajs'
import { inject } from 'vitest'
import { type Cluster, startCluster } from '../../infra/local/cluster/cluster.ts'

let started: Promise<Cluster> | null = null

/** What everybody may use, with topics of their own: `clusterTopic` makes them. */
export async function sharedCluster(): Promise<Cluster> {
  started ??= startCluster({
    env: process.env,
    dataDir: inject('clusterDirectory'),
    onEvent: line => console.error(line),
  })
  const cluster = await started
  for (const broker of cluster.brokers) if (broker.pid !== null) broker.resume()
  await cluster.untilWhole()
  return cluster
}

/**
 * A topic that nobody else has, on all three brokers.
 * @param replicas broker ids by partition, the leader first.
 */
export async function clusterTopic(
  cluster: Cluster,
  replicas: readonly (readonly number[])[],
  config: Readonly<Record<string, string>> = {},
): Promise<string> {
  const topic = `test-${randomUUID().slice(0, 8)}`
  await cluster.admin.use((admin: Admin) =>
    admin.createTopics({
      waitForLeaders: false,
      topics: [
        {
          topic,
          replicaAssignment: replicas.map((ids, partition) => ({ partition, replicas: [...ids] })),
          configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
        },
      ],
    }),
  )
  await cluster.untilWhole()
  return topic
}
