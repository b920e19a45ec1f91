/**
 * Looks now and then at how far each input, restore and commit of a process has come, by what the brokers say. While they
 * are away nothing is told; while they answer and something stands still, the process first says so and then stops.
 */
import type { Admin } from 'kafkajs'
import { type AdminClient, createAdminClient } from '../kafka/admin.ts'
import type { KafkaClient } from '../kafka/client.ts'
import type { CheckResult } from '../process/health.ts'
import { codeOf } from '../process/log-events.ts'
import type { Logger } from '../process/logger.ts'
import type { Metrics } from '../process/metrics.ts'
import { deltaOf, readCounts } from './input-cursor.ts'
import type { PartitionOwner } from './owner.ts'
import { type BrokerPlace, createPatience, createProgressWatch, placeOf } from './progress.ts'

const LOOK_EVERY_MS = 10_000
/** While the brokers do not answer. */
const LOOK_AGAIN_MS = 2_000
/** Brokers that take longer to answer are away. */
const ANSWER_WITHIN_MS = 10_000
/** With one look every 10 s, a consumer that stands still is red within 60 s. */
const STALLED_AFTER_MS = 40_000
/** Another 40 s for whoever watches `/livez`; then the process stops by itself. */
const STALLED_TIMES_MAX = 4

type Owner = Pick<
  PartitionOwner<never, never>,
  'numbers' | 'placeOf' | 'courses' | 'behind' | 'awaitsAssignment'
>

export interface WatchPorts {
  readonly kafka: Pick<KafkaClient, 'admin'>
  readonly group: string
  readonly inputs: readonly string[]
  readonly owner: Owner
  readonly metrics: Metrics
  readonly log: Logger
  readonly fail: (error: unknown) => void
  readonly nowMs: () => number
}

export interface Watch {
  /** One look; what it finds is in `live`, `ready` and the metrics. */
  readonly look: () => Promise<void>
  readonly live: () => CheckResult
  readonly ready: () => CheckResult
  readonly close: () => Promise<void>
}

interface Input extends BrokerPlace {
  readonly topic: string
  readonly partition: number
  readonly metadata: string | null
}

export function createWatch(ports: WatchPorts): Watch {
  const { kafka, owner, log, fail, nowMs } = ports
  const admin = createAdminClient(kafka)
  const progress = createProgressWatch()
  const patience = createPatience(STALLED_TIMES_MAX)
  let isAnswered = true
  let askedAtMs: number | null = null
  const isHere = () => isAnswered && (askedAtMs === null || nowMs() - askedAtMs < ANSWER_WITHIN_MS)
  const stalled = () =>
    [...progress.standings()].filter(([, { ageMs }]) => ageMs > STALLED_AFTER_MS).map(([name]) => name)
  return {
    async look() {
      askedAtMs = nowMs()
      try {
        const inputs = await askBrokers(admin, ports)
        isAnswered = true
        askedAtMs = null
        noteAll(owner, inputs, progress, nowMs())
        report(ports.metrics, inputs, progress)
        const standing = stalled()
        if (patience.seen(standing.length > 0)) fail(new Error(`stands still: ${standing.join(', ')}`))
      } catch (error) {
        isAnswered = false
        progress.unknown()
        patience.unseen()
        log.debug({ event: 'progress_unknown', code: codeOf(error) }, 'The brokers could not be asked.')
      }
    },
    live: () => ({ ok: stalled().length === 0, detail: stalled().join(', ') || 'every input moves' }),
    ready: () => ({ ok: isHere(), detail: isHere() ? 'the brokers answer' : 'too few brokers answer' }),
    close: admin.close,
  }
}

/** Looks again and again, one look at a time. Returns how to stop. */
export function lookOften(watch: Watch): () => Promise<void> {
  let isOver = false
  let timer: NodeJS.Timeout | undefined
  let looking = Promise.resolve()
  const next = (): void => {
    const waitMs = watch.ready().ok ? LOOK_EVERY_MS : LOOK_AGAIN_MS
    timer = setTimeout(() => {
      looking = watch.look().then(() => {
        if (!isOver) next()
      })
    }, waitMs)
  }
  next()
  return async () => {
    isOver = true
    clearTimeout(timer)
    // A look that hangs must not hold up the end.
    await Promise.race([looking, watch.close()])
    await watch.close()
  }
}

