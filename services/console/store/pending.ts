/** Rows on their way to the database: collected while the last batch is written, and written together. */
import type { Row } from './columns.ts'
import type { StagedRow, StagedTable } from './staged.ts'
import type { Batch, Position } from './writer.ts'

/** Above it, whoever adds waits. */
const ROWS_MAX = 60_000
/**
 * The time between two commits is so many times as long as the last one took, from the least to the longest: each costs
 * a look at whole tables, and people who look at them in the meantime would wait for it.
 */
const PAUSE_TIMES = 4
const LEAST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 2_000

export class Pending {
  readonly #write: (batch: Batch) => Promise<void>
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
  constructor(write: (batch: Batch) => Promise<void>, fail: (error: unknown) => void) {
    this.#write = write
    this.#fail = fail
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
    if (this.#count <= ROWS_MAX) return
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
    return this.#waiting > 0 || this.#count > ROWS_MAX / 2
  }

  #pause(tookMs: number): Promise<void> {
    if (this.#isStopping || this.#isCrowded()) return Promise.resolve()
    const pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(LEAST_PAUSE_MS, tookMs * PAUSE_TIMES))
    return new Promise(resolve => {
      const timer = setTimeout(resolve, pauseMs)
      this.#endPause = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
