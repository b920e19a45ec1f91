import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faultOfName } from '../../infra/new-source/create-source.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** Processes of their own are slow on a busy machine. */
const TIMEOUT_MS = 90_000

describe('a new source', () => {
  it.each([
    '',
    'Acme',
    '1st',
    'acme_hr',
    'acme-',
    '-acme',
    'a--b',
    'a/b',
    '../up',
    'a b',
    'pulsifi',
    'x'.repeat(41),
  ])('cannot be called %j', name => {
    expect(faultOfName(name)).toEqual(expect.any(String))
  })

  it.each(['jobylon', 'direct'])('never takes the place of %s', name => {
    expect(faultOfName(name)).toContain('already')
  })

  it('may be called as one would call it', () => {
    expect(faultOfName('acme-hr2')).toBeNull()
  })
})

describe('npm run new:source, in a copy of the project without its sources', () => {
  let copy = ''
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'new-source-'))
    const parts = [
      'package.json',
      'tsconfig.json',
      'biome.json',
      'infra/new-source',
      'infra/local/arguments.ts',
      'schemas/types.ts',
      'services/core',
      'test/conformance/sources.test.ts',
      'test/support/mutated.ts',
    ]
    for (const part of parts) cpSync(join(ROOT, part), join(copy, part), { recursive: true })
    cpSync(join(ROOT, 'services/sources'), join(copy, 'services/sources'), {
      recursive: true,
      // The contract and its readings, no source.
      filter: path => !/services\/sources\/[^/.]+(\/|$)/.test(path),
    })
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  })
  afterAll(() => rmSync(copy, { recursive: true, force: true }))

  const run = (program: string, args: readonly string[], env: Record<string, string> = {}) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
      cwd: copy,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, NO_COLOR: '1', ...env },
      timeout: TIMEOUT_MS,
    })
    return { status, said: stdout + stderr }
  }
  const newSource = (...args: string[]) => run('infra/new-source/main.ts', args)
  const conformance = (env: Record<string, string> = {}) =>
    run('node_modules/vitest/vitest.mjs', ['run', 'test/conformance/sources.test.ts', '--root', copy], env)

  it('makes a folder that fails for want of a fixture, and passes once there is one', {
    timeout: 3 * TIMEOUT_MS,
  }, () => {
    const made = newSource('acme-hr')
    expect(made.status).toBe(0)
    expect(made.said).toContain('SOURCE_ACME_HR_SECRET')
    expect(made.said).toContain('POST /hooks/acme-hr/default')

    const empty = conformance()
    expect(empty.status).not.toBe(0)
    expect(empty.said).toMatch(/candidate\.created\.json.*splits and maps as written/)
    expect(empty.said).toContain('FILL IN: replace the body above by a real webhook')
    expect(empty.said).toContain('has a fixture that maps for each kind that it consumes')

    const file = join(copy, 'services/sources/acme-hr/fixtures/candidate.created.json')
    const fixture = JSON.parse(readFileSync(file, 'utf8'))
    fixture.request.body = {
      event: 'candidate.created',
      candidate: { id: 7, first_name: 'Ada', last_name: 'Example', email: 'ada@example.com' },
      job: { id: 'J-1', title: 'Welder' },
    }
    writeFileSync(file, JSON.stringify(fixture))
    conformance({ UPDATE_FIXTURES: '1' })
    const filled = conformance()
    expect(filled.said).not.toContain('FAIL')
    expect(filled.status).toBe(0)
    expect(JSON.parse(readFileSync(file, 'utf8')).mapped).toMatchObject([
      { draft: { email: 'ada@example.com', applications: [{ external_id: '7_J-1' }] } },
    ])
  })

  it('writes code that the compiler and the linter accept', { timeout: TIMEOUT_MS }, () => {
    expect(newSource('typed').status).toBe(0)
    const config = { extends: './tsconfig.json', include: ['services/sources/typed'] }
    writeFileSync(join(copy, 'tsconfig.typed.json'), JSON.stringify(config))
    expect(run('node_modules/typescript/bin/tsc', ['--project', 'tsconfig.typed.json'])).toMatchObject({
      status: 0,
      said: '',
    })
    const linted = run('node_modules/@biomejs/biome/bin/biome', [
      'ci',
      '--vcs-enabled=false',
      '--error-on-warnings',
      'services/sources/typed',
    ])
    expect(linted, linted.said).toMatchObject({ status: 0 })
  })

  it('refuses a bad name and a second time with a sentence, and writes nothing', {
    timeout: TIMEOUT_MS,
  }, () => {
    expect(newSource('Acme')).toMatchObject({ status: 1, said: expect.stringContaining('lower-case') })
    expect(existsSync(join(copy, 'services/sources/Acme'))).toBe(false)
    expect(newSource()).toMatchObject({
      status: 2,
      said: expect.stringContaining('missing required argument'),
    })
    expect(newSource('one', 'two').status).toBe(2)
    expect(newSource('again').status).toBe(0)
    expect(newSource('again')).toMatchObject({ status: 1, said: expect.stringContaining('already') })
  })
})
