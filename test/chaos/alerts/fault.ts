import type { Scene } from './scene.ts'

/** What is done wrong, and which alerts must tell of it: these and no others. */
export interface AlertFault {
  readonly name: string
  readonly fires: readonly string[]
  /** Returns how to take it back. */
  readonly begin: (scene: Scene) => Promise<() => Promise<void>>
  /** The alert counts over a window, and goes on for as long after the fault: nothing waits for its end. */
  readonly lingers?: true
}
