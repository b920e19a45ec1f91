/** Keeps processes running: starts, waits until ready, starts again with growing pauses, stops in reverse order. */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Child, type ChildExit, lastLines, startChild } from './local/child.ts'
import { endLeftover } from './local/leftover.ts'
import { portFault, requireFreePort, waitUntil } from './local/ports.ts'
import { NODE_FLAGS } from './node-flags.ts'
import { afterEnd } from './restart-policy.ts'

export interface ProcessSpec {
  readonly name: string
  /** Absolute path of the program. */
  readonly main: string
  /** All that it listens on, with the variables that set them. */
  readonly ports: readonly { readonly port: number; readonly variable: string }[]
  /** Where it answers `/readyz`. */
  readonly healthUrl: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** What is known of a process before it is configured. */
export type PortSpec = Pick<ProcessSpec, 'name' | 'main' | 'ports'>

export interface SupervisorOptions {
  /** Each process writes to `logs/<name>.log` in it. */
  readonly dataDir: string
  readonly onEvent: (line: string) => void
}

export interface RunningProcess {
  readonly name: string
  /** Null between an end and the next start. */
  readonly pid: number | null
}

export interface Supervisor {
  /** Ends what an earlier start has left. What is wrong with the ports then, a line each. */
  readonly portFaults: (specs: readonly PortSpec[]) => Promise<readonly string[]>
  /** @throws Error when it does not become ready, ConfigError when its port is taken. */
  readonly start: (spec: ProcessSpec) => Promise<void>
  readonly processes: () => readonly RunningProcess[]
  readonly stop: () => Promise<void>
}

const READY_DEADLINE_MS = 120_000
/** Longer than a process takes itself for its orderly end. */
const STOP_DEADLINE_MS = 12_000

interface Supervised {
  readonly spec: ProcessSpec
  readonly logFile: string
  readonly pidFile: string
  child: Child | null
  /** Set when it will not be started again. */
  failure: string | null
}

export function createSupervisor({ dataDir, onEvent }: SupervisorOptions): Supervisor {
  const supervised: Supervised[] = []
  const stopping = new AbortController()

  async function runOnce(entry: Supervised): Promise<{ exit: ChildExit; ranMs: number }> {
    const { spec, logFile, pidFile } = entry
    const args = [...NODE_FLAGS, spec.main]
    const { name, env } = spec
    const child = await startChild({ name, command: process.execPath, args, env, logFile, pidFile })
    entry.child = child
    // Whoever stopped everything in the meantime did not see it.
    if (stopping.signal.aborted) await child.stop(STOP_DEADLINE_MS)
    const startedMs = performance.now()
    const exit = await child.exited
    entry.child = null
    return { exit, ranMs: performance.now() - startedMs }
  }

  async function keepRunning(entry: Supervised): Promise<void> {
    let failures = 0
    while (!stopping.signal.aborted) {
      const { exit, ranMs } = await runOnce(entry)
      if (stopping.signal.aborted) return
      const how = exit.signal ?? `code ${exit.code}`
      const next = afterEnd({ code: exit.code, ranMs, failuresBefore: failures })
      if (next.type === 'give-up') {
        entry.failure = lastLines(entry.logFile, 5)
        onEvent(`${entry.spec.name} ended (${how}) and needs another configuration: see ${entry.logFile}`)
        return
      }
      failures = next.failures
      onEvent(`${entry.spec.name} ended (${how}): starting it again in ${next.delayMs / 1000} s`)
      await delay(next.delayMs, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }

  /** A second signal would end a process that is closing. */
  let stopped: Promise<void> | undefined
  async function stopAll(): Promise<void> {
    stopping.abort()
    for (const { child } of supervised.toReversed()) await child?.stop(STOP_DEADLINE_MS)
  }

  return {
    portFaults: specs => portFaultsOf(specs, dataDir),
    async start(spec) {
      const logFile = join(dataDir, 'logs', `${spec.name}.log`)
      const pidFile = pidFileOf(spec.name, dataDir)
      const entry: Supervised = { spec, logFile, pidFile, child: null, failure: null }
      await endLeftover(pidFile, spec.main)
      for (const { port, variable } of spec.ports) await requireFreePort(port, variable)
      supervised.push(entry)
      keepRunning(entry).catch((error: unknown) => {
        entry.failure = error instanceof Error ? error.message : String(error)
      })
      await waitUntil(spec.name, () => isReady(spec.healthUrl), {
        deadlineMs: READY_DEADLINE_MS,
        hasFailed: () => entry.failure ?? (stopping.signal.aborted ? 'it was stopped' : null),
      })
    },
    processes: () => supervised.map(({ spec, child }) => ({ name: spec.name, pid: child?.pid ?? null })),
    stop() {
      stopped ??= stopAll()
      return stopped
    },
  }
}

const pidFileOf = (name: string, dataDir: string): string => join(dataDir, 'run', `${name}.json`)

async function portFaultsOf(specs: readonly PortSpec[], dataDir: string): Promise<readonly string[]> {
  for (const { name, main } of specs) await endLeftover(pidFileOf(name, dataDir), main)
  const ports = specs.flatMap(spec => spec.ports)
  const faults = await Promise.all(ports.map(({ port, variable }) => portFault(port, variable)))
  return faults.filter(fault => fault !== null)
}

async function isReady(healthUrl: string): Promise<boolean> {
  try {
    const response = await fetch(`${healthUrl}/readyz`, { signal: AbortSignal.timeout(3_000) })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}
