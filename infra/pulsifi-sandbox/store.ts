import { NO_JOURNAL, openJournal } from './journal.ts'
import { applyChange, type Change, emptyState, type State } from './state.ts'

/** State with its journal. */
export type Store = {
  readonly state: State
  /** Applies at once, so that two requests cannot both find a reference free; resolves when it is on disk. */
  commit(change: Change): Promise<void>
  close(): Promise<void>
}

/** The store of `directory` as it was left, or an empty one that forgets. */
export async function openStore(directory: string | undefined): Promise<Store> {
  const state = emptyState()
  const { journal, changes } =
    directory === undefined ? { journal: NO_JOURNAL, changes: [] } : await openJournal(directory)
  for (const change of changes) applyChange(state, change)
  return {
    state,
    commit(change) {
      applyChange(state, change)
      return journal.append(change)
    },
    close: () => journal.close(),
  }
}
