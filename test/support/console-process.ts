/** The console as a process of its own, for tests that kill it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../infra/local/ports.ts'
import { NODE_FLAGS } from '../../infra/node-flags.ts'
import { eventually } from './partition-eventually.ts'

const MAIN = fileURLToPath(new URL('../../services/console/main.ts', import.meta.url))
const READY_WITHIN_MS = 60_000

export interface ConsoleProcess {
  readonly url: string
  readonly healthUrl: string
  readonly child: ChildProcess
  readonly get: (path: string) => Promise<unknown>
  /** Rows of one SELECT. */
  readonly sql: (text: string) => Promise<unknown[][]>
  /** Ends it without a chance to close anything. */
  readonly kill: () => Promise<void>
  readonly stop: () => Promise<void>
  readonly log: () => string
}

/** Resolves when it serves the page; it may still be reading. */
export async function startConsoleProcess(env: Readonly<Record<string, string>>): Promise<ConsoleProcess> {
  const [port, healthPort] = [await freePort(), await freePort()]
  const url = `http://127.0.0.1:${port}`
  const healthUrl = `http://127.0.0.1:${healthPort}`
  const { NODE_OPTIONS: _options, ...inherited } = process.env
  const child = spawn(process.execPath, [...NODE_FLAGS, MAIN], {
    env: {
      ...inherited,
      LOG_LEVEL: 'warn',
      ...env,
      CONSOLE_PORT: String(port),
      CONSOLE_HEALTH_PORT: String(healthPort),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      log = (log + String(chunk)).slice(-20_000)
    })
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null
  const end = (signal: NodeJS.Signals) => async () => {
    if (hasEnded()) return
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }
  const get = (path: string) => readJson(fetch(`${url}${path}`))
  const sql = async (text: string) => {
    const request = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sql: text, row_limit: 10_000 }),
    }
    const { rows } = (await readJson(fetch(`${url}/api/sql`, request))) as { rows: unknown[][] }
    return rows
  }
  const isServing = async () => {
    if (hasEnded()) throw new Error(`the console ended:\n${log}`)
    return fetch(`${healthUrl}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
  }
  await eventually('the console to serve', isServing, READY_WITHIN_MS)
  return { url, healthUrl, child, get, sql, kill: end('SIGKILL'), stop: end('SIGTERM'), log: () => log }
}

async function readJson(answer: Promise<Response>): Promise<unknown> {
  const response = await answer
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  return response.json()
}
