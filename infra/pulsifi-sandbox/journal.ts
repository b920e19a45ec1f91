/**
 * The sandbox's memory on disk: one change a line, forced to the disk before the answer that speaks of it. Lines that
 * come while a write is under way share the next one.
 */
import { type FileHandle, mkdir, open, readFile, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import type { Change } from './state.ts'

export type Journal = {
  /** Resolves when the change is on disk. */
  append(change: Change): Promise<void>
  close(): Promise<void>
}

export const NO_JOURNAL: Journal = { append: async () => {}, close: async () => {} }

/** The journal of `directory` and every change it holds, oldest first. A last line that a crash cut off is dropped. */
export async function openJournal(directory: string): Promise<{ journal: Journal; changes: Change[] }> {
  await mkdir(directory, { recursive: true })
  const path = join(directory, 'journal.jsonl')
  const file = await open(path, 'a', 0o600)
  const text = await readFile(path, 'utf8')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  if (whole.length < text.length) await truncate(path, Buffer.byteLength(whole))
  return { journal: journalOn(file), changes: changesOf(whole, path) }
}

/** The file is written by this module alone: its lines are taken at their word. */
function changesOf(text: string, path: string): Change[] {
  const lines = text.split('\n').filter(line => line !== '')
  return lines.map((line, index) => {
    try {
      return JSON.parse(line) as Change
    } catch {
      throw new Error(`${path} line ${index + 1} is damaged: remove the file to start afresh`)
    }
  })
}

type Waiting = {
  readonly line: string
  readonly done: () => void
  readonly failed: (reason: unknown) => void
}

function journalOn(file: FileHandle): Journal {
  let queue: Waiting[] = []
  let writing: Promise<void> | null = null

  async function flush(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue
      queue = []
      try {
        await file.appendFile(batch.map(entry => entry.line).join(''))
        await file.datasync()
        for (const entry of batch) entry.done()
      } catch (reason) {
        for (const entry of batch) entry.failed(reason)
      }
    }
    writing = null
  }

  return {
    append: change =>
      new Promise((done, failed) => {
        queue.push({ line: `${JSON.stringify(change)}\n`, done, failed })
        writing ??= flush()
      }),
    async close() {
      await writing
      await file.close()
    },
  }
}
