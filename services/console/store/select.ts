/** SQL of whoever may ask: over a copy of the file, made while nobody writes, one statement after the other. */
import { constants, copyFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { SelectAnswer } from '../../platform/duckdb/select-only.ts'
import { selectInProcess } from '../../platform/duckdb/select-process.ts'
import { SelectRefused } from '../../platform/duckdb/select-refused.ts'
import { oneAfterTheOther } from './ingestion.ts'

export interface SelectPorts {
  /** The file of the database. */
  readonly path: string
  /** For the copy, which is there only as long as its statement runs: it would outlive whoever is erased. */
  readonly directory: string
  readonly memoryMib: number
  /** Runs a task while nothing is written. */
  readonly atRest: <T>(task: () => Promise<T>) => Promise<T>
}

export type Select = (sql: string, rowLimit: number) => Promise<SelectAnswer>

const WAITING_MAX = 8

export function createSelect({ path, directory, memoryMib, atRest }: SelectPorts): Select {
  const target = join(directory, 'select.duckdb')
  // Together they would take the memory of several.
  const alone = oneAfterTheOther()
  let waiting = 0

  async function answer(sql: string, rowLimit: number): Promise<SelectAnswer> {
    try {
      await atRest(() => Promise.all([copy(path, target), copy(`${path}.wal`, `${target}.wal`)]))
      return await selectInProcess({ path: target, sql, rowLimit, memoryMib })
    } finally {
      await Promise.all([rm(target, { force: true }), rm(`${target}.wal`, { force: true })])
    }
  }

  return async (sql, rowLimit) => {
    if (waiting >= WAITING_MAX) throw new SelectRefused('BUSY', 'too many statements wait: ask again later')
    waiting++
    try {
      return await alone(() => answer(sql, rowLimit))
    } finally {
      waiting--
    }
  }
}

/** There is no log just after it has been taken over into the file. */
async function copy(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE).catch((error: unknown) => {
    if (!(error instanceof Error && Reflect.get(error, 'code') === 'ENOENT')) throw error
  })
}
