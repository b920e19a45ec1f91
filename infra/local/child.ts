/** A child process that ends when we do, whichever way we end, and whose output goes to a file. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

export interface ChildSpec {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly logFile: string
  /** Where the id of the running child is kept, so that a later start can end what an earlier one left behind. */
  readonly pidFile: string
  /** Instead of ours. */
  readonly account?: Account
}

export interface Account {
  readonly uid: number
  readonly gid: number
  /** A folder that the account may enter. */
  readonly cwd: string
}

export interface ChildExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface Child {
  readonly pid: number
  readonly exited: Promise<ChildExit>
  readonly hasExited: () => boolean
  /** SIGTERM, and SIGKILL when the deadline has passed. */
  readonly stop: (deadlineMs: number) => Promise<void>
  /** SIGKILL: as if the machine had failed. */
  readonly kill: () => Promise<void>
}

/** Waits for the end of its input, which is the end of this process, even by SIGKILL; then ends process $0. */
const GUARD =
  'read _; kill -TERM $0; i=0; while [ $i -lt 10 ] && kill -0 $0; do sleep 1; i=$((i+1)); done; kill -KILL $0'

/** @throws Error when the command cannot be run at all. */
export async function startChild(spec: ChildSpec): Promise<Child> {
  mkdirSync(dirname(spec.logFile), { recursive: true })
  mkdirSync(dirname(spec.pidFile), { recursive: true })
  const log = openSync(spec.logFile, 'a')
  // A process group of its own: Ctrl-C reaches us alone, and we stop the children in order.
  const { env, account } = spec
  const child = spawn(spec.command, spec.args, {
    env,
    ...account,
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  const exited = new Promise<ChildExit>(resolve =>
    child.once('exit', (code, signal) => resolve({ code, signal })),
  )
  const pid = await spawned(child, spec)
  const guard = spawn('sh', ['-c', GUARD, String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  writeFileSync(spec.pidFile, JSON.stringify({ pid, owner: process.pid }))
  void exited.then(() => {
    // Before the system can give the id to somebody else.
    guard.kill('SIGKILL')
    forgetPid(spec.pidFile, pid)
  })
  child.unref()
  guard.unref()
  const hasExited = () => child.exitCode !== null || child.signalCode !== null
  return {
    pid,
    exited,
    hasExited,
    async stop(deadlineMs) {
      if (hasExited()) return
      child.ref()
      const deadline = setTimeout(() => child.kill('SIGKILL'), deadlineMs)
      child.kill('SIGTERM')
      await exited
      clearTimeout(deadline)
    },
    async kill() {
      child.ref()
      child.kill('SIGKILL')
      await exited
    },
  }
}

async function spawned(child: ChildProcess, spec: ChildSpec): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', error => reject(new Error(`${spec.name} cannot be started: ${error.message}`)))
  })
  if (child.pid === undefined) throw new Error(`${spec.name} cannot be started`)
  return child.pid
}

function forgetPid(pidFile: string, pid: number): void {
  if (readPidFile(pidFile)?.pid === pid) rmSync(pidFile, { force: true })
}

export interface PidFile {
  readonly pid: number
  /** The process that started it. */
  readonly owner: number
}

/** Undefined when there is no such file or it holds something else. */
export function readPidFile(pidFile: string): PidFile | undefined {
  try {
    const content: unknown = JSON.parse(readFileSync(pidFile, 'utf8'))
    const { pid, owner } = content as Partial<PidFile>
    return typeof pid === 'number' && typeof owner === 'number' ? { pid, owner } : undefined
  } catch {
    return undefined
  }
}

/** The end of a log, for an error message: what the child said last. */
export function lastLines(logFile: string, count: number): string {
  try {
    return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-count).join('\n')
  } catch {
    return ''
  }
}
