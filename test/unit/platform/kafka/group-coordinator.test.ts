import { expect, it } from 'vitest'
import { waitForCoordinator } from '../../../../services/platform/kafka/group-coordinator.ts'
import { Heartbeats } from '../../../../services/platform/partitions/group/heartbeats.ts'

const loading = Object.assign(new Error('loading'), { type: 'GROUP_LOAD_IN_PROGRESS', retriable: true })
const givenUp = Object.assign(new Error('given up'), {
  name: 'KafkaJSNumberOfRetriesExceeded',
  retriable: false,
})
const refused = Object.assign(new Error('refused'), { type: 'INVALID_GROUP_ID', retriable: false })

/** Waits for a coordinator that answers with these errors first; tells how often it was asked. */
async function waitThrough(errors: readonly Error[]): Promise<number> {
  let asked = 0
  const fetchOffsets = async () => {
    const error = errors[asked++]
    if (error !== undefined) throw error
    return []
  }
  await waitForCoordinator({ fetchOffsets }, 'group', ['topic'], { pause: async () => undefined })
  return asked
}

it.each([
  ['answers at once', [], 1],
  ['is loading', [loading, loading], 3],
  ['could not be found for a while', [givenUp], 2],
])('joins when the coordinator %s', async (_what, errors, asked) => {
  expect(await waitThrough(errors)).toBe(asked)
})

it('does not wait for what waiting cannot mend', async () => {
  await expect(waitThrough([refused])).rejects.toBe(refused)
})

it('gives up after a minute', async () => {
  await expect(waitThrough(Array(10_000).fill(loading))).rejects.toBe(loading)
})

it('counts only heartbeats that come later than the question', async () => {
  const heartbeats = new Heartbeats()
  const did: string[] = []
  heartbeats.beat()
  void heartbeats.next(2).then(() => did.push('confirmed'))
  for (const beat of [1, 2]) {
    heartbeats.beat()
    await new Promise(resolve => setImmediate(resolve))
    did.push(`beat ${beat}`)
  }
  expect(did).toEqual(['beat 1', 'confirmed', 'beat 2'])
})
