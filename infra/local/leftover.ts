/** What an earlier start left running because it was killed: found by its pid file, ended by its process id. */
import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { readPidFile } from './child.ts'

const execute = promisify(execFile)
const STOP_DEADLINE_MS = 10_000

/** `ours`: it runs and somebody who is alive started it. `orphan`: it runs and nobody looks after it. */
export type Leftover = 'none' | 'ours' | 'orphan'

/**
 * `marker` is a part of the command line that nobody else's process has: the pid alone may belong to another program
 * by now.
 */
export async function leftoverOf(pidFile: string, marker: string): Promise<Leftover> {
  const found = readPidFile(pidFile)
  if (found === undefined) return 'none'
  if (!(await commandLine(found.pid)).includes(marker)) return 'none'
  return (await commandLine(found.owner)) === '' ? 'orphan' : 'ours'
}

/** Ends an orphan and forgets its pid file; leaves everything else alone. */
export async function endLeftover(pidFile: string, marker: string): Promise<void> {
  const found = readPidFile(pidFile)
  const state = await leftoverOf(pidFile, marker)
  if (state === 'ours') return
  if (found !== undefined && state === 'orphan') {
    signal(found.pid, 'SIGTERM')
    const deadline = performance.now() + STOP_DEADLINE_MS
    while (performance.now() < deadline && (await commandLine(found.pid)).includes(marker)) await delay(100)
    if ((await commandLine(found.pid)).includes(marker)) signal(found.pid, 'SIGKILL')
  }
  rmSync(pidFile, { force: true })
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It ended by itself meanwhile.
  }
}

/** Empty when no such process runs. A dead child that nobody has waited for has no command line either. */
async function commandLine(pid: number): Promise<string> {
  try {
    const { stdout } = await execute('ps', ['-o', 'stat=,args=', '-p', String(pid)])
    return /^Z/.test(stdout.trim()) ? '' : stdout.trim()
  } catch {
    return ''
  }
}
