/** The beginning of a process: its health port answers at once, while it waits for the parts that it needs. */
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { UnreachableError } from './config.ts'
import { type Checks, createHealthApp, createHealthRouter, type Health } from './health.ts'
import { startHttpServer } from './http-server.ts'
import type { Metrics } from './metrics.ts'
import type { Run } from './run.ts'
import { readVersion } from './version.ts'

export const HealthSettings = {
  HEALTH_HOST: z
    .string()
    .default('127.0.0.1')
    .describe('address that health and metrics are asked at; 0.0.0.0 in containers'),
}

export interface OpeningOptions {
  readonly name: string
  readonly run: Pick<Run<unknown>, 'env' | 'log' | 'onClose' | 'files'>
  readonly metrics: Pick<Metrics, 'registry' | 'collectBuild' | 'collectClock' | 'collectFaultyFiles'>
  readonly host: string
  readonly port: number
  readonly portVariable: string
}

export interface Opening {
  readonly port: number
  /**
   * Asks until the part answers, and says what it waits for: after half a second, when it is known that nobody answers, and
   * every 10 s.
   * @throws at once what is no `UnreachableError`
   */
  readonly waitFor: <T>(part: string, ask: () => Promise<T>) => Promise<T>
  /** What `/livez` and `/readyz` look at from now on. */
  readonly opened: (parts: { readonly live: Checks; readonly ready: Checks }) => void
}

/** A part that answers at once needs no line, and nobody is left to wonder for longer. */
const SAY_AFTER_MS = 500
const SAY_EVERY_MS = 10_000
const ASK_AGAIN_MS = 1_000

/** @throws ConfigError when the port cannot be listened on. */
export async function openHealth(options: OpeningOptions): Promise<Opening> {
  const { name, run, metrics, ...address } = options
  const version = readVersion(run.env)
  metrics.collectBuild(name, version)
  metrics.collectClock(Date.now)
  let waiting = 'its own beginning'
  let checks: Pick<Health, 'live' | 'ready'> = {
    live: {},
    ready: { started: () => ({ ok: false, detail: `waits for ${waiting}` }) },
  }
  const health = createHealthRouter({
    ...{ service: name, version, registry: metrics.registry },
    get live() {
      return checks.live
    },
    get ready() {
      return { ...filesChecks(run.files.faults()), ...checks.ready }
    },
  })
  metrics.collectFaultyFiles(() => run.files.faults().size)
  const server = await startHttpServer({ app: createHealthApp(health), ...address })
  run.onClose('health', server.close)
  return {
    port: server.port,
    opened: given => {
      checks = given
    },
    async waitFor(part, ask) {
      waiting = part
      const say = () => run.log.warn({ event: 'waiting' }, `Waits for ${waiting}.`)
      let ticks = 0
      const timer = setInterval(() => {
        if (ticks++ % (SAY_EVERY_MS / SAY_AFTER_MS) === 0) say()
      }, SAY_AFTER_MS)
      try {
        for (;;) {
          try {
            return await ask()
          } catch (error) {
            if (!(error instanceof UnreachableError)) throw error
            const isNews = waiting === part
            waiting = `${part}: ${error.message}`
            if (isNews) say()
            await delay(ASK_AGAIN_MS)
          }
        }
      } finally {
        clearInterval(timer)
      }
    },
  }
}

/** Nothing while nothing is wrong, and never red: what was read before stays in force. */
function filesChecks(faults: ReadonlyMap<string, string>): Checks {
  if (faults.size === 0) return {}
  const detail = [...faults.values()].join('; ').replaceAll(/\s+/g, ' ')
  return { files: () => ({ ok: true, detail: `what was read before counts: ${detail}` }) }
}
