/** Ingress as a process of its own, for tests that kill it or measure it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../infra/local/ports.ts'
import { NODE_FLAGS } from '../../infra/node-flags.ts'

const MAIN = fileURLToPath(new URL('../../services/ingress/main.ts', import.meta.url))
const READY_WITHIN_MS = 20_000

export interface IngressProcess {
  readonly url: string
  readonly healthUrl: string
  readonly child: ChildProcess
  /** Ends it without a chance to close anything. */
  readonly kill: () => Promise<void>
  readonly stop: () => Promise<void>
  /** The value of a metric without labels; NaN when there is none. */
  readonly metric: (name: string) => Promise<number>
  readonly log: () => string
}

/** Resolves when it says that it is ready. */
export async function startIngress(env: Readonly<Record<string, string>>): Promise<IngressProcess> {
  const port = Number(env.INGRESS_PORT ?? (await freePort()))
  const url = `http://127.0.0.1:${port}`
  const healthPort = Number(env.HEALTH_PORT ?? (await freePort()))
  const healthUrl = `http://127.0.0.1:${healthPort}`
  const { NODE_OPTIONS: _options, ...inherited } = process.env
  const child = spawn(process.execPath, [...NODE_FLAGS, MAIN], {
    env: {
      ...{ ...inherited, INGRESS_HOST: '127.0.0.1', LOG_LEVEL: 'warn', ...env },
      ...{ INGRESS_PORT: String(port), HEALTH_PORT: String(healthPort) },
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      log = (log + String(chunk)).slice(-20_000)
    })
  const end = (signal: NodeJS.Signals) => async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }
  const metric = async (name: string) => {
    const text = await (await fetch(`${healthUrl}/metrics`)).text()
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN)
  }
  const ingress = {
    url,
    healthUrl,
    child,
    kill: end('SIGKILL'),
    stop: end('SIGTERM'),
    metric,
    log: () => log,
  }
  const deadlineMs = performance.now() + READY_WITHIN_MS
  while (!(await isReady(healthUrl))) {
    if (child.exitCode !== null || performance.now() > deadlineMs) {
      await ingress.kill()
      throw new Error(`ingress did not get ready:\n${log}`)
    }
    await sleep(50)
  }
  return ingress
}

const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  )
