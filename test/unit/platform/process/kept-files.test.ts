import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { ConfigError } from '../../../../services/platform/process/config.ts'
import { createKeptFiles, readConfigured } from '../../../../services/platform/process/kept-files.ts'

const directory = mkdtempSync(join(tmpdir(), 'atsflow-kept-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))
const [one, two] = [join(directory, 'one'), join(directory, 'two')]
beforeEach(() => {
  writeFileSync(one, '1')
  writeFileSync(two, '2')
})

/** Both texts, unless one of them is "bad". */
function pair(): string {
  const texts = [one, two].map(readConfigured)
  if (texts.includes('bad')) throw new ConfigError('PAIR: one is bad')
  return texts.join()
}

function trial() {
  const told: string[] = []
  const files = createKeptFiles({
    onFault: (what, fault) => void told.push(`${what}: ${fault}`),
    onRead: what => void told.push(`${what} read`),
  })
  let changes = 0
  files.onChange(() => {
    changes += 1
  })
  return { files, told, changes: () => changes }
}

describe('what is made of files', () => {
  it('is made anew when one of them changes, and only then', () => {
    const { files, told, changes } = trial()
    const now = files.keep('pair', pair)
    files.look()
    expect([now(), told, changes()]).toEqual(['1,2', [], 0])
    writeFileSync(two, '3')
    files.look()
    files.look()
    expect([now(), told, changes()]).toEqual(['1,3', ['pair read'], 1])
  })

  it.each([
    ['is bad', () => writeFileSync(one, 'bad'), 'PAIR: one is bad'],
    ['is gone', () => rmSync(one), 'ENOENT'],
  ])('stays when one of them %s, which is said once, until it is mended', (_what, spoil, fault) => {
    const { files, told, changes } = trial()
    const now = files.keep('pair', pair)
    spoil()
    files.look()
    files.look()
    expect([now(), told, changes()]).toEqual(['1,2', [`pair: ${fault}`], 0])
    expect([...files.faults()]).toEqual([['pair', fault]])
    writeFileSync(one, '4')
    files.look()
    expect([now(), files.faults().size, changes()]).toEqual(['4,2', 0, 1])
  })

  it('stays when what was not read for the fault of another changes, and follows once that is mended', () => {
    const { files } = trial()
    const now = files.keep('pair', pair)
    rmSync(one)
    writeFileSync(two, '5')
    files.look()
    expect(now()).toBe('1,2')
    writeFileSync(one, '1')
    files.look()
    expect(now()).toBe('1,5')
  })

  it('is refused at the start as it always was', () => {
    writeFileSync(one, 'bad')
    expect(() => trial().files.keep('pair', pair)).toThrow('PAIR: one is bad')
  })
})
