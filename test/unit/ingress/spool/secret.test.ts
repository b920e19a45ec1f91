import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { spoolSecret } from '../../../../services/ingress/spool/secret.ts'
import { SpoolSettings } from '../../../../services/platform/partitions/settings.ts'
import { type Environment, loadConfig } from '../../../../services/platform/process/config.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'atsflow-spool-secret-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

async function secretOf(env: Environment) {
  const warned: string[] = []
  const config = loadConfig(z.object(SpoolSettings), { SPOOL_DIR: join(directory, 'spool'), ...env })
  const secret = await spoolSecret(config, { spoolKeyGenerated: ({ file }) => void warned.push(file) })
  return { secret, warned }
}

it('is what is configured, what a file holds, or what a command prints', async () => {
  const file = join(directory, 'key')
  writeFileSync(file, 'of-a-file\n')
  expect(await secretOf({ SPOOL_KEY: 'set' })).toEqual({ secret: 'set', warned: [] })
  expect(await secretOf({ SPOOL_KEY_FILE: file })).toEqual({ secret: 'of-a-file', warned: [] })
  const SPOOL_KEY_COMMAND = 'echo "drawn-$(echo 7fq2)-9xk4-m3vb"'
  expect(await secretOf({ SPOOL_KEY_COMMAND })).toEqual({ secret: 'drawn-7fq2-9xk4-m3vb', warned: [] })
})

it('is made for want of these, the same each time, and said to protect nothing', async () => {
  const first = await secretOf({})
  const second = await secretOf({})
  expect(first.secret).toMatch(/^[0-9a-f]{64}$/)
  expect(second.secret).toBe(first.secret)
  expect(second.warned).toEqual([join(directory, 'spool', 'key')])
})

it.each<[string, Environment, RegExp]>([
  ['fails', { SPOOL_KEY_COMMAND: 'echo hunter2 >&2; exit 3' }, /^SPOOL_KEY_COMMAND: it ended with code 3/],
  ['prints nothing', { SPOOL_KEY_COMMAND: 'true' }, /^SPOOL_KEY_COMMAND: it printed nothing/],
  ['prints a few letters', { SPOOL_KEY_COMMAND: 'echo short' }, /^SPOOL_KEY_COMMAND: what it prints has 5/],
  [
    'prints a password',
    { SPOOL_KEY_COMMAND: 'echo hunter2hunter2hunter2' },
    /^SPOOL_KEY_COMMAND: what it prints is made of what passwords are made of/,
  ],
  [
    'stands beside a key',
    { SPOOL_KEY_COMMAND: 'true', SPOOL_KEY: 'x' },
    /SPOOL_KEY: contradicts SPOOL_KEY_COMMAND/,
  ],
])('is not taken from a command that %s', async (_what, env, sentence) => {
  await expect(secretOf(env)).rejects.toThrow(sentence)
  await expect(secretOf(env)).rejects.not.toThrow(/hunter2/)
})

it('names what to do where there is no shell, as in the image', async () => {
  vi.stubEnv('PATH', directory)
  try {
    await expect(secretOf({ SPOOL_KEY_COMMAND: 'true' })).rejects.toThrow(
      'SPOOL_KEY_COMMAND: there is no shell here: build the image with another RUNTIME_IMAGE, or set SPOOL_KEY_FILE',
    )
  } finally {
    vi.unstubAllEnvs()
  }
})
