/** What every process that owns partitions has in common: state directory, group membership, progress, health. */
import { setTimeout as delay } from 'node:timers/promises'
import type { KafkaClient } from '../kafka/client.ts'
import { type Checks, createHealthApp } from '../process/health.ts'
import { startHttpServer } from '../process/http-server.ts'
import { codeOf } from '../process/log-events.ts'
import type { Metrics } from '../process/metrics.ts'
import type { Run } from '../process/run.ts'
import { readVersion } from '../process/version.ts'
import type { LimitOf } from '../topics/message-limits.ts'
import { countOutcomes } from './count-outcomes.ts'
import type { InputCursor } from './input-cursor.ts'
import { PartitionOwner } from './owner.ts'
import type { InputOutcome, Processor } from './processor.ts'
import { createPatience, createProgressWatch, type ProgressWatch } from './progress.ts'
import type { StateDirectory } from './state-directory.ts'

const OBSERVE_EVERY_MS = 10_000
/** With one observation every 10 s, a consumer that stands still is red within 60 s. */
const STALLED_AFTER_MS = 40_000
/** Another 40 s for whoever watches `/livez`; then the process stops by itself. */
const STALLED_TIMES_MAX = 4

export interface PartitionProcessOptions<Internal, Effect> {
  readonly name: string
  readonly run: Run<unknown>
  readonly kafka: KafkaClient
  readonly metrics: Metrics
  readonly process: Processor<Internal, Effect>
  readonly state: StateDirectory
  readonly host: string
  readonly port: number
  readonly portVariable: string
  readonly limitOf: LimitOf
  /** More for `/readyz`, beside the partitions. */
  readonly ready?: Checks
  readonly committed?: (outcomes: readonly InputOutcome[]) => void
  /** Told of the partition numbers whenever they are assigned. */
  readonly assigned?: (numbers: readonly number[]) => void
}

/** Serves health at once, joins the group, and returns; readiness follows when every partition is restored. */
export async function startPartitionProcess<Internal, Effect>(
  options: PartitionProcessOptions<Internal, Effect>,
): Promise<void> {
  const { name, run, kafka, metrics, process, state } = options
  const owner = new PartitionOwner<Internal, Effect>({
    kafka,
    process,
    stateDirectory: state.path,
    log: run.log,
    limitOf: options.limitOf,
    heartbeat: state.touch,
    assigned: numbers => {
      // A member from here on, although the first heartbeat is still to come.
      state.touch()
      options.assigned?.(numbers)
    },
    committed: outcomes => {
      countOutcomes(metrics, name, outcomes, Date.now())
      options.committed?.(outcomes)
    },
    crash: run.fail,
  })
  const stalled = await watchProgress(options, owner)
  const app = createHealthApp({
    service: name,
    version: readVersion(run.env),
    registry: metrics.registry,
    live: {
      progress: () => ({ ok: stalled().length === 0, detail: stalled().join(', ') || 'every input moves' }),
    },
    ready: {
      partitions: () => ({
        ok: owner.ready,
        detail: `numbers ${owner.numbers?.join(', ') ?? 'not assigned yet'}`,
      }),
      ...options.ready,
    },
  })
  const server = await startHttpServer({
    app,
    port: options.port,
    host: options.host,
    portVariable: options.portVariable,
  })
  run.onClose('http server', server.close)

  if (state.rejoinWaitMs > 0) {
    run.log.info(
      { event: 'rejoin_waits', waitMs: Math.round(state.rejoinWaitMs) },
      'The last run did not leave the group: its session must end first.',
    )
    await delay(state.rejoinWaitMs)
  }
  run.onClose('partition owner', async () => {
    await owner.stop()
    state.leave()
  })
  await owner.start()
  run.log.info(
    { event: `${name}_started`, group: process.group, port: server.port },
    `${name} has joined its group`,
  )
}

/**
 * Observes every input and every partition that is being taken now and then. Returns those that stand still although
 * there is something to read.
 */
async function watchProgress<Internal, Effect>(
  { kafka, process, metrics, run, name }: PartitionProcessOptions<Internal, Effect>,
  owner: PartitionOwner<Internal, Effect>,
): Promise<() => readonly string[]> {
  const [inputs, restores] = [createProgressWatch(), createProgressWatch()]
  const admin = kafka.admin()
  await admin.connect()

  async function observe(): Promise<void> {
    observeRestores(owner.behind(), restores)
    const topics = await Promise.all(
      process.inputs.map(async topic => [topic, await admin.fetchTopicOffsets(topic)] as const),
    )
    const ends = new Map(
      topics.flatMap(([topic, all]) => all.map(end => [`${topic}/${end.partition}`, Number(end.high)])),
    )
    observeInputs(owner.cursors(), ends, inputs, metrics)
  }

  const stalled = () =>
    [inputs, restores].flatMap(watch =>
      [...watch.standings(Date.now())]
        .filter(([, { ageMs }]) => ageMs > STALLED_AFTER_MS)
        .map(([standing]) => standing),
    )
  const patience = createPatience(STALLED_TIMES_MAX)
  const look = async () => {
    try {
      await observe()
      const standing = stalled()
      if (patience.seen(standing.length > 0)) run.fail(new Error(`stands still: ${standing.join(', ')}`))
    } catch (error) {
      // The broker is away: what was observed last keeps ageing, which is the truth.
      patience.unseen()
      run.log.debug({ event: 'progress_unobserved', service: name, code: codeOf(error) })
    }
  }
  const timer = setInterval(() => void look(), OBSERVE_EVERY_MS)
  run.onClose('progress watch', async () => {
    clearInterval(timer)
    await admin.disconnect()
  })
  return stalled
}

function observeRestores(
  behind: Iterable<{ readonly partition: number; readonly behind: number }>,
  watch: ProgressWatch,
): void {
  const seen = new Set<string>()
  for (const { partition, behind: offsets } of behind) {
    const key = `restore/${partition}`
    seen.add(key)
    // Counted backwards: the end is 0, and one that has not begun stands furthest away.
    watch.observe(key, { position: -offsets, end: 1, waitsForOthers: false }, Date.now())
  }
  watch.keepOnly(seen)
}

function observeInputs(
  cursors: Iterable<{ readonly partition: number; readonly cursor: InputCursor }>,
  ends: ReadonlyMap<string, number>,
  watch: ProgressWatch,
  { completenessDelta, consumerLag, consumerProgressAgeSeconds }: Metrics,
): void {
  const seen = new Set<string>()
  // What another member owns by now is its to report.
  for (const gauge of [completenessDelta, consumerLag, consumerProgressAgeSeconds]) gauge.reset()
  for (const { partition, cursor } of cursors) {
    const { topic, decided, waiting, delta } = cursor
    const key = `${topic}/${partition}`
    seen.add(key)
    const observation = { position: decided, end: ends.get(key) ?? decided, waitsForOthers: waiting > 0 }
    watch.observe(key, observation, Date.now())
    completenessDelta.set({ topic, partition }, delta)
  }
  watch.keepOnly(seen)
  for (const [key, { lag, ageMs }] of watch.standings(Date.now())) {
    const [topic = '', partition = ''] = key.split('/')
    consumerLag.set({ topic, partition }, lag)
    consumerProgressAgeSeconds.set({ topic, partition }, ageMs / 1000)
  }
}
