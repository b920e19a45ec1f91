/** Which log the records of a topic stand in: names stay when a topic is made anew, or another cluster answers. */
import type { Admin } from 'kafkajs'
import { identify } from '../kafkajs/kafkajs.ts'

/** `<cluster id>/<topic id>`; the topic's is empty where brokers are too old to have one. */
export type LogId = string

/** The topic's id alone; empty where brokers are too old to have one. */
export const topicOf = (log: LogId): string => log.split('/')[1] ?? ''

export type Relation = 'same' | 'other-cluster' | 'made-anew'

export function relationOf(known: LogId, found: LogId): Relation {
  const [[knownCluster, knownTopic], [cluster, topic]] = [known.split('/'), found.split('/')]
  if (knownCluster && cluster && knownCluster !== cluster) return 'other-cluster'
  return knownTopic && topic && knownTopic !== topic ? 'made-anew' : 'same'
}

/** By topic; empty where nobody can tell. */
export async function logIdsOf(admin: Admin, topics: readonly string[]): Promise<ReadonlyMap<string, LogId>> {
  const found = await identify(admin, topics)
  const { clusterId, topicIds } = found ?? { clusterId: '', topicIds: new Map() }
  return new Map(topics.map(topic => [topic, `${clusterId}/${topicIds.get(topic) ?? ''}`]))
}
