import { expect, it } from 'vitest'
import type { KafkaClient } from '../../../../services/platform/kafka/client.ts'
import { DeniedError } from '../../../../services/platform/kafka/denied.ts'
import { ConfigError } from '../../../../services/platform/process/config.ts'
import {
  durabilityFaults,
  fetchDurability,
  requireDurability,
} from '../../../../services/platform/topics/durability.ts'
import { readDurability } from '../../../../services/platform/topics/file.ts'

const WANTED = readDurability()
const SAFE = { replicas: 3, minInSync: 2, uncleanElection: false }

/** A cluster of one topic, one partition of which has fewer replicas. */
function adminOf(settings: Readonly<Record<string, string>> | Error) {
  return {
    connect: async () => undefined,
    disconnect: async () => undefined,
    fetchTopicMetadata: async () => ({
      topics: [{ name: 'a', partitions: [{ replicas: [1, 2, 3] }, { replicas: [2, 3] }] }],
    }),
    async describeConfigs() {
      if (settings instanceof Error) throw settings
      const configEntries = Object.entries(settings).map(([configName, configValue]) => ({
        configName,
        configValue,
      }))
      return { resources: [{ resourceName: 'a', configEntries }] }
    },
  }
}
const kafkaOf = (settings: Parameters<typeof adminOf>[0]) =>
  ({ admin: () => adminOf(settings) }) as unknown as KafkaClient
const UNSAFE = { 'min.insync.replicas': '1', 'unclean.leader.election.enable': 'true' }

it('asks for three replicas, two in sync, and no leader that lacks records', () => {
  expect(WANTED).toEqual(SAFE)
})

it('is read of the least copied partition', async () => {
  const admin = adminOf(UNSAFE) as unknown as Parameters<typeof fetchDurability>[0]
  expect(await fetchDurability(admin, ['a'], 'us')).toEqual(
    new Map([['a', { replicas: 2, minInSync: 1, uncleanElection: true }]]),
  )
})

it.each([
  ['nothing', SAFE, []],
  ['nothing where there is more', { replicas: 5, minInSync: 3, uncleanElection: false }, []],
  ['too few replicas', { ...SAFE, replicas: 2 }, [['replicas', '2', '3']]],
  ['too few in sync', { ...SAFE, minInSync: 1 }, [['min.insync.replicas', '1', '2']]],
  [
    'a leader that may lack records',
    { ...SAFE, uncleanElection: true },
    [['unclean.leader.election.enable', 'true', 'false']],
  ],
])('finds %s', (_what, found, faults) => {
  const all = durabilityFaults(new Map([['a', found]]), WANTED)
  expect(all.map(({ what, is, shouldBe }) => [what, is, shouldBe])).toEqual(faults)
})

it('refuses what is kept less well, says what, and how to go on all the same', async () => {
  const refused = requireDurability(kafkaOf(UNSAFE), ['a'], WANTED)
  await expect(refused).rejects.toThrow(ConfigError)
  await expect(refused).rejects.toThrow(
    /a has replicas 2, a has min.insync.replicas 1.*ALLOW_UNSAFE_TOPICS=true/,
  )
})

it('names the right to read settings when it is missing', async () => {
  const denied = Object.assign(new Error('no'), { type: 'TOPIC_AUTHORIZATION_FAILED' })
  const refused = requireDurability(kafkaOf(denied), ['a'], WANTED)
  await expect(refused).rejects.toThrow(DeniedError)
  await expect(refused).rejects.toThrow('DescribeConfigs on a')
})
