/** Whoever updates reads in CHANGELOG.md what to do, before anything else. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { repositoryFile } from '../support/compose.ts'
import { isCommand, saidCommands } from '../support/ops-commands.ts'

const text = readFileSync(repositoryFile('CHANGELOG.md'), 'utf8')
const versions = text
  .split(/^## /m)
  .slice(1)
  .map(section => [section.split('\n')[0] ?? '', section.split(/^### /m).slice(1)] as const)

describe.each(versions)('version %s', (_, parts) => {
  it('begins with what an operator does, step by step, then says what is new', () => {
    expect(parts.map(part => part.split('\n')[0])).toEqual(['What an operator does', 'What is new'])
    expect(parts[0]?.match(/^\d+\. /gm)?.length).toBeGreaterThan(1)
  })

  it('gives commands that there are', () => {
    const said = saidCommands(parts[0] ?? '')
    expect(said.length).toBeGreaterThan(0)
    expect(said.filter(([group, verb]) => !isCommand(group, verb))).toEqual([])
  })
})

it('has a heading for a version', () => {
  expect(versions.length).toBeGreaterThan(0)
})
