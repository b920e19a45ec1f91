/** Rows on their way to the database: collected while the last batch is written, and written together. */
import type { Row } from './columns.ts'
import type { StagedRow, StagedTable } from './staged.ts'
import type { Batch, Position } from './writer.ts'

export interface PendingLimits {
  /** Above it, whoever adds waits. */
  readonly rowsMax: number
  /** The least time between two commits: each costs a look at whole tables. */
  readonly pauseMs: number
}
export const LIMITS: PendingLimits = { rowsMax: 60_000, pauseMs: 250 }

export class Pending {
  readonly #write: (batch: Batch) => Promise<void>
  readonly #limits: PendingLimits
  #rows = new Map<StagedTable, Row[]>()
  #positions = new Map<string, Position>()
  #count = 0
  #writing: Promise<void> | null = null
  #isStopping = false
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
    if (this.#count > this.#limits.rowsMax) await this.#writing
  }

  /** Writes what is left. */
  async stop(): Promise<void> {
    this.#isStopping = true
    await this.#writing
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#positions.size > 0) {
        const batch = { rows: this.#rows, positions: [...this.#positions.values()] }
        this.#rows = new Map()
        this.#positions = new Map()
        this.#count = 0
        await this.#write(batch)
        await this.#pause()
      }
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#writing = null
    }
  }

  /** Not while records wait at the door. */
  #pause(): Promise<void> {
    if (this.#isStopping || this.#count > this.#limits.rowsMax / 2) return Promise.resolve()
    return new Promise(resolve => setTimeout(resolve, this.#limits.pauseMs))
  }
}
