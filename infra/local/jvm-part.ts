/** A part of the infrastructure as a Java process of ours. */
import type { Environment } from '../../services/platform/process/config.ts'
import type { Child } from './child.ts'
import { startChild } from './child.ts'
import { fastStart, type Java } from './java.ts'
import { endLeftover } from './leftover.ts'
import type { WatchedPart } from './part.ts'
import { portFault, requireFreePort } from './ports.ts'
import { untilReady } from './until-ready.ts'

export interface JvmPartSpec {
  readonly name: string
  readonly java: Java
  /** The class archive, shared by all starts of this user. */
  readonly archive: string
  /** A part of the command line that only this part of this data directory has. */
  readonly marker: string
  readonly port: number
  /** Null for a port that was chosen because it was free. */
  readonly portVariable: string | null
  /** Options, class path and main class; called at every start. */
  readonly args: () => Promise<readonly string[]>
  /** Beside what Java itself reads of this process's environment. */
  readonly env?: Environment
  readonly isReady: () => Promise<boolean>
  readonly logFile: string
  readonly pidFile: string
}

/** What Java and the system below it read: a broker or a worker needs none of what we are configured with. */
const OF_JAVA = /^(PATH|HOME|TMPDIR|TZ|LANG|LC_\w+|LD_LIBRARY_PATH|JAVA_\w+|JDK_JAVA_OPTIONS)$/
export const ofJava = (env: Environment): Environment =>
  Object.fromEntries(Object.entries(env).filter(([name]) => OF_JAVA.test(name)))

const READY_DEADLINE_MS = 60_000
/** The first orderly end writes the class archive, which takes some seconds. */
const STOP_DEADLINE_MS = 20_000

export function createJvmPart(spec: JvmPartSpec): WatchedPart {
  let running: Child | null = null
  let isWanted = false
  const listeners: ((how: string) => void)[] = []
  async function start(): Promise<void> {
    isWanted = true
    await endLeftover(spec.pidFile, spec.marker)
    await requireFreePort(spec.port, spec.portVariable)
    const fast = fastStart(spec.archive)
    const args = [...fast.options, ...(await spec.args())]
    // Stopped before there was anything that could be stopped.
    if (!isWanted) throw new Error(`${spec.name} was stopped`)
    const { name, logFile, pidFile } = spec
    const env = { ...ofJava(process.env), ...spec.env }
    const child = await startChild({ name, command: spec.java.command, args, env, logFile, pidFile })
    running = child
    let hasAnswered = false
    void child.exited.then(({ code, signal }) => {
      fast.keep()
      if (running === child) running = null
      if (hasAnswered && isWanted) for (const tell of listeners) tell(signal ?? `code ${code}`)
    })
    await untilReady(child, { name, logFile, isReady: spec.isReady, deadlineMs: READY_DEADLINE_MS })
    hasAnswered = true
  }
  return {
    get pid() {
      return running?.pid ?? null
    },
    start,
    async stop() {
      isWanted = false
      await running?.stop(STOP_DEADLINE_MS)
    },
    async kill() {
      isWanted = false
      await running?.kill()
    },
    async portFault() {
      await endLeftover(spec.pidFile, spec.marker)
      return portFault(spec.port, spec.portVariable)
    },
    onDeath: listener => void listeners.push(listener),
  }
}
