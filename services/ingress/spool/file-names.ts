/** What lies in a folder of the spool, by name. */
import { readdirSync } from 'node:fs'

const FILE = /^(\d{12})\.spool(\.damaged)?$/

export const segmentName = (number: number): string => `${String(number).padStart(12, '0')}.spool`

/** Segments and damaged ones, oldest first. */
export const spoolFiles = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter(name => FILE.test(name))
    .sort()

export const numberOf = (name: string): number => Number(FILE.exec(name)?.[1])
export const suffixOf = (name: string): string => FILE.exec(name)?.[2] ?? ''
export const isSegment = (name: string): boolean => suffixOf(name) === ''
