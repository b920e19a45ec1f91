/** What every process that owns partitions has in common: state directory, group membership, progress, health. */

import { setTimeout as delay } from 'node:timers/promises'
import type { KafkaClient } from '../kafka/client.ts'
import type { Checks } from '../process/health.ts'
import type { Metrics } from '../process/metrics.ts'
import type { SetAsideCount } from '../process/metrics-when-asked.ts'
import type { Opening } from '../process/opening.ts'
import type { Run } from '../process/run.ts'
import type { LimitOf } from '../topics/message-limits.ts'
import type { Stories, Tracing } from '../tracing/tracing.ts'
import { checkLedger, createLossTeller } from './losses.ts'
import { PartitionOwner } from './owner.ts'
import type { InputOutcome, Processor } from './processor.ts'
import type { StateDirectory } from './state-directory.ts'
import { createWatch, lookOften } from './watch.ts'

export interface PartitionProcessOptions<Internal, Effect> {
  readonly name: string
  readonly run: Run<unknown>
  readonly kafka: KafkaClient
  readonly metrics: Metrics
  readonly processor: Processor<Internal, Effect>
  readonly state: StateDirectory
  readonly opening: Opening
  readonly limitOf: LimitOf
  /** More for `/readyz`, beside the partitions. */
  readonly ready?: Checks
  /** Records that nobody can read, beside those of the partitions. */
  readonly setAside?: () => Iterable<SetAsideCount>
  readonly committed?: (outcomes: readonly InputOutcome[]) => void
  /** Null: nothing is traced. */
  readonly tracing: Tracing | null
  readonly stories: Stories<Internal, Effect>
  /** Told of the partition numbers whenever they are assigned. */
  readonly assigned?: (numbers: readonly number[]) => void
}

/** Joins the group and returns; readiness follows when every partition is restored. */
export async function startPartitionProcess<Internal, Effect>(
  options: PartitionProcessOptions<Internal, Effect>,
): Promise<void> {
  const { name, run, kafka, metrics, state, tracing } = options
  const processor = tracing?.processor(options.processor, options.stories) ?? options.processor
  const owner = new PartitionOwner<Internal, Effect>({
    kafka,
    processor,
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
      countOutcomes(metrics, name, outcomes, Date.now(), tracing?.exemplarOf)
      options.committed?.(outcomes)
    },
    lost: createLossTeller(metrics, run.log),
    crash: run.fail,
  })
  metrics.collectSetAside(() => [...owner.setAside(), ...(options.setAside?.() ?? [])])
  const { group, inputs } = processor
  const { log, fail } = run
  const watch = createWatch({ ...{ kafka, group, inputs, owner, metrics, log, fail }, nowMs: Date.now })
  options.opening.opened({
    live: { progress: watch.live },
    ready: {
      brokers: watch.ready,
      partitions: () => ({
        ok: owner.ready && owner.denied === null,
        detail: owner.denied ?? `numbers ${owner.numbers?.join(', ') ?? 'not assigned yet'}`,
      }),
      ledger: () => checkLedger(owner.lost),
      ...options.ready,
    },
  })

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
  run.onClose('progress watch', lookOften(watch))
  await owner.start()
  run.log.info(
    { event: `${name}_started`, group: processor.group, port: options.opening.port },
    `${name} has joined its group`,
  )
}

/** What became of inputs whose step has been committed, and how long it took since the event was received. */
export function countOutcomes(
  metrics: Pick<Metrics, 'events' | 'endToEndSeconds' | 'canarySeconds'>,
  stage: string,
  outcomes: readonly InputOutcome[],
  nowMs: number,
  exemplarOf?: Tracing['exemplarOf'],
): void {
  for (const item of outcomes) {
    const { name: outcome, source, tenant, reason, receivedAtMs, canary } = item
    if (source !== null && outcome !== 'void') metrics.events.inc({ source, tenant, outcome, reason })
    if (receivedAtMs !== undefined)
      metrics.endToEndSeconds.observe({ stage }, Math.max(0, nowMs - receivedAtMs) / 1000, exemplarOf?.(item))
    if (canary !== undefined)
      metrics.canarySeconds.observe(
        { source: canary.source, tenant },
        Math.max(0, nowMs - canary.postedMs) / 1000,
      )
  }
}
