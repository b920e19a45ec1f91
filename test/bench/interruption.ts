/** How long canonical records stand still when the only normalizer is killed, or stopped, and started again. */
import { setTimeout as delay } from 'node:timers/promises'
import { CANONICAL_CANDIDATE } from '../../services/core/topics.ts'
import type { KafkaClient } from '../../services/platform/kafka/client.ts'
import { byTopic } from '../../services/platform/kafka/producer-batch.ts'
import { Partitioners } from '../../services/platform/kafkajs/kafkajs.ts'
import { benchKafka } from './bench-kafka.ts'
import type { BenchmarkOptions, Measurement } from './measurement.ts'
import { rawEvents } from './raw-events.ts'
import type { Started, World } from './world.ts'

const PARTITIONS = 4
const EVERY_MS = 100
const EVENTS_EACH = 10
const STEADY_MS = { full: 10_000, quick: 2_000 }
const GIVE_UP_MS = 60_000
/** What was committed before may still be on its way to us for so long. */
const IN_FLIGHT_MS = 500

const CASES: Readonly<Record<string, (normalizer: Started) => Promise<void>>> = {
  'kill -9 and start': ({ child }) => child.kill(),
  'clean stop and start': ({ stop }) => stop(),
}

export async function* benchInterruption({
  isQuick,
  rounds,
  say,
  openWorld,
}: BenchmarkOptions): AsyncIterable<Measurement> {
  const world = await openWorld(PARTITIONS)
  const kafka = benchKafka(world)
  const output = await watchOutput(kafka)
  const feed = feedEvents(kafka)
  try {
    let normalizer = await startNormalizer(world)
    for (let round = 1; round <= (isQuick ? 1 : rounds); round++)
      for (const [name, end] of Object.entries(CASES)) {
        await output.newer(performance.now())
        await delay(STEADY_MS[isQuick ? 'quick' : 'full'])
        const signalledMs = performance.now()
        await end(normalizer)
        const endedMs = performance.now()
        normalizer = await startNormalizer(world)
        const [lastBeforeMs, firstAfterMs] = await output.around(endedMs + IN_FLIGHT_MS)
        const figures = {
          worksAgainAfterMs: firstAfterMs - signalledMs,
          standsStillMs: firstAfterMs - lastBeforeMs,
        }
        say(`interruption, ${name}: works again after ${Math.round(figures.worksAgainAfterMs)} ms`)
        yield { benchmark: 'interruption', case: name, subject: 'atsflow', round, figures }
      }
  } finally {
    await feed.stop()
    await output.stop()
    await world.close()
  }
}

const startNormalizer = (world: World): Promise<Started> =>
  world.start('services/normalizer/main.ts', { portVariable: 'NORMALIZER_PORT', readyPath: '/livez' })

/** A hundred events a second, whoever reads them. */
function feedEvents(kafka: KafkaClient) {
  let isStopped = false
  async function run(): Promise<void> {
    const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
    await producer.connect()
    const events = rawEvents(Number.POSITIVE_INFINITY)[Symbol.asyncIterator]()
    while (!isStopped) {
      const batch = await Promise.all(Array.from({ length: EVENTS_EACH }, () => events.next()))
      const records = batch.flatMap(({ value }) => (value === undefined ? [] : [value]))
      await producer.sendBatch({ acks: -1, topicMessages: byTopic(records) })
      await delay(EVERY_MS)
    }
    await producer.disconnect()
  }
  const running = run()
  return {
    async stop() {
      isStopped = true
      await running
    },
  }
}

/** When committed records of the normalizer were seen, by a consumer that reads nothing else. */
async function watchOutput(kafka: KafkaClient) {
  const seenMs: number[] = []
  const consumer = kafka.consumer({ groupId: 'bench-interruption', maxWaitTimeInMs: 50 })
  await consumer.connect()
  await consumer.subscribe({ topic: CANONICAL_CANDIDATE, fromBeginning: true })
  await consumer.run({ autoCommit: false, eachBatch: async () => void seenMs.push(performance.now()) })
  const newer = async (thanMs: number): Promise<void> => {
    const deadlineMs = performance.now() + GIVE_UP_MS
    while ((seenMs.at(-1) ?? 0) <= thanMs) {
      if (performance.now() > deadlineMs) throw new Error(`no record within ${GIVE_UP_MS / 1000} s`)
      await delay(20)
    }
  }
  return {
    newer,
    /** The last that was seen up to a moment, and the first after it. */
    async around(momentMs: number): Promise<readonly [beforeMs: number, afterMs: number]> {
      await newer(momentMs)
      const at = seenMs.findIndex(ms => ms > momentMs)
      return [seenMs[at - 1] ?? Number.NaN, seenMs[at] ?? Number.NaN]
    },
    stop: () => consumer.disconnect(),
  }
}
