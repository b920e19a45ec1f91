import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { ConsoleConfig } from '../../../services/console/config.ts'
import { openAccess } from '../../../services/console/open-access.ts'
import type { Visitor } from '../../../services/console/serve/access.ts'
import { loadConfig } from '../../../services/platform/process/config.ts'
import { createKeptFiles } from '../../../services/platform/process/kept-files.ts'
import { createLogger } from '../../../services/platform/process/logger.ts'

const directory = mkdtempSync(join(tmpdir(), 'atsflow-open-access-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const users = (...names: readonly string[]) =>
  JSON.stringify({ users: names.map(name => ({ name, role: 'viewer' })) })
const visitor: Visitor = {
  ...{ remoteAddress: '192.0.2.7', address: '192.0.2.7', isSecure: false, host: 'console.example.com' },
  ...{ authorization: '', cookie: '', isForwarded: false },
}

it('ends every session when somebody is taken out of the file', async () => {
  const file = join(directory, 'users.json')
  writeFileSync(file, users('kim', 'lou'))
  const files = createKeptFiles({ onFault: () => {}, onRead: () => {} })
  const config = loadConfig(ConsoleConfig, { CONSOLE_USERS_FILE: file })
  const { access } = await openAccess({ config, log: createLogger('test', 'silent'), files })
  const cookie = access.sessionCookie(visitor, { name: 'lou', role: 'viewer', tenants: null, by: 'secret' })
  const proof = () => access.prove({ ...visitor, cookie: cookie.split(';')[0] ?? '' }).type
  files.look()
  expect(proof()).toBe('user')
  writeFileSync(file, users('kim'))
  files.look()
  expect(proof()).toBe('nobody')
})
