import { expect, it } from 'vitest'
import {
  everyOffset,
  type OffsetCluster,
  type WantedOffsets,
} from '../../../../services/platform/kafkajs/offsets.ts'
import type { Retrier } from '../../../../services/platform/kafkajs/retries.ts'

const MOVED = Object.assign(new Error('not the leader'), { retriable: true })
const TOPIC: WantedOffsets = { topic: 'a', partitions: [{ partition: 0 }, { partition: 1 }] }
const FOUND = { topic: 'a', partitions: [0, 1].map(partition => ({ partition, offset: '7' })) }

/** A cluster whose answers come in turn, an error among them; it counts how often it has looked who leads what. */
function answering(...answers: readonly (Error | readonly (typeof FOUND)[])[]) {
  const left = [...answers]
  const state = { refreshed: 0, asked: [] as (readonly WantedOffsets[])[] }
  const retrier: Retrier = async attempt => {
    for (;;) {
      const givenUp: unknown[] = []
      const result = await attempt(error => givenUp.push(error), 0, 0).catch(() => undefined)
      if (givenUp.length > 0) throw givenUp[0]
      if (result !== undefined) return result
    }
  }
  const cluster: OffsetCluster = {
    retrier,
    refreshMetadata: async () => void state.refreshed++,
    removeBroker: () => undefined,
    isConnected: () => true,
    connect: async () => undefined,
    findTopicPartitionMetadata: () => (state.refreshed > 0 ? [{ partitionId: 0 }, { partitionId: 1 }] : []),
    async fetchTopicsOffset(topics) {
      state.asked.push(topics)
      const answer = left.shift() ?? [FOUND]
      if (answer instanceof Error) throw answer
      return answer
    },
  }
  return { state, ask: (wanted: WantedOffsets) => everyOffset(cluster, cluster.fetchTopicsOffset, [wanted]) }
}

it('looks who leads now when a lead has moved', async () => {
  const { state, ask } = answering(MOVED, MOVED)
  expect(await ask(TOPIC)).toEqual([FOUND])
  expect(state.refreshed).toBe(2)
})

it('asks again when a partition is missing in the answer', async () => {
  const { state, ask } = answering([], [{ topic: 'a', partitions: FOUND.partitions.slice(0, 1) }])
  expect(await ask(TOPIC)).toEqual([FOUND])
  expect(state.refreshed).toBe(2)
})

it('finds out which partitions there are when nobody has told', async () => {
  const { state, ask } = answering([])
  expect(await ask({ topic: 'a', partitions: [] })).toEqual([FOUND])
  expect(state.asked.at(-1)).toEqual([TOPIC])
})

it('gives up at once with an error that does not pass', async () => {
  const denied = Object.assign(new Error('denied'), { retriable: false })
  await expect(answering(denied).ask(TOPIC)).rejects.toBe(denied)
})
