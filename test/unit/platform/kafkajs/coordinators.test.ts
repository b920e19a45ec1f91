import { describe, expect, it } from 'vitest'
import {
  type Coordinator,
  withQuickCoordinators,
} from '../../../../services/platform/kafkajs/coordinators.ts'

const TRANSACTION = { groupId: 'normalizer-3', coordinatorType: 1 }

/** A cluster that counts what it is asked, and whose coordinators answer as they are told. */
function counting() {
  const asked: string[] = []
  const state = { isConnected: true, refuses: false, isBusy: 0, moves: 0, requests: 0 }
  const answer = async () => {
    state.requests++
    if (state.refuses) throw new Error('NOT_COORDINATOR')
    if (state.moves-- > 0) throw Object.assign(new Error('has moved'), { type: 'NOT_COORDINATOR_FOR_GROUP' })
    if (state.isBusy-- > 0)
      throw Object.assign(new Error('is completing one'), { type: 'CONCURRENT_TRANSACTIONS' })
  }
  const coordinator: Coordinator = {
    isConnected: () => state.isConnected,
    initProducerId: answer,
    addPartitionsToTxn: answer,
    addOffsetsToTxn: answer,
    txnOffsetCommit: answer,
    endTxn: answer,
  }
  const cluster = withQuickCoordinators({
    retry: { retries: 3 },
    findGroupCoordinator: async ({ groupId, coordinatorType }) => {
      asked.push(`${coordinatorType}/${groupId}`)
      return coordinator
    },
  })
  return { asked, state, cluster }
}

describe('withQuickCoordinators', () => {
  it('looks up a coordinator once, each kind and name for itself', async () => {
    const { asked, cluster } = counting()
    for (const wanted of [TRANSACTION, TRANSACTION, { ...TRANSACTION, coordinatorType: 0 }, TRANSACTION])
      await cluster.findGroupCoordinator(wanted)
    expect(asked).toEqual(['1/normalizer-3', '0/normalizer-3'])
  })

  it.each(['initProducerId', 'addPartitionsToTxn', 'addOffsetsToTxn', 'txnOffsetCommit', 'endTxn'] as const)(
    'looks it up again after it has refused %s',
    async request => {
      const { asked, state, cluster } = counting()
      const coordinator = await cluster.findGroupCoordinator(TRANSACTION)
      await coordinator[request]({})
      expect(await cluster.findGroupCoordinator(TRANSACTION)).toBe(coordinator)
      state.refuses = true
      await expect(coordinator[request]({})).rejects.toThrow('NOT_COORDINATOR')
      await cluster.findGroupCoordinator(TRANSACTION)
      expect(asked).toHaveLength(2)
    },
  )

  it.each(['addPartitionsToTxn', 'addOffsetsToTxn', 'endTxn'] as const)(
    'repeats %s while a transaction is being completed',
    async request => {
      const { asked, state, cluster } = counting()
      const coordinator = await cluster.findGroupCoordinator(TRANSACTION)
      state.isBusy = 3
      await coordinator[request]({})
      await cluster.findGroupCoordinator(TRANSACTION)
      expect(state.requests).toBe(4)
      expect(asked).toHaveLength(1)
    },
  )

  it.each(['initProducerId', 'txnOffsetCommit'] as const)(
    'never repeats %s, whatever the answer',
    async request => {
      const { state, cluster } = counting()
      const coordinator = await cluster.findGroupCoordinator(TRANSACTION)
      state.isBusy = 1
      await expect(coordinator[request]({})).rejects.toThrow('is completing one')
      expect(state.requests).toBe(1)
    },
  )

  it.each(['addPartitionsToTxn', 'addOffsetsToTxn', 'txnOffsetCommit', 'endTxn'] as const)(
    'asks the next coordinator for %s when the one before says that it has moved',
    async request => {
      const { asked, state, cluster } = counting()
      const coordinator = await cluster.findGroupCoordinator(TRANSACTION)
      state.moves = 2
      await coordinator[request]({})
      expect(state.requests).toBe(3)
      expect(asked).toHaveLength(3)
    },
  )

  it('learns the end of a transaction from the coordinator that takes over and is completing it', async () => {
    const { state, cluster } = counting()
    const coordinator = await cluster.findGroupCoordinator(TRANSACTION)
    state.moves = 1
    state.isBusy = 2
    await coordinator.endTxn({})
    expect(state.requests).toBe(4)
  })

  it('lets the cluster connect again to one that is no longer connected', async () => {
    const { asked, state, cluster } = counting()
    await cluster.findGroupCoordinator(TRANSACTION)
    state.isConnected = false
    await cluster.findGroupCoordinator(TRANSACTION)
    expect(asked).toHaveLength(2)
  })

  it('is the same cluster for everything else', () => {
    expect(counting().cluster.retry).toEqual({ retries: 3 })
  })
})
