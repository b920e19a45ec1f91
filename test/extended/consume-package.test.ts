/** The package `atsflow-consume`, packed, and installed in an empty folder, as its users have it. */
import { execFile } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { printedAbout, publishScore } from '../support/example-reader.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const packed = join(root, 'services', 'consume')
const run = promisify(execFile)
const QUIET = ['--no-audit', '--no-fund', '--prefer-offline', '--silent']

const directory = mkdtempSync(join(tmpdir(), 'atsflow-consume-'))
/** An older Node, from the package that the one here comes from. */
const OLDER = `node-${process.platform}-${process.arch}`
const tools = mkdtempSync(join(tmpdir(), 'atsflow-tools-'))
const installed = join(directory, 'node_modules')
const own = join(installed, 'atsflow-consume')

const [asModule = '', asCommonJs = ''] = [
  ...readFileSync(join(packed, 'README.md'), 'utf8').matchAll(/^```js\n(.*?)^```$/gms),
].map(([, code = '']) => code)

beforeAll(async () => {
  const { stdout } = await run('npm', ['pack', '--pack-destination', directory, '--silent'], { cwd: packed })
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ name: 'host', private: true }))
  await run('npm', ['install', ...QUIET, join(directory, stdout.trim())], { cwd: directory })
  writeFileSync(join(tools, 'package.json'), JSON.stringify({ private: true }))
  await run('npm', ['install', ...QUIET, `${OLDER}@20`], { cwd: tools })
}, 600_000)
afterAll(() => {
  for (const folder of [directory, tools]) rmSync(folder, { recursive: true, force: true })
})

const filesUnder = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
const manifestsUnder = (folder: string): readonly string[] =>
  filesUnder(folder).filter(path => /node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(path))

describe('what is installed', () => {
  it('is fewer than 40 packages and below 15 MB', () => {
    const packages = manifestsUnder(directory)
    expect(packages.length).toBeGreaterThan(3)
    expect(packages.length).toBeLessThan(40)
    const bytes = filesUnder(installed).reduce((sum, path) => sum + statSync(path).size, 0)
    expect(bytes).toBeLessThan(15_000_000)
    expect(
      packages.filter(path => /node_modules\/(node|typescript|testcontainers|@duckdb|@aws-sdk)\//.test(path)),
    ).toEqual([])
  })

  it('has nothing of the package but what it says, and leaves nothing where it was packed', () => {
    expect(readdirSync(own).sort()).toEqual(['README.md', 'dist', 'node_modules', 'package.json'])
    expect(readdirSync(join(own, 'node_modules')).sort()).toEqual(['avsc', 'kafkajs'])
    expect(readdirSync(packed)).not.toEqual(expect.arrayContaining(['dist']))
    expect(readdirSync(packed)).not.toEqual(expect.arrayContaining(['node_modules']))
  })

  it('imports nothing that it does not depend on', () => {
    const { dependencies } = JSON.parse(readFileSync(join(own, 'package.json'), 'utf8'))
    const emitted = filesUnder(join(own, 'dist')).filter(path => /\.[cm]?[jt]s$/.test(path))
    const named = emitted.flatMap(path =>
      [
        ...readFileSync(path, 'utf8').matchAll(/(?:from |import |import\(|require\()["']([^."'][^"']*)["']/g),
      ].map(([, name = '']) => name),
    )
    const foreign = named.filter(name => !name.startsWith('node:')).map(packageOf)
    expect([...new Set(foreign)].sort()).toEqual(Object.keys(dependencies).sort())
  })

  it('has the schemas that records are read with', () => {
    const schema = createRequire(join(directory, 'host.cjs')).resolve(
      'atsflow-consume/schemas/pulsifi-score.avsc',
    )
    expect(JSON.parse(readFileSync(schema, 'utf8'))).toMatchObject({ name: 'PulsifiScore' })
  })
})

/** `@scope/name/path` is a file of `@scope/name`. */
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

describe.each([
  ['this Node', () => process.execPath],
  ['Node 20', () => join(tools, 'node_modules', OLDER, 'bin', 'node')],
])('the examples of its README, in %s,', (name, node) => {
  it.each([
    ['as a module', 'example.mjs', () => asModule],
    ['as CommonJS', 'example.cjs', () => asCommonJs],
    ['in a host that has loaded kafkajs of its own', 'host.mjs', () => `import 'kafkajs'\n${asModule}`],
  ])('print real scores, and no warnings, %s', async (_how, file, example) => {
    if (name === 'Node 20') expect((await run(node(), ['--version'])).stdout).toMatch(/^v20\./)
    // A group that is known goes on where it was: each run waits for a score of its own.
    const application = `direct:t${Date.now().toString(36)}:${file.replace('.', '-')}`
    cpSync(join(root, 'node_modules', 'kafkajs'), join(installed, 'kafkajs'), { recursive: true })
    writeFileSync(join(directory, file), example())
    await publishScore(application)
    const { line, errors, code } = await printedAbout(application, [node(), file], directory)
    expect([line, code]).toEqual([`${application} role_fit 0.85`, 0])
    expect(errors).not.toMatch(/warning/i)
  })
})

describe.each([
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
])('its types, with module %s and resolution %s,', (module, moduleResolution) => {
  it.each(['typescript', 'typescript-7'])('resolve in a strict project, by %s', async compiler => {
    const project = join(directory, `${moduleResolution}-${compiler}`)
    mkdirSync(project)
    const compilerOptions = {
      ...{ module, moduleResolution, strict: true, noEmit: true, target: 'es2022' },
      ...{ exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false },
      types: ['node'],
    }
    writeFileSync(
      join(project, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, include: ['*.mts', '*.cts'] }),
    )
    writeFileSync(join(project, 'example.mts'), `${asModule}\n${typed('mts')}`)
    if (module === 'nodenext') writeFileSync(join(project, 'typed.cts'), typed('cts'))
    const tsc = join(
      dirname(createRequire(join(root, 'package.json')).resolve(`${compiler}/package.json`)),
      'bin/tsc',
    )
    const said = await run(process.execPath, [tsc, '--project', project]).catch(({ stdout }) => ({ stdout }))
    expect(said.stdout).toBe('')
  })
})

/** What must be known of a record, and what must not compile. */
const typed = (kind: 'mts' | 'cts'): string => `
import type { ConsumedRecordOf, ConsumeOptions, PulsifiScore } from 'atsflow-consume'
${kind === 'cts' ? "import { consume as fromCommonJs } from 'atsflow-consume'\nexport const started: Promise<{ readonly stop: () => Promise<void> }> = fromCommonJs({} as ConsumeOptions<'pulsifi.score.v1'>)" : ''}
export function keyOf(event: ConsumedRecordOf<'pulsifi.score.v1' | 'pulsifi.invitation.v1'>): string | null {
  if (event.topic === 'pulsifi.score.v1') {
    const score: PulsifiScore | null = event.record
    return score === null ? event.key : score.score_type
  }
  // @ts-expect-error an invitation has no score
  return event.record?.score_type ?? null
}
// @ts-expect-error no such topic
export const wrong: ConsumeOptions<'pulsifi.scores'> | null = null
`
