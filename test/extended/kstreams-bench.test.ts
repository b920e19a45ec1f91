/** `npm run bench -- --peer kstreams` as somebody runs it who repeats what the README says. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const run = promisify(execFile)
const bench = (env: NodeJS.ProcessEnv) =>
  run(process.execPath, ['test/bench/main.ts', '--peer', 'kstreams', '--quick'], { cwd: root, env })

it('publishes the same bytes on both sides, and tells what each of them takes', async () => {
  const { stdout } = await bench(process.env)
  for (const system of ['atsflow, 1 process', 'atsflow, 2 processes', 'Kafka Streams, 2 threads'])
    expect(stdout).toMatch(new RegExp(`^\\| ${system} \\| 1 \\|`, 'm'))
  expect(stdout).toMatch(/^Both published the same bytes: \d{5} canonical records and \d\d dead letters,/m)
})

it('says what is missing where it cannot run', async () => {
  const { PATH: _, JAVA_HOME: __, ...env } = process.env
  const missing = /this is not there: Java 17.*javac.*Maven.*Install a JDK/
  await expect(bench({ ...env, PATH: '/nowhere' })).rejects.toMatchObject({
    code: 78,
    stderr: expect.stringMatching(missing),
  })
})
