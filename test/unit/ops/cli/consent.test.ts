import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { agreed, type Consent } from '../../../../services/ops/cli/consent.ts'
import { createProgram } from '../../../../services/ops/run-ops.ts'

/** What a command hears at a terminal where the answer is given, or without a terminal. */
async function outcomeOf(answer: string | null, consent: Consent) {
  const said: string[] = []
  const out = { note: (text: string) => said.push(text), clear: () => undefined }
  const ask =
    answer === null
      ? null
      : async (question: string) => {
          said.push(question)
          return answer
        }
  // The cast stands for an output of which no more is used.
  const result = await agreed({ out, ask } as never, consent, 'delete a:b:1').catch((error: Error) => ({
    kind: error.name,
    says: error.message,
  }))
  return { result, said }
}

describe('what cannot be undone', () => {
  it.each([null, 'n'])('is done with --yes, and nobody is asked', async answer => {
    expect(await outcomeOf(answer, { yes: true })).toEqual({ result: true, said: [] })
  })

  it.each([null, 'y'])('is only told with --dry-run', async answer => {
    expect(await outcomeOf(answer, { dryRun: true })).toEqual({
      result: false,
      said: ['nothing was done: without --dry-run this would delete a:b:1'],
    })
  })

  it.each(['y', 'Y', 'yes', ' yes '])('is done when the person at the terminal says "%s"', async answer => {
    expect(await outcomeOf(answer, {})).toEqual({
      result: true,
      said: ['About to delete a:b:1. Do it? [y/N] '],
    })
  })

  it.each(['', 'n', 'no', 'yesterday', 'ok'])('is not done when they say "%s"', async answer => {
    expect((await outcomeOf(answer, {})).result).toEqual({ kind: 'OperatorError', says: 'nothing was done' })
  })

  it('is refused where there is nobody to ask, as a command line that lacks a word', async () => {
    expect((await outcomeOf(null, {})).result).toEqual({
      kind: 'UsageError',
      says: 'nothing was done: add --yes to delete a:b:1, or give the command at a terminal, where it asks',
    })
  })
})

const program = createProgram(
  {
    ...{ args: [], env: {}, operator: 'tester', machine: 'here', isInteractive: false, nowMs: () => 0 },
    ...{ ask: null, stdout: () => undefined, stderr: () => undefined, onSignal: () => undefined },
  },
  { run: async () => undefined, runAlone: async () => undefined },
)
const commandsOf = (command: Command, path = ''): readonly (readonly [string, Command])[] =>
  command.commands.flatMap(child => {
    const name = `${path} ${child.name()}`.trim()
    return [[name, child] as const, ...commandsOf(child, name)]
  })
const has = (command: Command, flag: string): boolean => command.options.some(({ long }) => long === flag)

it('is what these commands do, and no others: each has both options', () => {
  const consequential = commandsOf(program).filter(([, command]) => has(command, '--yes'))
  expect(consequential.map(([name]) => name)).toEqual([
    'topics accept-loss',
    'topics skip',
    'dead-letters redrive',
    'dead-letters discard',
    'invitations resolve',
    'replay',
    'blobs sweep',
    'delete-candidate',
    'webhooks delete',
  ])
  expect(consequential.filter(([, command]) => !has(command, '--dry-run'))).toEqual([])
})

it('takes every wait in seconds', () => {
  const waits = commandsOf(program).flatMap(([, { options }]) =>
    options.filter(({ long }) => long === '--wait'),
  )
  expect(waits.length).toBeGreaterThan(4)
  expect(waits.filter(({ flags }) => flags !== '--wait <seconds>')).toEqual([])
})
