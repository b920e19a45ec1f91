/** Runs a broken build: a copy of the sources, broken, under the faults that bring it to light, until a count shows it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BROKEN_BUILDS, type BrokenBuild, broken, type Load } from './broken-builds.ts'
import type { SeedResult } from './run-seed.ts'
import type { Count } from './verify.ts'

const ROOT = join(import.meta.dirname, '../..')
const PARTS = ['package.json', 'vitest.config.ts', 'services', 'schemas', 'infra', 'test'] as const
const ATTEMPTS_MAX = 4
/** A broken build has applications that never end; an answer that was lost is given up after 45 s. */
const SETTLE_SECONDS = 75

/** Counts that are 0 whenever a promise is kept. */
const PROMISES = [
  'invitedTwice',
  'lost',
  'unaccounted',
  'unexplained',
  'wrongChanges',
  'stuck',
] as const satisfies (keyof Count)[]

/** What the suite counted that cannot be; empty when it noticed nothing. */
export const caughtBy = (count: Count): readonly string[] =>
  PROMISES.filter(name => count[name] > 0).map(name => `${name} ${count[name]}`)

/** Says whether the suite noticed. @throws Error when there is no such build, or it cannot be made any more. */
export async function isCaught(name: string, onEvent: (line: string) => void): Promise<boolean> {
  const build = BROKEN_BUILDS[name]
  if (build === undefined)
    throw new Error(`no broken build is named "${name}": ${Object.keys(BROKEN_BUILDS).join(', ')}`)
  const directory = copyOf(build)
  try {
    if ('tests' in build) {
      const isCaught = await failIn(directory, build.tests)
      onEvent(`${name}: ${isCaught ? 'caught' : 'not noticed'} by ${build.tests.join(', ')}`)
      return isCaught
    }
    for (let seed = 1; seed <= ATTEMPTS_MAX; seed++) {
      const { count } = await runIn(directory, seed, build)
      const caught = caughtBy(count)
      const { events, perSecond, faults } = build
      onEvent(`${name}, seed ${seed}, ${events} events at ${perSecond}/s, ${faults.join(' + ')}:`)
      onEvent(caught.length > 0 ? `  caught by ${caught.join(', ')}` : '  not noticed')
      for (const fault of count.faults.slice(0, 8)) onEvent(`  ${fault}`)
      if (caught.length > 0) return true
    }
    return false
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function copyOf({ replacements }: BrokenBuild): string {
  const directory = mkdtempSync(join(tmpdir(), 'atsflow-broken-'))
  for (const part of PARTS) cpSync(join(ROOT, part), join(directory, part), { recursive: true })
  symlinkSync(realpathSync(join(ROOT, 'node_modules')), join(directory, 'node_modules'))
  for (const replacement of replacements) {
    const path = join(directory, replacement.file)
    writeFileSync(path, broken(readFileSync(path, 'utf8'), replacement))
  }
  return directory
}

/** A file that cannot be loaded is no test that fails. */
async function failIn(directory: string, tests: readonly string[]): Promise<boolean> {
  const vitest = join(directory, 'node_modules/vitest/vitest.mjs')
  const results = join(directory, 'tests.json')
  const args = ['run', '--reporter=json', `--outputFile=${results}`, ...tests]
  await once(spawn(process.execPath, [vitest, ...args], { cwd: directory, stdio: 'ignore' }), 'exit')
  return JSON.parse(readFileSync(results, 'utf8')).numFailedTests > 0
}

/** The suite of the copy, in a process of its own: its world consists of the broken processes. */
async function runIn(directory: string, seed: number, build: Load): Promise<SeedResult> {
  const results = join(directory, `results-${seed}.jsonl`)
  const { events, perSecond, faults } = build
  const args = ['--seeds', '1', '--first', String(seed), '--events', String(events), '--resume', results]
  const child = spawn(
    process.execPath,
    [
      join(directory, 'test/chaos/main.ts'),
      ...args,
      ...['--per-second', String(perSecond), '--faults', faults.join(',')],
      ...['--settle-seconds', String(SETTLE_SECONDS)],
    ],
    { cwd: directory, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  await new Promise(resolve => child.once('exit', resolve))
  // A run that breaks off counts nothing, and so proves nothing.
  if (!existsSync(results)) throw new Error('the run of the broken build broke off before it counted')
  return JSON.parse(readFileSync(results, 'utf8'))
}
