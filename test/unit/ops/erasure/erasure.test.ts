import { beforeAll, expect, it } from 'vitest'
import { readBounds } from '../../../../services/ops/erasure/erasure.ts'
import { discoverSources } from '../../../../services/platform/connections/discover-sources.ts'
import type { KafkaClient } from '../../../../services/platform/kafka/client.ts'

const TOPIC = 'ats.raw.jobylon'

// Loading every source is no part of what is timed.
beforeAll(async () => void (await discoverSources()), 60_000)

/** A broker with one of the topics, which somebody has set otherwise. */
function brokerWith(config: Readonly<Record<string, string>>): KafkaClient {
  const configEntries = Object.entries(config).map(([configName, configValue]) => ({
    configName,
    configValue,
  }))
  const admin = {
    connect: async () => {},
    disconnect: async () => {},
    listTopics: async () => [TOPIC],
    describeConfigs: async () => ({ resources: [{ resourceName: TOPIC, configEntries }] }),
    fetchTopicOffsets: async () => [],
  }
  // Cast: what is asked of it here.
  return { admin: () => admin } as unknown as KafkaClient
}

it('takes bounds from the broker, whatever infra/topics.yaml says', async () => {
  const kafka = brokerWith({ 'cleanup.policy': 'delete', 'retention.ms': '5', 'segment.ms': '7' })
  const boundsOf = await readBounds({ kafka, env: {} })
  expect(boundsOf(TOPIC)).toEqual({ retentionMs: 5, compactedWithinMs: null, segmentMs: 7 })
})

it('has none for a topic that the broker does not have', async () => {
  const boundsOf = await readBounds({ kafka: brokerWith({}), env: {} })
  expect(boundsOf('pulsifi.raw')).toEqual({ retentionMs: null, compactedWithinMs: null, segmentMs: 0 })
})
