/** The Python package, installed into an empty environment as its users have it, against a real broker. */
import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { printedAbout, publishScore } from '../support/example-reader.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const source = join(root, 'services', 'consume', 'python')
const tests = join(root, 'test', 'extended', 'consume-python')
const run = promisify(execFile)

const directory = mkdtempSync(join(tmpdir(), 'atsflow-consume-python-'))
const python = join(directory, 'installed', 'bin', 'python')
const cache = ['--cache-dir', join(directory, 'mypy')]

const examples = [
  ...readFileSync(join(source, 'README.md'), 'utf8').matchAll(/^```python\n(.*?)^```$/gms),
].map(([, code = '']) => code)

beforeAll(async () => {
  // Building writes beside the sources.
  const copy = join(directory, 'source')
  cpSync(source, copy, { recursive: true })
  await run('python3', ['-m', 'venv', '--system-site-packages', join(directory, 'installed')])
  // What it depends on is there, in the versions that infra/extended/run.ts names.
  await run(python, ['-m', 'pip', 'install', '--quiet', '--no-deps', copy])
  rmSync(copy, { recursive: true })
}, 600_000)
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** What a command says, whether or not it succeeds. */
const said = (command: string, args: readonly string[], cwd = directory, env = {}): Promise<string> =>
  run(command, [...args], { cwd, env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...env } }).then(
    ({ stdout, stderr }) => `${stdout}${stderr}`,
    ({ stdout, stderr }) => `failed:\n${stdout}${stderr}`,
  )

it('leaves nothing where it is built from, and installs what it needs to run', async () => {
  expect(readdirSync(source).sort()).toEqual(['README.md', 'atsflow_consume', 'pyproject.toml'])
  const place = await said(python, ['-c', 'import atsflow_consume as a; print(a.__path__[0])'])
  expect(place.startsWith(directory)).toBe(true)
  expect(readdirSync(place.trim())).toEqual(
    expect.arrayContaining(['py.typed', 'schemas.json', 'records.py']),
  )
})

describe('the examples of its README', () => {
  it.each(examples.map((code, index) => ({ file: `example_${index}.py`, code })))(
    'print real scores, and end by Ctrl-C: $file',
    async ({ file, code }) => {
      const application = `direct:t${Date.now().toString(36)}:${file.replace('.', '-')}`
      writeFileSync(join(directory, file), code)
      await publishScore(application)
      const { line, errors, code: exit } = await printedAbout(application, [python, file], directory)
      expect([line, errors, exit]).toEqual([`${application} role_fit 0.85`, '', 0])
    },
  )

  it('are two', () => {
    expect(examples).toHaveLength(2)
  })
})

describe('by mypy --strict, for Python 3.10,', () => {
  const strict = ['-m', 'mypy', '--strict', '--python-version', '3.10', ...cache]

  it('the package has no faults', async () => {
    expect(await said(python, [...strict, 'atsflow_consume'], source)).toMatch(/^Success/)
  })

  it('neither have its examples', async () => {
    const files = examples.map((_, index) => `example_${index}.py`)
    for (const [index, file] of files.entries()) writeFileSync(join(directory, file), examples[index] ?? '')
    expect(await said(python, [...strict, ...files])).toMatch(/^Success/)
  })

  it('a field of another record, another topic and a record that may be gone are faults', async () => {
    writeFileSync(join(directory, 'wrong.py'), WRONG)
    const lines = (await said(python, [...strict, 'wrong.py'])).split('\n')
    const at = (text: string): string =>
      `wrong.py:${WRONG.split('\n').findIndex(line => line.includes(text)) + 1}`
    for (const [text, fault] of [
      ['outcome', 'typeddict-item'],
      ['may be gone', 'index'],
      ['no such topic', 'list-item'],
      ['no score', 'typeddict-item'],
    ] as const)
      expect(lines.filter(line => line.startsWith(at(text)))).toEqual([expect.stringContaining(`[${fault}]`)])
  })
})

const WRONG = `
from atsflow_consume import Decoder, consume

with consume(brokers="b", registry="r", group_id="g", topics=["pulsifi.score.v1"]) as consumption:
    for event in consumption:
        if event.topic == "pulsifi.score.v1":
            print(event.record["score_type"])  # may be gone
            if event.record is not None:
                print(event.record["outcome"])
consume(brokers="b", registry="r", group_id="g", topics=["pulsifi.scores"])  # no such topic
print(Decoder("r").decode("pulsifi.invitation.v1", b"")["score_type"])  # no score
`

it.each(readdirSync(tests))('does what %s says', async file => {
  const env = { KAFKA_BROKERS: inject('kafkaBrokers') }
  const told = await said(python, [join(tests, file), '--verbose'], directory, env)
  expect(told).toMatch(/\nOK\n$/)
  expect(Number(/Ran (\d+) tests/.exec(told)?.[1])).toBeGreaterThan(4)
})
