import { randomBytes, scryptSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createUsers } from '../../../../services/console/serve/users.ts'
import { readUsersFile, type UserEntry } from '../../../../services/console/serve/users-file.ts'
import { hashSecret } from '../../../../services/platform/process/secret-hash.ts'

const directory = mkdtempSync(join(tmpdir(), 'atsflow-users-'))
afterAll(() => rmSync(directory, { recursive: true }))

function read(content: unknown) {
  const file = join(directory, 'users.json')
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return readUsersFile(file)
}

/** Costs nothing, so that nothing is waited for. */
function cheapHash(secret: string): string {
  const salt = randomBytes(16)
  const hash = scryptSync(secret, salt, 32, { N: 2, r: 1, p: 1 })
  return `scrypt$1$1$1$${salt.toString('base64url')}$${hash.toString('base64url')}`
}

describe('named users', () => {
  it('are let in by a secret of their own, and by nobody else’s', async () => {
    const people = read({
      users: [
        { name: 'kim', hash: await hashSecret('the secret of kim'), role: 'operator' },
        { name: 'lou', hash: await hashSecret('the secret of lou'), role: 'viewer', tenants: ['acme'] },
        { name: 'max@example.com', role: 'viewer' },
      ],
    })
    const users = await createUsers(name => people.get(name))
    expect(await users.bySecret('kim', 'the secret of kim')).toEqual({
      ...{ name: 'kim', role: 'operator', tenants: null, by: 'secret' },
    })
    expect(await users.bySecret('lou', 'the secret of lou')).toMatchObject({
      role: 'viewer',
      tenants: ['acme'],
    })
    for (const [name, secret] of [
      ['kim', 'the secret of lou'],
      ['nobody', 'the secret of kim'],
      ['max@example.com', ''],
      ['', ''],
    ] as const)
      expect([name, await users.bySecret(name, secret)]).toEqual([name, null])
  }, 30_000)

  it('are who the file says by the time that they have been looked at', async () => {
    const [kept, taken, changed] = [cheapHash('kept'), cheapHash('taken'), cheapHash('new')]
    let people = new Map<string, UserEntry>([
      ['kim', { name: 'kim', hash: kept, role: 'operator' }],
      ['lou', { name: 'lou', hash: taken, role: 'viewer' }],
      ['max', { name: 'max', hash: taken, role: 'viewer' }],
    ])
    const users = await createUsers(name => people.get(name))
    const answers = [
      users.bySecret('kim', 'kept'),
      users.bySecret('lou', 'taken'),
      users.bySecret('max', 'taken'),
    ]
    people = new Map([
      ['kim', { name: 'kim', hash: kept, role: 'viewer' }],
      ['max', { name: 'max', hash: changed, role: 'viewer' }],
    ])
    expect(await Promise.all(answers)).toEqual([
      { name: 'kim', role: 'viewer', tenants: null, by: 'secret' },
      null,
      null,
    ])
  }, 30_000)

  it('are looked at one after the other, and no more than a few may wait', async () => {
    const users = await createUsers(() => undefined)
    const answers = await Promise.all(Array.from({ length: 12 }, () => users.bySecret('kim', 'wrong')))
    expect(answers).toContain('busy')
    expect(answers.slice(0, 3)).toEqual([null, null, null])
  }, 30_000)
})

describe('CONSOLE_USERS_FILE', () => {
  it.each([
    ['is no JSON', '{"users": [secret', 'no JSON'],
    ['has a secret for a hash', { users: [{ name: 'kim', hash: 'secret', role: 'viewer' }] }, 'users.0.hash'],
    ['has another role', { users: [{ name: 'kim', role: 'secret' }] }, 'users.0.role'],
    ['names no tenant', { users: [{ name: 'kim', role: 'viewer', tenants: [] }] }, 'users.0.tenants'],
    ['has a name twice', { users: [1, 2].map(() => ({ name: 'kim', role: 'viewer' })) }, 'twice'],
  ])('that %s is refused with a sentence that quotes nothing', (_, content, words) => {
    expect(() => read(content)).toThrow(words)
    expect(() => read(content)).not.toThrow(/secret\b(?!.*users)/)
  })
})
