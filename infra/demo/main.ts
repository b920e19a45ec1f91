/** `npm run demo`: the whole pipeline on this machine, a small story over all sources, and what became of everybody. */
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { commandOf } from '../local/arguments.ts'
import { runCommand, say, sayProgress, untilAborted } from '../local/command.ts'
import { keepInfrastructure } from '../local/keep-running.ts'
import { type Stack, startStack } from '../stack.ts'
import { addressLines, postLines } from '../stack-words.ts'
import { postAll, untilAllEnded } from './play.ts'
import { report, timingsInWords } from './report.ts'
import { createSightings } from './sightings.ts'
import { STORY } from './story.ts'
import { type Surroundings, surroundingsOf } from './surroundings.ts'
import { watchTopics } from './watch-topics.ts'

/** A restarted process waits 11 s for its old session; a call caught in the middle is given up after 37 s. */
const END_DEADLINE_MS = 120_000

const startedMs = performance.now()
const elapsedSeconds = (): string => ((performance.now() - startedMs) / 1000).toFixed(1)
const tell = (line: string): void => sayProgress(`${elapsedSeconds().padStart(5)} s  ${line}`)

const { once: isOnce = false } = commandOf(
  'npm run demo',
  'Runs the whole pipeline on this machine, plays a small story over all sources, and shows what became of everybody.',
)
  .option('--once', 'end by itself, with exit code 0 when every application has reached its end')
  .parse()
  .opts<{ once?: true }>()

await runCommand(async signal => {
  const surroundings = await surroundingsOf(process.env, STORY)
  surroundings.notes.forEach(tell)
  let isFine = false
  try {
    const stack = await startStack({ ...surroundings, onEvent: tell, signal })
    try {
      await perform(stack, surroundings, { isOnce, signal })
      isFine = true
    } finally {
      tell('Stopping')
      await stack.stop()
      tell('Stopped')
    }
  } finally {
    clearAway(surroundings.dataDir, isFine || signal.aborted)
  }
})

interface Until {
  readonly isOnce: boolean
  readonly signal: AbortSignal
}

/** @throws Error naming what has not reached its end, with `--once`. */
async function perform(stack: Stack, surroundings: Surroundings, until: Until): Promise<void> {
  const { tenant } = surroundings
  const readyMs = performance.now()
  const sightings = createSightings(tenant)
  const watch = await watchTopics(stack.env, tenant, sightings)
  const kept = keepInfrastructure(stack.infrastructure, tell)
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
    const { urls, healthUrls, infrastructure } = stack
    const { kafka, registryUrl: registry } = infrastructure
    say(
      [
        'Running until Ctrl-C:',
        ...addressLines({ urls, healthUrls, kafka, registry }),
        '',
        'Try next, from this folder, and see below what becomes of her:',
        ...postLines({ ingress: urls.ingress, tenant, secret: secretOf('jobylon') }),
      ].join('\n'),
    )
    await untilStopped(until, sightings, watch)
  } finally {
    await kept.stop()
    await watch.stop()
  }
}

/** Tells what becomes of the applications that the user posts. */
async function untilStopped(
  { signal }: Until,
  sightings: ReturnType<typeof createSightings>,
  watch: Awaited<ReturnType<typeof watchTopics>>,
): Promise<void> {
  const wordsOf = (key: string) => sightings.outcome(key).words
  const told = new Map(sightings.applicationKeys().map(key => [key, wordsOf(key)]))
  const stopped = untilAborted(signal)
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
