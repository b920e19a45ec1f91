/** Ports: whether one is free, who holds it, and the sentence that says so. */
import { execFile } from 'node:child_process'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { isListening } from '../../services/platform/kafka/local-addresses.ts'
import { ConfigError } from '../../services/platform/process/config.ts'

const execute = promisify(execFile)
const LOOPBACK = '127.0.0.1'

/** A port that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, LOOPBACK, () => {
      const address = server.address()
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port)
        else reject(new Error('the system gave no port'))
      })
    })
  })
}

/** Null when nothing listens there. `variable` is what moves our port elsewhere; a free one has none. */
export const portFault = async (port: number, variable: string | null): Promise<string | null> =>
  (await isListening(port)) ? portTaken(port, variable, holderFromLsof(await lsof(port))) : null

/** @throws ConfigError when something listens there. */
export async function requireFreePort(port: number, variable: string | null): Promise<void> {
  const fault = await portFault(port, variable)
  if (fault !== null) throw new ConfigError(fault)
}

/** `holder` is null when it cannot be seen who it is. */
export function portTaken(port: number, variable: string | null, holder: string | null): string {
  const who = holder === null ? 'another process' : holder
  const or = variable === null ? '' : `, or set ${variable} to another port`
  return `port ${port} is taken by ${who}: end that${or}`
}

/** From `lsof -Fpc`: one line a fact, `p` for the process id, `c` for the command. */
export function holderFromLsof(output: string): string | null {
  const pid = /^p(\d+)$/m.exec(output)?.[1]
  const command = /^c(.+)$/m.exec(output)?.[1]
  return pid === undefined ? null : `${command ?? 'a process'} (process ${pid})`
}

async function lsof(port: number): Promise<string> {
  try {
    return (await execute('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], { timeout: 3_000 }))
      .stdout
  } catch {
    return ''
  }
}

/**
 * Asks `isReady` until it says yes.
 * @throws Error when `hasFailed` says why it never will, or at the deadline.
 */
export async function waitUntil(
  what: string,
  isReady: () => Promise<boolean>,
  { deadlineMs, hasFailed }: { deadlineMs: number; hasFailed: () => string | null },
): Promise<void> {
  const deadline = performance.now() + deadlineMs
  while (!(await isReady())) {
    const failure = hasFailed()
    if (failure !== null) throw new Error(`${what} ended before it answered:\n${failure}`)
    if (performance.now() > deadline) throw new Error(`${what} did not answer within ${deadlineMs / 1000} s`)
    await delay(25)
  }
}
