/**
 * Inputs that come many at a time and from no topic, such as all that waits for one job: decided in slices, so that
 * records, heartbeats and answers come in between. They are lost with the tenure, so that whoever opens a partition must
 * find them again in its state.
 */

/** How long a slice may take. One decision more can always come on top. */
const SLICE_MS = 20

export interface BacklogPorts<Input> {
  readonly decide: (input: Input) => void
  /** Too much waits for its commit; `goOn` is called when that has changed. */
  readonly isFull: () => boolean
  readonly isLive: () => boolean
}

export class Backlog<Input> {
  readonly #ports: BacklogPorts<Input>
  readonly #waiting: Iterator<Input>[] = []
  #isScheduled = false

  constructor(ports: BacklogPorts<Input>) {
    this.#ports = ports
  }

  /** Each input is drawn when its turn has come. */
  add(inputs: Iterable<Input>): void {
    this.#waiting.push(inputs[Symbol.iterator]())
    this.goOn()
  }

  goOn(): void {
    if (this.#isScheduled || this.#waiting.length === 0) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#work()
    })
  }

  #work(): void {
    const { decide, isFull, isLive } = this.#ports
    const endMs = performance.now() + SLICE_MS
    while (isLive() && !isFull()) {
      const next = this.#waiting[0]?.next()
      if (next === undefined) return
      if (next.done) this.#waiting.shift()
      else decide(next.value)
      if (performance.now() >= endMs) return this.goOn()
    }
  }
}
