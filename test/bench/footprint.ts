/** What a process takes before anything is asked of it: time to ready, memory at rest. */
import { setTimeout as delay } from 'node:timers/promises'
import { residentMib } from './figures.ts'
import type { BenchmarkOptions, Measurement } from './measurement.ts'
import { openWorld } from './world.ts'

const PARTITIONS = 6
const REST_MS = 5_000

const PROCESSES = [
  { name: 'ingress', portVariable: 'INGRESS_PORT' },
  { name: 'normalizer', portVariable: 'NORMALIZER_PORT' },
  { name: 'console', portVariable: 'CONSOLE_PORT' },
]

export async function* benchFootprint({
  rounds,
  isQuick,
  say,
}: BenchmarkOptions): AsyncIterable<Measurement> {
  const world = await openWorld(PARTITIONS)
  try {
    for (let round = 0; round <= (isQuick ? 0 : rounds); round++) {
      for (const { name, portVariable } of PROCESSES) {
        const started = await world.start(`services/${name}/main.ts`, {
          portVariable,
          env: { STATE_DIR: `${world.directory}/state-${name}-${round}` },
        })
        await delay(isQuick ? 0 : REST_MS)
        const figures = { readyMs: started.startedMs, restMib: residentMib(started.pid) }
        await started.stop()
        say(
          `footprint, ${name}: ready in ${Math.round(figures.readyMs)} ms, ${Math.round(figures.restMib)} MiB`,
        )
        yield { benchmark: 'footprint', case: name, subject: 'atsflow', round, figures }
      }
    }
  } finally {
    await world.close()
  }
}
