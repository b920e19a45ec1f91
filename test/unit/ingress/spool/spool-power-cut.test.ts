import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Producer, ProducerBatch } from 'kafkajs'
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest'
import { openProducer } from '../../../../services/ingress/open-producer.ts'
import { spoolKey } from '../../../../services/ingress/spool/format.ts'
import { openSpool } from '../../../../services/ingress/spool/spool.ts'
import { logEvents } from '../../../../services/platform/process/log-events.ts'
import { createLogger } from '../../../../services/platform/process/logger.ts'
import { createMetrics } from '../../../../services/platform/process/metrics.ts'
import { type Disk, watchSyncs } from '../../../support/power-cut.ts'

const root = mkdtempSync(join(tmpdir(), 'spool-power-'))
afterAll(() => rmSync(root, { recursive: true }))
let disk: Disk
let before: string
let after: string
let count = 0
beforeEach(async () => {
  before = join(root, `before-${count}`)
  after = join(root, `after-${count++}`)
  mkdirSync(before)
  mkdirSync(after)
  disk = await watchSyncs()
})
afterEach(() => disk.unwatch())

/** A broker that may be away; keys that it was sent. */
function brokerThat(state: { isThere: boolean }) {
  const keys: string[] = []
  const producer = {
    async connect() {
      if (!state.isThere) throw new Error('connection refused')
    },
    async disconnect() {},
    async sendBatch({ topicMessages = [] }: ProducerBatch) {
      keys.push(...topicMessages.flatMap(({ messages }) => messages.map(({ key }) => String(key))))
      return []
    },
  } as unknown as Producer
  return { keys, kafka: { producer: () => producer } }
}

const ingressAt = (directory: string, { kafka }: ReturnType<typeof brokerThat>, key?: string) =>
  openProducer({
    kafka,
    config: { SPOOL_DIR: join(directory, 'var', 'spool'), SPOOL_MAX_MIB: 1, SPOOL_KEY: key },
    topics: ['t'],
    check: async () => {},
    metrics: createMetrics(),
    log: logEvents(createLogger('test', 'silent')),
    fail: error => {
      throw error
    },
  })
const record = (key: string) => ({ topic: 't', key, value: Buffer.from(key), headers: {} })

it.each([
  ['a key that it makes', undefined],
  ['a key that is set', 'secret'],
])(
  'what was acknowledged while Kafka was away is there after a power cut, in a new installation with %s',
  async (_what, spoolKey) => {
    const producer = await ingressAt(before, brokerThat({ isThere: false }), spoolKey)
    const acknowledged: string[] = []
    const cuts: (readonly [string, string[]])[] = []
    for (const key of ['a', 'b', 'c']) {
      await producer.send([record(key)])
      acknowledged.push(key)
      cuts.push([join(after, key), [...acknowledged]])
      disk.cutPower(before, join(after, key))
    }
    await producer.close()
    for (const [directory, keys] of cuts) {
      const broker = brokerThat({ isThere: true })
      const next = await ingressAt(directory, broker, spoolKey)
      while (next.state().spool.records > 0) await new Promise(resolve => setImmediate(resolve))
      await next.close()
      expect(broker.keys).toEqual(keys)
    }
  },
)

const QUIET = { onDisk: () => {}, onForeign: () => {} }

it('what was taken over from an instance that is gone is not lost together with its folder', async () => {
  const options = { key: spoolKey('k'), bytesMax: 1e6, onDamage: () => {}, onLost: () => {}, ...QUIET }
  const [first, gone] = [await openSpool(before, options), await openSpool(before, options)]
  await gone.lane('t').append([record('theirs')])
  await gone.close()
  await first.adopt()
  const folder = await open(before)
  await folder.sync()
  await folder.close()
  disk.cutPower(before, after)
  await first.close()
  expect(readdirSync(after)).not.toContain('ingress-1')
  const next = await openSpool(after, options)
  expect(await next.lane('t').next({ recordsMax: 9, bytesMax: 1e6 })).toMatchObject([{ key: 'theirs' }])
  await next.close()
})
