/** Whether what is known slows down what comes: events a second with few and with many candidates known. */
import { benchKafka } from './bench-kafka.ts'
import type { BenchmarkOptions, Measurement } from './measurement.ts'
import { drain } from './normalizer.ts'
import { fill, rawEvents } from './raw-events.ts'

const PARTITIONS = 4
const SAMPLE = { full: 40_000, quick: 2_000 }
const KNOWN = { full: [10_000, 100_000, 1_000_000], quick: [2_000] }

export async function* benchGrowth({
  isQuick,
  say,
  openWorld,
}: BenchmarkOptions): AsyncIterable<Measurement> {
  const world = await openWorld(PARTITIONS)
  const size = isQuick ? 'quick' : 'full'
  const stateDirectory = `${world.directory}/state`
  let known = 0
  const addUpTo = async (total: number) => {
    await fill(benchKafka(world), rawEvents(total - known, known))
    known = total
    return await drain(world, { stateDirectory, events: total })
  }
  try {
    for (const wanted of KNOWN[size]) {
      await addUpTo(wanted)
      const figures = await addUpTo(wanted + SAMPLE[size])
      const name = `${wanted.toLocaleString('en')} candidates known`
      say(`growth, ${name}: ${Math.round(figures.perSecond)} events/s`)
      yield { benchmark: 'growth', case: name, subject: 'atsflow', round: 1, figures }
    }
  } finally {
    await world.close()
  }
}
