import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Whether a generator compares and writes nothing. Ends the process for `--help`, and for what is not understood. */
export const isCheck = (writes: string): boolean =>
  new Command('generate')
    .description(`Writes ${writes} anew.`)
    .option('--check', 'write nothing; fail when what is committed is stale')
    .parse()
    .opts<{ check?: true }>().check === true

/** Writes what was generated; where it only compares, names a file that differs, and has the process fail. */
export function keep(file: URL, text: string, comparesOnly: boolean): void {
  if (!comparesOnly) {
    mkdirSync(new URL('.', file), { recursive: true })
    writeFileSync(file, text)
  } else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    console.error(
      `${relative(ROOT, fileURLToPath(file))} is stale: run "npm run generate" and commit the result`,
    )
    process.exitCode = 1
  }
}
