/** Answers of the group's coordinator, for those who must know that we are a member still. */
export class Heartbeats {
  readonly #waiting = new Set<() => void>()

  /** The coordinator has answered. */
  beat(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const resolve of waiting) resolve()
  }

  /** Resolves after this many answers that come later than now. */
  async next(count: number): Promise<void> {
    for (let beat = 0; beat < count; beat++) {
      await new Promise<void>(resolve => this.#waiting.add(resolve))
    }
  }
}
