/** Rows on their way to the database: collected while the last batch is written, and written together. */
import type { Row } from './columns.ts'
import type { StagedRow, StagedTable } from './staged.ts'
import type { Batch, Position } from './writer.ts'

export interface PendingLimits {
  /** Above it, whoever adds waits. */
  readonly rowsMax: number
  /**
   * The time between two commits is so many times as long as the last one took, from the least to the longest: each costs
   * a look at whole tables, and people who look at them in the meantime would wait for it.
   */
  readonly pauseTimes: number
  readonly leastPauseMs: number
  readonly longestPauseMs: number
}
const LIMITS: PendingLimits = { rowsMax: 60_000, pauseTimes: 4, leastPauseMs: 250, longestPauseMs: 2_000 }

export class Pending {
  readonly #write: (batch: Batch) => Promise<void>
  readonly #limits: PendingLimits
  #rows = new Map<StagedTable, Row[]>()
  #positions = new Map<string, Position>()
  #count = 0
  #writing: Promise<void> | null = null
  /** Who cannot add more before all is written. */
  #waiting = 0
  #isStopping = false
  #endPause = () => {}
  readonly #fail: (error: unknown) => void

  /** @param fail told when a batch could not be written: nothing more is taken then */
  constructor(
    write: (batch: Batch) => Promise<void>,
    fail: (error: unknown) => void,
    limits: PendingLimits = LIMITS,
  ) {
    this.#write = write
    this.#fail = fail
    this.#limits = limits
  }

  /** Returns when there is room for more. */
  async add(rows: readonly StagedRow[], position: Position): Promise<void> {
    for (const { table, row } of rows) {
      const list = this.#rows.get(table)
      if (list === undefined) this.#rows.set(table, [row])
      else list.push(row)
    }
    this.#count += rows.length
    this.#positions.set(`${position.topic}/${position.partition}`, position)
    this.#writing ??= this.#writeAll()
    if (this.#isCrowded()) this.#endPause()
    if (this.#count <= this.#limits.rowsMax) return
    this.#waiting++
    await this.#writing
    this.#waiting--
  }

  /** Writes what is left. */
  async stop(): Promise<void> {
    this.#isStopping = true
    this.#endPause()
    await this.#writing
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#positions.size > 0) {
        const batch = { rows: this.#rows, positions: [...this.#positions.values()] }
        this.#rows = new Map()
        this.#positions = new Map()
        this.#count = 0
        const startedMs = performance.now()
        await this.#write(batch)
        await this.#pause(performance.now() - startedMs)
      }
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#writing = null
    }
  }

  /** Records wait at the door, or soon will. */
  #isCrowded(): boolean {
    return this.#waiting > 0 || this.#count > this.#limits.rowsMax / 2
  }

  #pause(tookMs: number): Promise<void> {
    const { pauseTimes, leastPauseMs, longestPauseMs } = this.#limits
    if (this.#isStopping || this.#isCrowded()) return Promise.resolve()
    const pauseMs = Math.min(longestPauseMs, Math.max(leastPauseMs, tookMs * pauseTimes))
    return new Promise(resolve => {
      const timer = setTimeout(resolve, pauseMs)
      this.#endPause = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
