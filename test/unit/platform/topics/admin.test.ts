import { describe, expect, it } from 'vitest'
import type { KafkaClient } from '../../../../services/platform/kafka/client.ts'
import { applyTopics, topicsFault } from '../../../../services/platform/topics/admin.ts'

describe('topicsFault', () => {
  it('finds nothing wrong when every topic has the right number of partitions', () => {
    expect(topicsFault(new Map([['a', 6]]), ['a', 'a'], 6, 'User:ingress')).toBeNull()
  })

  it('names what is missing and the command that creates it', () => {
    const fault = topicsFault(new Map([['a', 6]]), ['a', 'b', 'c'], 6, 'User:ingress')
    expect(fault).toContain('no topic b, c')
    expect(fault).toContain('npm run ops -- topics apply')
  })

  it('tells what it may not see from what is missing, and names the right', () => {
    const fault = topicsFault(new Map([['a', 'denied']]), ['a', 'b'], 6, 'User:ingress')
    expect(fault).toMatch(/denies Describe .* on a to User:ingress:.*infra\/acls.yaml/)
    expect(fault).not.toContain('no topic')
  })

  it('names what differs in partitions and the variable that decides', () => {
    const fault = topicsFault(new Map([['a', 3]]), ['a'], 6, 'User:ingress')
    expect(fault).toContain('a has 3')
    expect(fault).toContain('PARTITIONS')
  })
})

describe('applyTopics', () => {
  it('returns when those who are named as leaders answer as leaders', async () => {
    const refusals = ['LEADER_NOT_AVAILABLE', 'NOT_LEADER_FOR_PARTITION']
    const topics: string[] = []
    const admin = {
      connect: async () => undefined,
      disconnect: async () => undefined,
      listTopics: async () => topics,
      createTopics: async (request: { topics: readonly { topic: string }[] }) => {
        topics.push(...request.topics.map(({ topic }) => topic))
      },
      fetchTopicMetadata: async () => ({ topics: [{ name: 'a', partitions: [{ leader: 1 }] }] }),
      fetchTopicOffsets: async () => {
        const type = refusals.shift()
        if (type !== undefined) throw Object.assign(new Error(type), { type })
        return []
      },
    }
    const kafka = { admin: () => admin } as unknown as KafkaClient
    const changes = await applyTopics(kafka, [{ name: 'a', config: {}, why: 'A test.' }], 1)
    expect([changes, refusals]).toEqual([[{ topic: 'a', change: 'created' }], []])
  })
})
