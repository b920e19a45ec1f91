/** What traces cost where they are on: CPU of the normalizer for the same events, without them and at a tenth, by turns. */

import { once } from 'node:events'
import { createServer } from 'node:http'
import { benchKafka } from './bench-kafka.ts'
import type { BenchmarkOptions, Measurement } from './measurement.ts'
import { drain, EVENTS_QUICK, forget } from './normalizer.ts'
import { fill, rawEvents, type TraceParentOf } from './raw-events.ts'

const PARTITIONS = 4
const CASES = ['off', '10 %'] as const

export async function* benchTracing(options: BenchmarkOptions): AsyncIterable<Measurement> {
  const { isQuick, say } = options
  const events = isQuick ? EVENTS_QUICK : options.events
  const collector = await startCollector()
  const world = await options.openWorld(PARTITIONS)
  try {
    say(`tracing: writing ${events} raw events`)
    await fill(benchKafka(world), rawEvents(events, 0, sampled))
    for (const [number, turn] of turnsOf(options).entries()) {
      const env = turn.case === 'off' ? {} : tracesTo(collector.url)
      await forget(world)
      const stateDirectory = `${world.directory}/state-${number}`
      const figures = await drain(world, { stateDirectory, events, env })
      say(`tracing, ${turn.case}: ${figures.cpuSecondsPer100k.toFixed(2)} s of CPU for 100,000 events`)
      yield { benchmark: 'tracing', subject: 'atsflow', ...turn, figures }
    }
  } finally {
    await world.close()
    collector.close()
  }
}

const turnsOf = ({ rounds, isQuick }: BenchmarkOptions) =>
  Array.from({ length: isQuick ? 1 : rounds + 1 }, (_, round) =>
    (round % 2 === 0 ? CASES : CASES.toReversed()).map(name => ({ case: name, round })),
  ).flat()

/** As an ingress writes it that keeps a tenth, of each source: whoever comes later keeps what it has kept. */
const sampled: TraceParentOf = number =>
  `00-${String(number + 1).padStart(32, '0')}-00f067aa0ba902b7-0${Math.floor(number / 4) % 10 === 0 ? 1 : 0}`

const tracesTo = (url: string) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
  OTEL_TRACES_SAMPLER_ARG: '0.1',
})

/** Takes whatever comes. */
async function startCollector(): Promise<{ readonly url: string; readonly close: () => void }> {
  const server = createServer((request, response) => request.resume().on('end', () => response.end()))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the collector has no port')
  return { url: `http://127.0.0.1:${address.port}`, close: () => server.close() }
}
