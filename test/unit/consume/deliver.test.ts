import type { EachBatchPayload } from 'kafkajs'
import { beforeEach, expect, it } from 'vitest'
import { type Delivery, deliver } from '../../../services/consume/deliver.ts'
import { PULSIFI_INVITATION } from '../../../services/core/topics.ts'
import { codec } from '../../support/sink-world.ts'
import { anInvitation } from '../pulsifi-sink/ledger-records.ts'

const readable = codec.encode(PULSIFI_INVITATION, anInvitation({ application_key: 'a' }))
const ofUnknownSchema = Buffer.from([0, 0, 0, 0, 99, 1, 2])
let resolved: string[]
let seen: string[]
let stopped: string[]
beforeEach(() => {
  resolved = []
  seen = []
  stopped = []
})

function deliverAll(
  values: readonly (Buffer | null)[],
  more: Partial<Delivery<typeof PULSIFI_INVITATION>> = {},
) {
  const messages = values.map((value, at) => ({
    ...{ offset: String(at), key: Buffer.from('k'), value, timestamp: '7' },
  }))
  const batch = { topic: PULSIFI_INVITATION, partition: 2, messages, lastOffset: () => String(values.length) }
  const payload = {
    ...{ batch, isRunning: () => true, isStale: () => false },
    resolveOffset: (offset: string) => void resolved.push(offset),
    ...{ heartbeat: async () => undefined, commitOffsetsIfNecessary: async () => undefined },
    // Cast: of a batch, nothing else is read.
  } as unknown as EachBatchPayload
  return deliver(payload, codec, {
    onRecord: ({ offset, record }) => void seen.push(`${offset} ${record?.application_key}`),
    stop: error => void stopped.push(error.message),
    ...more,
  })
}

it('gives away records and tombstones, and takes offsets behind them for read', async () => {
  await deliverAll([readable, null])
  expect([seen, resolved]).toEqual([
    ['0 a', '1 undefined'],
    ['0', '1', '2'],
  ])
})

it.each([
  ['plain JSON', Buffer.from('{"foreign":true}')],
  ['of an unknown schema', ofUnknownSchema],
])('stops with a sentence before a record that is %s', async (_what, value) => {
  await deliverAll([readable, value, readable])
  expect([seen, resolved]).toEqual([['0 a'], ['0']])
  expect(stopped).toEqual([
    expect.stringMatching(/^pulsifi\.invitation\.v1\/2\/1 cannot be read: .*"onUndecodable"/),
  ])
})

it('passes over it when it is told what to do with it', async () => {
  const passed: string[] = []
  await deliverAll([Buffer.from('{}'), readable], {
    onUndecodable: ({ partition, offset, key, value }) =>
      void passed.push(`${partition}/${offset} ${key} ${value}`),
  })
  expect([passed, seen, stopped]).toEqual([['2/0 k {}'], ['1 a'], []])
  expect(resolved).toEqual(['0', '1', '2'])
})
