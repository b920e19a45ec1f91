/** How often the same thing may be asked for: once in a window, and once more at its end when it was asked for again. Pure. */

/** Beyond so many the oldest are forgotten: whoever makes up names costs no more memory. */
const NAMES_MAX = 20_000

export class LookWindow {
  readonly #windowMs: number
  /** By name, when it was looked at last, or will be: ms since the epoch. */
  readonly #looks = new Map<string, number>()

  constructor(windowMs: number) {
    this.#windowMs = windowMs
  }

  /**
   * Asks for a look, and counts on it being made when it may be.
   * @returns when: `nowMs`, or later; null when one is to come already, which will show what this one would
   */
  claim(name: string, nowMs: number): number | null {
    const lastMs = this.#looks.get(name)
    if (lastMs !== undefined && lastMs > nowMs) return null
    const atMs = lastMs === undefined ? nowMs : Math.max(nowMs, lastMs + this.#windowMs)
    this.note(name, atMs)
    return atMs
  }

  /** Asks whether this is the first in a window. */
  isFirst(name: string, nowMs: number): boolean {
    const lastMs = this.#looks.get(name)
    if (lastMs !== undefined && nowMs < lastMs + this.#windowMs) return false
    this.note(name, nowMs)
    return true
  }

  /** A look is made at this time, whoever asked for it. */
  note(name: string, atMs: number): void {
    const latestMs = Math.max(atMs, this.#looks.get(name) ?? 0)
    this.#looks.delete(name)
    this.#looks.set(name, latestMs)
    const [oldest] = this.#looks.keys()
    if (this.#looks.size > NAMES_MAX && oldest !== undefined) this.#looks.delete(oldest)
  }

  /** Nothing was shown: it may be asked for again. */
  forget(name: string): void {
    this.#looks.delete(name)
  }
}
