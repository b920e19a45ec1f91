/** When removed rows are made to go from disk: at a rhythm, and sooner where something has kept them. */
import { setTimeout as delay } from 'node:timers/promises'
import { saidBy } from './database.ts'
import type { Forgotten } from './removed-rows.ts'

const AGAIN_MS = 600_000

export interface Forgetting {
  readonly everyMs: number
  readonly forget: () => Promise<Forgotten>
  readonly onEvent: (line: string) => void
  readonly signal: AbortSignal
}

/** From the start on, until the signal. A database that does not answer is asked again. */
export async function forgetAtTimes({ everyMs, forget, onEvent, signal }: Forgetting): Promise<void> {
  if (everyMs === 0) return
  let said = ''
  while (!signal.aborted) {
    const { lines, isDone } = outcomeOf(await forget().catch(saidBy))
    // What nobody has mended since is not said again.
    if (lines.join() !== said) lines.forEach(onEvent)
    said = lines.join()
    await delay(isDone ? everyMs : Math.min(everyMs, AGAIN_MS), undefined, { signal }).catch(() => {})
  }
}

/** @param forgotten a text: why it could not be tried. Pure. */
export function outcomeOf(forgotten: Forgotten | string): {
  readonly lines: readonly string[]
  readonly isDone: boolean
} {
  if (typeof forgotten === 'string')
    return { lines: [`removed rows are still on the disk of the database: ${forgotten}`], isDone: false }
  const { wasNeeded, held, beyond } = forgotten
  const isDone = held.length === 0
  if (!wasNeeded) return { lines: [], isDone }
  return {
    lines: [
      ...(isDone ? ['tables are written anew: removed rows are gone from them on disk'] : []),
      ...held.map(what => `removed rows are still on disk, and this is tried again: ${what}`),
      ...beyond.map(what => `removed rows may still be on disk in ${what}`),
    ],
    isDone,
  }
}
