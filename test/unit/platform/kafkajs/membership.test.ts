import { describe, expect, it } from 'vitest'
import {
  type BrokerPool,
  followingCoordinator,
  type Group,
  keepingSeed,
  type OffsetManager,
  readFromBeginning,
} from '../../../../services/platform/kafkajs/membership.ts'

const failure = (fields: { name?: string; type?: string }) => Object.assign(new Error('failed'), fields)

/** A group whose coordinators answer heartbeats as they are told to; broker 2 is who coordinates now. */
function groupAt(answers: Readonly<Record<number, Error | null>>) {
  const asked: unknown[] = []
  let searches = 0
  const group: Group = {
    groupId: 'group',
    cluster: {
      async findGroupCoordinator() {
        searches++
        return 2
      },
    },
    coordinator: 1,
    offsetManager: { coordinator: 1 },
  }
  const heartbeat = followingCoordinator(async function (this: Group) {
    asked.push(this.coordinator)
    const answer = answers[Number(this.coordinator)]
    if (answer) throw answer
  })
  return { group, asked, beat: () => heartbeat.call(group, {}), searches: () => searches }
}

describe('a member', () => {
  it.each([
    [{ name: 'KafkaJSConnectionError' }],
    [{ name: 'KafkaJSConnectionClosedError' }],
    [{ name: 'KafkaJSRequestTimeoutError' }],
    [{ type: 'NOT_COORDINATOR_FOR_GROUP' }],
    [{ type: 'GROUP_COORDINATOR_NOT_AVAILABLE' }],
  ])('whose coordinator answers %o beats at the one there is now', async fields => {
    const { group, asked, beat } = groupAt({ 1: failure(fields), 2: null })
    await beat()
    expect(asked).toEqual([1, 2])
    expect(group.coordinator).toBe(2)
    expect(group.offsetManager?.coordinator).toBe(2)
  })

  it('asks once who coordinates, however many of its fetchers beat', async () => {
    const { beat, searches } = groupAt({ 1: failure({ name: 'KafkaJSConnectionError' }), 2: null })
    await Promise.all([beat(), beat(), beat()])
    expect(searches()).toBe(1)
  })

  it('says what the new coordinator refuses', async () => {
    const refused = failure({ type: 'UNKNOWN_MEMBER_ID' })
    const { asked, beat } = groupAt({ 1: failure({ name: 'KafkaJSConnectionError' }), 2: refused })
    await expect(beat()).rejects.toBe(refused)
    expect(asked).toEqual([1, 2])
  })

  it.each([['REBALANCE_IN_PROGRESS'], ['ILLEGAL_GENERATION'], ['UNKNOWN_MEMBER_ID']])(
    'does not look for another coordinator because of %s',
    async type => {
      const { asked, beat } = groupAt({ 1: failure({ type }) })
      await expect(beat()).rejects.toMatchObject({ type })
      expect(asked).toEqual([1])
    },
  )
})

it('an offset that is gone is read on from the beginning', async () => {
  const manager: OffsetManager = {
    cluster: { fetchTopicsOffset: async () => [{ partitions: [{ offset: '25' }] }] },
    resolvedOffsets: { topic: { 3: '5', 4: '9' } },
  }
  await readFromBeginning.call(manager, { topic: 'topic', partition: 3 })
  expect(manager.resolvedOffsets).toEqual({ topic: { 3: '25', 4: '9' } })
})

it('the last broker of a pool stays where to begin', () => {
  const pool: BrokerPool = { seedBroker: { nodeId: 1 } }
  keepingSeed(function (this: BrokerPool) {
    this.seedBroker = undefined
  }).call(pool, { host: '127.0.0.1', port: 1 })
  expect(pool.seedBroker).toEqual({ nodeId: 1 })
})
