/** Whether memory grows: ingress and normalizer under a steady load, the first third of it beside the last. */
import { setTimeout as delay } from 'node:timers/promises'
import autocannon from 'autocannon'
import { cpuSeconds, median, residentMib } from './figures.ts'
import type { BenchmarkOptions, Measurement } from './measurement.ts'
import { cleverConnect } from './payloads.ts'
import { INGRESS, SECRET } from './world.ts'

const PARTITIONS = 6
const PER_SECOND = 200
const MINUTES = 30
const SECONDS_QUICK = 6
const BODIES = 2_000

export async function* benchSoak({ isQuick, say, openWorld }: BenchmarkOptions): AsyncIterable<Measurement> {
  const world = await openWorld(PARTITIONS)
  try {
    const processes = {
      ingress: await world.start('services/ingress/main.ts', INGRESS),
      normalizer: await world.start('services/normalizer/main.ts', { portVariable: 'NORMALIZER_PORT' }),
    }
    const seconds = isQuick ? SECONDS_QUICK : MINUTES * 60
    let number = 0
    const running = autocannon({
      url: `${processes.ingress.url}/hooks/cleverconnect/default`,
      method: 'POST',
      headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
      connections: 16,
      overallRate: PER_SECOND,
      duration: seconds,
      requests: Array.from({ length: BODIES }, () => ({
        setupRequest: request => ({ ...request, body: cleverConnect(number++, 2 * 1024) }),
      })),
    })
    const samples = { ingress: [] as number[], normalizer: [] as number[] }
    for (let second = 1; second <= seconds; second++) {
      await delay(1_000)
      samples.ingress.push(residentMib(processes.ingress.pid))
      samples.normalizer.push(residentMib(processes.normalizer.pid))
      if (second % 60 === 0) say(`soak, minute ${second / 60}: ${JSON.stringify(lastOf(samples))} MiB`)
    }
    const result = await running
    for (const [name, { pid }] of Object.entries(processes)) {
      const memory = name === 'ingress' ? samples.ingress : samples.normalizer
      const third = Math.floor(memory.length / 3)
      const [first, last] = [median(memory.slice(0, third)), median(memory.slice(-third))]
      const figures = {
        firstThirdMib: first,
        lastThirdMib: last,
        growthPercent: (last / first - 1) * 100,
        cpuSeconds: cpuSeconds(pid),
        accepted: result['2xx'],
      }
      yield { benchmark: 'soak', case: `${name}, ${PER_SECOND}/s`, subject: 'atsflow', round: 1, figures }
    }
  } finally {
    await world.close()
  }
}

const lastOf = (samples: Readonly<Record<string, readonly number[]>>) =>
  Object.fromEntries(Object.entries(samples).map(([name, values]) => [name, Math.round(values.at(-1) ?? 0)]))
