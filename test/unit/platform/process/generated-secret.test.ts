import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { generatedSecret } from '../../../../services/platform/process/generated-secret.ts'
import { watchSyncs } from '../../../support/power-cut.ts'

const root = mkdtempSync(join(tmpdir(), 'secret-'))
afterAll(() => rmSync(root, { recursive: true }))

it('is the same for all who ask, and readable by its owner alone', async () => {
  const path = join(root, 'shared', 'key')
  const secrets = await Promise.all([1, 2, 3, 4].map(() => generatedSecret(path)))
  expect(new Set([...secrets, await generatedSecret(path)])).toEqual(new Set([readFileSync(path, 'utf8')]))
  expect(secrets[0]).toMatch(/^[0-9a-f]{64}$/)
  expect([readdirSync(join(root, 'shared')), statSync(path).mode & 0o777]).toEqual([['key'], 0o600])
})

it('is there after a power cut, also when whoever made it was killed before it was safe', async () => {
  const [before, after] = [join(root, 'before'), join(root, 'after')]
  mkdirSync(before)
  const secret = await generatedSecret(join(before, 'key'))
  const disk = await watchSyncs()
  expect(await generatedSecret(join(before, 'key'))).toBe(secret)
  disk.cutPower(before, after)
  disk.unwatch()
  expect(readFileSync(join(after, 'key'), 'utf8')).toBe(secret)
})
