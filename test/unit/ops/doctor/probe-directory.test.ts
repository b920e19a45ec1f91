import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { probeDirectory } from '../../../../services/ops/doctor/probe-directory.ts'

const scratch = mkdtempSync(join(tmpdir(), 'atsflow-probe-'))
const file = join(scratch, 'file')
writeFileSync(file, '')
afterAll(() => rmSync(scratch, { recursive: true }))

it.each([
  ['a folder', scratch, { found: scratch, isDirectory: true, isWritable: true }],
  ['a folder to be', join(scratch, 'a', 'b'), { found: scratch, isDirectory: true, isWritable: true }],
  ['a file', file, { found: file, isDirectory: false }],
  ['a folder below a file', join(file, 'a'), { found: file, isDirectory: false }],
])('looks at %s without making anything', (_what, path, facts) => {
  expect(probeDirectory(path)).toMatchObject({ path, ...facts })
  expect(probeDirectory(path).freeBytes).toBeGreaterThan(0)
})
