/** Sample processes that a test starts, stops, kills and suspends. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export interface LogLine {
  readonly pid: number
  readonly time: string
  readonly event: string
  readonly partition?: number
  readonly numbers?: readonly number[]
  readonly size?: number
  readonly behind?: number
  readonly error?: string
  readonly msg?: string
}

export interface InstancesOptions {
  readonly brokers: string
  readonly run: string
  readonly directory: string
  readonly sessionMs: number
}

const SAMPLE = join(import.meta.dirname, 'partition-sample-process.ts')
/** A process that crashes is started again this much later, as a supervisor would. */
const RESTART_MS = 500

export class Instances {
  readonly lines: LogLine[] = []
  readonly #options: InstancesOptions
  readonly #running = new Map<number, ChildProcess>()
  #isOver = false

  constructor(options: InstancesOptions) {
    this.#options = options
    mkdirSync(options.directory, { recursive: true })
  }

  start(slot: number, mutant = ''): void {
    const { brokers, run, sessionMs } = this.#options
    const child = spawn(process.execPath, [SAMPLE], {
      env: {
        ...process.env,
        ...{ KAFKA_BROKERS: brokers, RUN: run, SESSION_MS: String(sessionMs), MUTANT: mutant },
        STATE_DIR: this.#stateOf(slot),
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    createInterface({ input: child.stdout }).on('line', line => {
      if (line.startsWith('{')) this.lines.push({ pid: child.pid, ...JSON.parse(line) })
    })
    child.on('exit', () => {
      if (this.#running.get(slot) !== child || this.#isOver) return
      this.#running.delete(slot)
      setTimeout(() => this.start(slot, mutant), RESTART_MS)
    })
    this.#running.set(slot, child)
  }

  /** Leaves the group cleanly. */
  async leave(slot: number): Promise<void> {
    await this.#end(slot, 'SIGTERM')
  }
  async kill(slot: number): Promise<void> {
    await this.#end(slot, 'SIGKILL')
  }
  suspend(slot: number): void {
    this.#running.get(slot)?.kill('SIGSTOP')
  }
  wake(slot: number): void {
    this.#running.get(slot)?.kill('SIGCONT')
  }
  forget(slot: number): void {
    rmSync(this.#stateOf(slot), { recursive: true, force: true })
  }
  pidOf(slot: number): number | undefined {
    return this.#running.get(slot)?.pid
  }

  /** Partition numbers that this instance has taken since it was last assigned any. */
  taken(slot: number): readonly number[] {
    const own = this.lines.filter(({ pid }) => pid === this.pidOf(slot))
    const since = own.findLastIndex(({ event }) => event === 'partitions_assigned')
    return own
      .slice(since + 1)
      .flatMap(({ event, partition }) => (event === 'partition_taken' ? [partition ?? -1] : []))
  }

  async endAll(): Promise<void> {
    this.#isOver = true
    for (const slot of [...this.#running.keys()]) this.wake(slot)
    await Promise.all([...this.#running.keys()].map(slot => this.#end(slot, 'SIGTERM')))
  }

  async #end(slot: number, signal: NodeJS.Signals): Promise<void> {
    const child = this.#running.get(slot)
    this.#running.delete(slot)
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise(resolve => child.once('exit', resolve))
    child.kill(signal)
    const late = setTimeout(() => child.kill('SIGKILL'), 12_000)
    await gone
    clearTimeout(late)
  }

  #stateOf = (slot: number): string => join(this.#options.directory, `state-${slot}`)
}
