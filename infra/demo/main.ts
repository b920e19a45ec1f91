/** `npm run demo`: the whole pipeline on this machine, a small story over all sources, and what became of everybody. */
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand, say, sayProgress, untilSignal } from '../local/command.ts'
import { type Stack, startStack } from '../stack.ts'
import { keepInfrastructure, postAll, untilAllEnded } from './play.ts'
import { addresses, report, timingsInWords } from './report.ts'
import { createSightings } from './sightings.ts'
import { STORY } from './story.ts'
import { type Surroundings, surroundingsOf } from './surroundings.ts'
import { watchTopics } from './watch-topics.ts'

/** A restarted process waits 11 s for its old session; a call caught in the middle is given up after 37 s. */
const END_DEADLINE_MS = 120_000

const startedMs = performance.now()
const elapsedSeconds = (): string => ((performance.now() - startedMs) / 1000).toFixed(1)
const tell = (line: string): void => sayProgress(`${elapsedSeconds().padStart(5)} s  ${line}`)

await runCommand(async () => {
  const isOnce = process.argv.includes('--once')
  const interrupted = new AbortController()
  const stopped = untilSignal().then(() => interrupted.abort())
  const surroundings = await surroundingsOf(process.env, STORY)
  surroundings.notes.forEach(tell)
  let isFine = false
  try {
    const stack = await startStack({ ...surroundings, onEvent: tell })
    try {
      await perform(stack, surroundings, { isOnce, stopped, signal: interrupted.signal })
      isFine = true
    } finally {
      tell('Stopping')
      await stack.stop()
      tell('Stopped')
    }
  } finally {
    clearAway(surroundings.dataDir, isFine || interrupted.signal.aborted)
  }
})

interface Until {
  readonly isOnce: boolean
  readonly stopped: Promise<void>
  readonly signal: AbortSignal
}

/** @throws Error naming what has not reached its end, with `--once`. */
async function perform(stack: Stack, surroundings: Surroundings, until: Until): Promise<void> {
  const { tenant } = surroundings
  const readyMs = performance.now()
  const sightings = createSightings(tenant)
  const watch = await watchTopics(stack.env, tenant, sightings)
  const stopKeeping = keepInfrastructure(stack, tell)
  try {
    const secretOf = (source: Parameters<Surroundings['secretOf']>[0]) =>
      surroundings.secretOf(source, stack.secrets)
    const sender = { ingress: stack.urls.ingress, tenant, secretOf }
    const performance_ = { story: STORY, sender, sightings, watch, onEvent: tell, signal: until.signal }
    await postAll({ ...performance_, deadlineMs: END_DEADLINE_MS })
    const open = await untilAllEnded({ ...performance_, deadlineMs: END_DEADLINE_MS })
    if (until.signal.aborted) return
    say(`\n${report({ story: STORY, tenant, outcome: sightings.outcome, counts: sightings.counts() })}`)
    const timings = { ...stack.timings, story: Math.round(performance.now() - readyMs) }
    say(`${elapsedSeconds()} s so far: ${timingsInWords(timings)}\n`)
    if (until.isOnce) {
      if (open.length > 0) throw new Error(`not all applications reached their end:\n  ${open.join('\n  ')}`)
      return
    }
    const { kafka, registryUrl: registry } = stack.infrastructure
    say(addresses({ urls: stack.urls, kafka, registry, tenant, secret: secretOf('jobylon') }))
    await untilStopped(until, sightings, watch)
  } finally {
    stopKeeping()
    await watch.stop()
  }
}

/** Tells what becomes of the applications that the user posts. */
async function untilStopped(
  { signal, stopped }: Until,
  sightings: ReturnType<typeof createSightings>,
  watch: Awaited<ReturnType<typeof watchTopics>>,
): Promise<void> {
  const wordsOf = (key: string) => sightings.outcome(key).words
  const told = new Map(sightings.applicationKeys().map(key => [key, wordsOf(key)]))
  while (!signal.aborted) {
    await Promise.race([watch.change(60_000), stopped])
    for (const key of sightings.applicationKeys()) {
      const words = wordsOf(key)
      if (told.get(key) !== words) tell(`${key}: ${words}`)
      told.set(key, words)
    }
  }
}

/** The logs stay when something went wrong: they say what. */
function clearAway(dataDir: string, isFine: boolean): void {
  for (const name of readdirSync(dataDir)) {
    if (isFine || name !== 'logs')
      rmSync(join(dataDir, name), { recursive: true, force: true, maxRetries: 3 })
  }
  if (isFine) rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 })
  else sayProgress(`The logs of the processes are in ${join(dataDir, 'logs')}`)
}
