import { execFileSync } from 'node:child_process'
import { Command } from 'commander'
import { expect, it } from 'vitest'
import { completionScript } from '../../../../services/ops/completion/script.ts'

const program = new Command('ops').option('--json', 'for machines')
const topics = program.command('topics')
topics.command('list').option('--all', 'of them')
topics.command('apply')
program.command('trace').argument('<key>')
const script = completionScript(program, 'trial')

/** What bash would offer for the last of the words. */
function offered(...words: string[]): readonly string[] {
  const given = ['trial', ...words].map(word => `'${word}'`).join(' ')
  const ask = `COMP_WORDS=(${given}); COMP_CWORD=${words.length}; _trial; printf '%s\\n' "\${COMPREPLY[@]}"`
  return execFileSync('bash', ['-c', `${script}\n${ask}`], { encoding: 'utf8' })
    .trim()
    .split('\n')
}

it.each([
  [['t'], ['topics', 'trace']],
  [['--'], ['--json', '--help']],
  [
    ['topics', ''],
    ['list', 'apply', '--help'],
  ],
  [['--json', 'topics', 'a'], ['apply']],
  [['topics', 'list', '--a'], ['--all']],
  [
    ['topics', 'list', 'one', 'two', '--'],
    ['--all', '--help'],
  ],
  [['trace', 'key', '--j'], ['']],
])('%j is completed to %j', (words, expected) => {
  expect(offered(...words)).toEqual(expected)
})
