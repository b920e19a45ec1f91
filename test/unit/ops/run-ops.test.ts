import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { createProgram } from '../../../services/ops/run-ops.ts'
import { differencesOf } from '../../../services/ops/topics/topics.ts'
import { ops } from '../../support/ops.ts'

const host = {
  ...{
    args: [],
    env: {},
    operator: 'tester',
    machine: 'here',
    isInteractive: false,
    nowMs: () => 0,
    ask: null,
  },
  ...{ stdout: () => undefined, stderr: () => undefined, onSignal: () => undefined },
}
const program = createProgram(host, { run: async () => undefined, runAlone: async () => undefined })
const pathsOf = (command: Command, path: readonly string[] = []): string[][] =>
  command.commands.flatMap(child => [[...path, child.name()], ...pathsOf(child, [...path, child.name()])])

describe('the command line', () => {
  it.each(pathsOf(program).map(path => [path.join(' '), path] as const))(
    '"%s --help" says what it does',
    async (_name, path) => {
      const { code, stdout } = await ops({}, ...path, '--help')
      expect(code).toBe(0)
      expect(stdout).toContain(`Usage: ops ${path.join(' ')}`)
      const description = path.reduce<Command | undefined>(
        (command, name) => command?.commands.find(child => child.name() === name),
        program,
      )
      expect(description?.description()).toMatch(/\w{3}/)
    },
  )

  it('describes every option', () => {
    const undescribed = (command: Command): string[] => [
      ...command.options
        .filter(option => option.description === '' && option.argChoices === undefined)
        .map(({ flags }) => flags),
      ...command.commands.flatMap(undescribed),
    ]
    expect(undescribed(program)).toEqual([])
  })

  it.each([
    [['no-such-command'], "unknown command 'no-such-command'"],
    [['topics', 'aply'], 'Did you mean apply?'],
    [['dead-letters', 'redrive'], 'say which letters'],
    [['dead-letters', 'redrive', 'normalizer.dead-letter/0/1', '--all'], 'not both'],
    [['dead-letters', 'redrive', '--all', '--yes', '--dry-run'], 'cannot be used with'],
    [['dead-letters', 'show', 'ats.raw.jobylon/0/1'], 'names no dead letter'],
    [['dead-letters', 'list', '--since', 'yesterday'], 'Write 30m, 12h or 7d'],
    [['invitations', 'resolve', 'a:b:c'], 'say one of --invited'],
    [['invitations', 'resolve', '--source', 'idibu'], 'a --reason to resolve all'],
    [['invitations', 'resolve', 'a:b:c', '--not-invited', '--decide-again'], 'say one of --invited'],
    [
      ['bindings', 'set', 'nonsense', '3f2504e0-4f89-41d3-9a0c-0305e82c3301'],
      'Write <source>:<tenant>:<job id>',
    ],
    [['bindings', 'set', 'a:b:c', '17'], 'a UUID'],
    [['tail', 'topic', '--filter', 'nonsense'], 'Write <path>=<text>'],
    [['sql', 'SELECT 1', '--limit', '20000'], 'at most 10,000'],
    [['sql', 'SELECT 1', '--console', 'nonsense'], 'Write http://'],
    [['--json', 'sql', 'SELECT 1', '--csv'], '--csv or --json'],
  ])('%j ends with 2 and says why, without a broker', async (args, why) => {
    const { code, stderr } = await ops({ KAFKA_BROKERS: '127.0.0.1:9' }, ...args)
    expect(code).toBe(2)
    expect(stderr).toContain(why)
    expect(stderr).not.toMatch(/\n +at /)
  })

  it('ends with 69 and the way out when no broker answers', async () => {
    const { code, stderr } = await ops({ KAFKA_BROKERS: '127.0.0.1:9' }, 'topics', 'check')
    expect({ code, stderr }).toEqual({ code: 69, stderr: expect.stringContaining('npm run start:infra') })
  })

  it('ends with 78 when the configuration cannot be used', async () => {
    const { code, stderr } = await ops({ KAFKA_BROKERS: 'nonsense' }, 'topics', 'check')
    expect({ code, stderr }).toEqual({ code: 78, stderr: expect.stringContaining('KAFKA_BROKERS') })
  })
})

describe('the comparison of topics', () => {
  const definitions = [{ name: 'a', config: { 'retention.ms': '1' }, why: 'A test.' }]
  const found = { partitions: 6, offsets: 0, config: { 'retention.ms': '1' } }
  it.each([
    ['finds nothing where all is equal', found, []],
    ['finds a topic that is missing', null, [{ topic: 'a', what: 'topic', is: null, should_be: 'there' }]],
    [
      'finds another number of partitions',
      { ...found, partitions: 3 },
      [{ topic: 'a', what: 'partitions', is: '3', should_be: '6' }],
    ],
    [
      'finds another setting',
      { ...found, config: {} },
      [{ topic: 'a', what: 'retention.ms', is: null, should_be: '1' }],
    ],
  ])('%s', (_law, report, expected) => {
    expect(differencesOf(definitions, [{ topic: 'a', found: report }], 6)).toEqual(expected)
  })
})
