/**
 * The candidate that was read last. Its applications are often decided one after the other, and reading it takes as long
 * as they are many: 8,000 of them would be read 8,000 times.
 */
import type { State } from '../../platform/partitions/processor.ts'
import { candidateKey } from './state.ts'

const PREFIX = candidateKey('')

export class LastCandidate {
  #last: { readonly key: string; readonly value: unknown } | undefined

  /** Only a record can change a candidate. */
  forget(): void {
    this.#last = undefined
  }

  over(state: State): State {
    return {
      get: key => (key.startsWith(PREFIX) ? this.#read(state, key) : state.get(key)),
      scan: prefix => state.scan(prefix),
    }
  }

  #read(state: State, key: string): unknown {
    if (this.#last?.key !== key) this.#last = { key, value: state.get(key) }
    return this.#last.value
  }
}
