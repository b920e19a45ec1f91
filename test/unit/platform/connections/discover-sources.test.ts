import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { discoverSources } from '../../../../services/platform/connections/discover-sources.ts'
import { ConfigError } from '../../../../services/platform/process/config.ts'

const made: string[] = []
afterEach(() => {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true })
})

/** A folder of sources, each with the text of its `source.ts`. */
function folderWith(sources: Record<string, string | null>): URL {
  const directory = mkdtempSync(join(tmpdir(), 'sources-'))
  made.push(directory)
  for (const [name, text] of Object.entries(sources)) {
    mkdirSync(join(directory, name))
    if (text !== null) writeFileSync(join(directory, name, 'source.ts'), text)
  }
  return pathToFileURL(`${directory}/`)
}
const sourceText = (name: string) =>
  `export default { name: '${name}', bodyBytesMax: 1, split: () => {}, kinds: {}, settings: {} }`

describe('discoverSources', () => {
  it('finds each folder with a source, in the order of their names', async () => {
    const sources = await discoverSources(
      folderWith({ beta: sourceText('beta'), alpha: sourceText('alpha'), text: null }),
    )
    expect([...sources.keys()]).toEqual(['alpha', 'beta'])
  })

  it('finds the sources that are there', async () => {
    expect([...(await discoverSources()).keys()]).toContain('humansourcing')
  })

  it.each([
    [
      'a name that is not the folder',
      'alpha',
      sourceText('beta'),
      /sources\/alpha declares the name "beta": make them equal/,
    ],
    ['no source', 'alpha', 'export const source = 1', /sources\/alpha\/source\.ts exports no source/],
    ['a name that cannot stand in a path', 'Alpha', sourceText('Alpha'), /lower-case letters/],
    ['the name of the callback', 'pulsifi', sourceText('pulsifi'), /not "pulsifi"/],
  ])('stops at boot for %s, and says what to do', async (_name, folder, text, sentence) => {
    const found = await discoverSources(folderWith({ [folder]: text })).catch((error: unknown) => error)
    expect(found).toBeInstanceOf(ConfigError)
    expect(String(found)).toMatch(sentence)
  })
})
