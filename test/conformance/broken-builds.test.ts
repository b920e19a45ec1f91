/** The builds that `npm run chaos -- --broken` breaks on purpose: whether they can still be made. */
import { existsSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { describe, expect, it } from 'vitest'
import { BROKEN_BUILDS, broken, type Replacement } from '../chaos/broken-builds.ts'
import { FAULTS } from '../chaos/faults.ts'

const ROOT = new URL('../../', import.meta.url)
const read = (file: string): string => readFileSync(new URL(file, ROOT), 'utf8')

/** All files of a build after all of its replacements. */
function made(replacements: readonly Replacement[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  for (const replacement of replacements) {
    const { file } = replacement
    files.set(file, broken(files.get(file) ?? read(file), replacement))
  }
  return files
}

describe.each(Object.entries(BROKEN_BUILDS))('the broken build "%s"', (_, { replacements, ...proof }) => {
  it('can be made of the sources as they are, and is TypeScript', () => {
    for (const [file, text] of made(replacements)) {
      expect(text).not.toBe(read(file))
      expect(() => stripTypeScriptTypes(text)).not.toThrow()
    }
  })

  it('is brought to light by faults or tests that exist', () => {
    const [names, exists] =
      'tests' in proof
        ? [proof.tests, (file: string) => existsSync(new URL(file, ROOT))]
        : [proof.faults, (fault: string) => Object.hasOwn(FAULTS, fault)]
    expect(names.filter(name => !exists(name))).toEqual([])
    expect(names).not.toEqual([])
  })
})

it.each([
  ['is gone', 'const a = 1'],
  ['stands there twice', 'f(x)\nf(x)'],
])('refuses to break a build whose text %s', (_, text) => {
  expect(() => broken(text, { file: 'a.ts', search: 'f(x)', replace: '' })).toThrow('a.ts')
})
