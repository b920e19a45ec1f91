/** Whoever asks a script what it does starts nothing with it, and a flag that nobody knows is refused. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'

const ROOT = new URL('../../', import.meta.url)
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8')))

/** What each script runs of ours: a file and its arguments. */
const programs = [
  ...new Set(
    Object.entries(scripts)
      .filter(([name]) => name !== 'prepack')
      .flatMap(([, line]) => line.split(' && '))
      .filter(command => /^node (?!node_modules)/.test(command))
      .map(command => command.replace(/^node /, '').replace(' --check', '')),
  ),
]

interface Ended {
  readonly code: number | null
  readonly text: string
}

const run = (program: string, flag?: string, more: Record<string, string> = {}): Promise<Ended> =>
  new Promise(resolve => {
    const env = { ...more, PATH: process.env.PATH, HOME: tmpdir(), LOCAL_DATA_DIR: tmpdir() }
    const options = { cwd: fileURLToPath(ROOT), env, timeout: 60_000 }
    const child = execFile(
      process.execPath,
      [...program.split(' '), ...(flag === undefined ? [] : [flag])],
      options,
      (_, stdout, stderr) => resolve({ code: child.exitCode, text: stdout + stderr }),
    )
  })

it('knows them all', () => {
  expect(programs).toContain('infra/start.ts')
  expect(programs).toContain('infra/start-part.ts pulsifi-sink')
  expect(programs.length).toBeGreaterThan(15)
})

it.each(['infra/start.ts', 'services/normalizer/main.ts'])(
  '%s names a variable that is misspelt',
  async program => {
    // No port 0: neither gets as far as to listen.
    const { code, text } = await run(program, undefined, {
      KAFKA_BROKER: 'one:9092',
      KAFKA_BROKERS: '',
      SCHEMA_REGISTRY_URL: 'http://registry.example.com',
    })
    expect(text).toContain('KAFKA_BROKER is set, and nothing reads it: did you mean KAFKA_BROKERS?')
    expect(code).toBe(78)
  },
)

describe.concurrent.each(programs)('%s', { timeout: 90_000 }, program => {
  it('tells with --help what it does, and does nothing', async ({ expect }) => {
    const { code, text } = await run(program, '--help')
    expect(text).toMatch(/^Usage: |environment/m)
    expect(text).not.toMatch(/^(ready|Starting|Using|Downloading) /m)
    expect(code).toBe(0)
  })

  it('refuses a flag that it does not know, and names it', async ({ expect }) => {
    const { code, text } = await run(program, '--nonsense')
    expect(text).toContain('--nonsense')
    expect(code).toBeGreaterThan(0)
  })
})
