import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const pathOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** What the sink loads, and the commit of a transaction that was never begun. */
const COMMITS = `
  import { createRequire } from 'node:module'
  await import(${JSON.stringify(pathOf('services/platform/kafkajs/kafkajs.ts'))})
  const create = createRequire(${JSON.stringify(pathOf('package.json'))})('kafkajs/src/producer/eosManager')
  const logger = { namespace: () => logger, debug() {}, info() {}, warn() {}, error() {} }
  await create({ logger, cluster: {}, transactional: true, transactionalId: 't' }).commit().catch(() => {})
  process.stdout.write('went on')
`

it.each([
  ['dies there', 'before-commit:1', { signal: 'SIGKILL', stdout: '' }],
  ['goes on before its turn', 'before-commit:2', { signal: null, stdout: 'went on' }],
  ['goes on where another point was meant', 'after-reply:1', { signal: null, stdout: 'went on' }],
])('a process that is to be killed before it commits %s', (_, CHAOS_KILL, expected) => {
  const args = ['--import', pathOf('test/chaos/kill-points.ts'), '--input-type=module', '--eval', COMMITS]
  const { signal, stdout, stderr } = spawnSync(process.execPath, args, {
    env: { ...process.env, CHAOS_KILL },
    encoding: 'utf8',
  })
  expect({ signal, stdout }, stderr).toEqual(expected)
})
