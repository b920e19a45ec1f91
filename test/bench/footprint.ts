/** What a process takes before anything is asked of it: time to ready, memory at rest; and how large what is shipped is. */
import { setTimeout as delay } from 'node:timers/promises'
import { residentMib } from './figures.ts'
import { imageMib, shippedMib } from './image-size.ts'
import type { BenchmarkOptions, Measurement } from './measurement.ts'
import { CONSOLE, INGRESS, SECRET } from './world.ts'

const PARTITIONS = 6
const REST_MS = 5_000

const PROCESSES = [
  { name: 'ingress', ...INGRESS },
  { name: 'normalizer', portVariable: 'NORMALIZER_PORT' },
  { name: 'pulsifi-sink', portVariable: 'PULSIFI_SINK_PORT' },
  { name: 'console', ...CONSOLE },
]

export async function* benchFootprint(options: BenchmarkOptions): AsyncIterable<Measurement> {
  yield* sizes(options)
  const { rounds, isQuick, say } = options
  const world = await options.openWorld(PARTITIONS)
  try {
    const sandbox = await world.start('infra/pulsifi-sandbox/main.ts', { portVariable: 'SANDBOX_PORT' })
    const account = {
      ...{ PULSIFI_BASE_URL: sandbox.url, PULSIFI_CLIENT_ID: 'bench', PULSIFI_CLIENT_SECRET: SECRET },
      INVITE_SINCE: '1970-01-01',
    }
    for (let round = 0; round <= (isQuick ? 0 : rounds); round++) {
      for (const { name, ...ports } of PROCESSES) {
        const started = await world.start(`services/${name}/main.ts`, {
          ...ports,
          env: { ...account, STATE_DIR: `${world.directory}/state-${name}-${round}` },
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

/** The image where Docker can build it; building takes too long to see that everything runs. */
async function* sizes({ isQuick, say }: BenchmarkOptions): AsyncIterable<Measurement> {
  const common = { benchmark: 'size', subject: 'atsflow', round: 1 } as const
  const shipped = await shippedMib()
  say(`size: ${Math.round(shipped)} MiB of packages and source`)
  yield { ...common, case: 'packages and source that the image adds to its base', figures: { mib: shipped } }
  if (isQuick) return
  const image = await imageMib()
  say(
    `size: ${image === null ? 'no image, since Docker cannot build it here' : `image of ${Math.round(image)} MiB`}`,
  )
  if (image !== null) yield { ...common, case: 'image', figures: { mib: image } }
}