/** @throws when the brokers that would have to take part in a commit do not answer. */
async function askBrokers(admin: AdminClient, { group, inputs, owner }: WatchPorts): Promise<Input[]> {
  const numbers = owner.numbers ?? []
  return admin.use(async client => {
    await requireReplicas(client, inputs)
    const committed = await client.fetchOffsets({ groupId: group, topics: [...inputs] })
    const found = await Promise.all(
      committed.map(async ({ topic, partitions }) => {
        const bounds = new Map(
          (await client.fetchTopicOffsets(topic)).map(({ partition, low, high }) => [
            partition,
            { low, high },
          ]),
        )
        return partitions.map(({ partition, offset, metadata }) => ({
          ...{ topic, partition, metadata, committed: Number(offset) },
          low: Number(bounds.get(partition)?.low ?? 0),
          end: Number(bounds.get(partition)?.high ?? 0),
        }))
      }),
    )
    const ours = found.flat().filter(({ partition }) => numbers.includes(partition))
    // kafkajs leaves out what it has no metadata of: that is no answer.
    if (ours.length < numbers.length * inputs.length) throw new Error('an input is missing in the answer')
    return ours
  })
}

/** A minority of the replicas answers questions and commits nothing. */
async function requireReplicas(client: Admin, inputs: readonly string[]): Promise<void> {
  const { topics } = await client.fetchTopicMetadata({ topics: [...inputs] })
  const short = topics.find(({ partitions }) =>
    partitions.some(({ isr, replicas }) => replicas.length > 2 && isr.length * 2 <= replicas.length),
  )
  if (short !== undefined) throw new Error(`${short.name} has too few replicas in sync`)
}

type ProgressWatch = ReturnType<typeof createProgressWatch>

function noteAll(owner: Owner, inputs: readonly Input[], progress: ProgressWatch, now: number): void {
  const seen = new Set<string>()
  const see = (name: string, reading: Parameters<ProgressWatch['note']>[1]): void => {
    seen.add(name)
    progress.note(name, reading, now)
  }
  if (owner.awaitsAssignment) see('assignment', { position: 0, end: 1, waitsForOthers: false })
  for (const { partition, behind } of owner.behind()) {
    // Counted backwards: the end is 0, and one that has not begun stands furthest away.
    see(`restore/${partition}`, { position: -behind, end: 1, waitsForOthers: false })
  }
  const troubled = new Set<number>()
  for (const { partition, course, isTroubled } of owner.courses(now)) {
    see(`commits/${partition}`, course)
    if (isTroubled) troubled.add(partition)
  }
  for (const input of inputs) {
    const decided = owner.placeOf(input.topic, input.partition)
    const isTroubled = troubled.has(input.partition)
    const name = nameOf(input)
    see(name, placeOf(input, decided, isTroubled))
    // What is being restored moves there, and is not its own age's fault here.
    if (decided === null && !isTroubled) progress.unknown(name)
  }
  progress.keepOnly(seen)
}

const nameOf = ({ topic, partition }: Pick<Input, 'topic' | 'partition'>): string => `${topic}/${partition}`

function report(metrics: Metrics, inputs: readonly Input[], progress: ProgressWatch): void {
  const { completenessDelta, completenessKnown, offsetsLost, consumerLag, consumerProgressAgeSeconds } =
    metrics
  const { openStepAgeSeconds } = metrics
  const gauges = [completenessDelta, completenessKnown, offsetsLost, consumerLag, consumerProgressAgeSeconds]
  // What another member owns by now is its to report.
  for (const gauge of [...gauges, openStepAgeSeconds]) gauge.reset()
  const standings = progress.standings()
  for (const input of inputs) {
    const { topic, partition, committed, metadata } = input
    const delta = deltaOf(committed, metadata)
    const { lag = 0, ageMs = 0 } = standings.get(nameOf(input)) ?? {}
    completenessDelta.set({ topic, partition }, delta)
    completenessKnown.set({ topic, partition }, Number.isNaN(delta) ? 0 : 1)
    offsetsLost.set({ topic, partition }, readCounts(metadata)?.lost ?? 0)
    consumerLag.set({ topic, partition }, lag)
    consumerProgressAgeSeconds.set({ topic, partition }, ageMs / 1000)
  }
  for (const [name, { ageMs }] of standings) {
    const [, partition] = /^commits\/(\d+)$/.exec(name) ?? []
    if (partition !== undefined) openStepAgeSeconds.set({ partition }, ageMs / 1000)
  }
}
