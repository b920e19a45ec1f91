/** Tries faults one after the other, and remembers when each began, was taken back, and was told of no more. */
import { waitUntil } from '../wait-until.ts'
import type { AlertFault } from './fault.ts'
import type { FaultWindow } from './judge.ts'
import type { Scene } from './scene.ts'

/** The longest times of the rules, shortened, and then some. */
const FIRES_WITHIN_MS = 330_000
const OVER_WITHIN_MS = 330_000

export class Trial {
  readonly windows: FaultWindow[] = []
  /** What went wrong with the faults themselves. */
  readonly failures: string[] = []
  readonly #scene: Scene
  readonly #say: (line: string) => void
  readonly #lingering: Promise<void>[] = []

  constructor(scene: Scene, say: (line: string) => void) {
    this.#scene = scene
    this.#say = say
  }

  async inTurn(faults: readonly AlertFault[]): Promise<void> {
    for (const fault of faults) await this.try(fault)
  }

  /** Returns when it has been taken back and, unless it lingers, is told of no more. Never rejects. */
  async try(fault: AlertFault): Promise<void> {
    const fromMs = Date.now()
    // Open while it goes on, so that a run that is cut short can be judged, too.
    const window = { fault: fault.name, fires: fault.fires, fromMs, undoneMs: fromMs, toMs: Number.MAX_VALUE }
    this.windows.push(window)
    this.#say(`fault: ${fault.name}`)
    await this.#attempt(fault, async () => {
      const undo = await fault.begin(this.#scene)
      await this.#attempt(fault, () => this.#untilFired(fault, fromMs))
      await undo()
    })
    window.undoneMs = Date.now()
    const over = this.#attempt(fault, () => this.#untilOver(fault)).then(() => {
      window.toMs = Date.now()
    })
    if (fault.lingers) this.#lingering.push(over)
    else await over
  }

  /** Nothing is told of any more. */
  async over(): Promise<void> {
    await Promise.all(this.#lingering)
  }

  async #untilFired({ name, fires }: AlertFault, sinceMs: number): Promise<void> {
    await waitUntil(`${fires.join(' and ')} to fire`, FIRES_WITHIN_MS, () =>
      fires.every(alert => this.#scene.prometheus.hasFired(alert, sinceMs)),
    )
    this.#say(`fires: ${name}`)
  }

  async #untilOver({ name, fires }: AlertFault): Promise<void> {
    await waitUntil(`${fires.join(' and ')} to end`, OVER_WITHIN_MS, () =>
      fires.every(alert => !this.#scene.prometheus.fires(alert)),
    )
    this.#say(`over: ${name}`)
  }

  async #attempt({ name }: AlertFault, act: () => Promise<void>): Promise<void> {
    try {
      await act()
    } catch (error) {
      const failure = `${name}: ${error instanceof Error ? error.message : String(error)}`
      this.failures.push(failure)
      this.#say(failure)
    }
  }
}
