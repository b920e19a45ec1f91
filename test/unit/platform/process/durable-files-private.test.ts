import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'

const ROOT = new URL('../../../../', import.meta.url)
const directory = mkdtempSync(join(tmpdir(), 'atsflow-private-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const WRITE = `const { mkdirSync, writeFileSync } = await import('node:fs')
  const { execFileSync } = await import('node:child_process')
  mkdirSync(name)
  writeFileSync(name + '/file', '')
  execFileSync('touch', [name + '/of-a-child'])
  process.exit(0)`
const PROGRAMS: readonly (readonly [string, string])[] = [
  [
    'a process',
    `const { runProcess } = await import('./services/platform/process/run.ts')
    const { z } = await import('zod')
    await runProcess('trial', z.object({}), async () => { ${WRITE} })`,
  ],
  [
    'a command of infra/',
    `const { runCommand } = await import('./infra/local/command.ts')
    await runCommand(async () => { ${WRITE} })`,
  ],
]

it.each(PROGRAMS)(
  'what %s and its children write is for their user alone',
  (what, program) => {
    const name = join(directory, what.replaceAll(/\W/g, '-'))
    const script = `process.umask(0o022)\nconst name = ${JSON.stringify(name)}\n${program}`
    const ended = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: ROOT,
      encoding: 'utf8',
    })
    expect([ended.status, ended.stderr]).toEqual([0, ''])
    const modes = [name, ...readdirSync(name).map(file => join(name, file))].map(
      path => statSync(path).mode & 0o077,
    )
    expect(modes).toEqual([0, 0, 0])
  },
  60_000,
)
