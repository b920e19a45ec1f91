import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createUsers } from '../../../../services/console/serve/users.ts'
import { readUsersFile } from '../../../../services/console/serve/users-file.ts'
import { ops, opsJson } from '../../../support/ops.ts'

interface Made {
  readonly secret: string
  readonly entry: object
}

it('makes somebody whom the console lets in', async () => {
  const args = ['users', 'new', 'kim', '--role', 'operator', '--tenant', 'acme', '--tenant', 'beta']
  const { secret, entry } = (await opsJson({}, ...args)) as Made
  expect(JSON.stringify(entry)).not.toContain(secret)
  const directory = mkdtempSync(join(tmpdir(), 'atsflow-users-'))
  try {
    const file = join(directory, 'users.json')
    writeFileSync(file, JSON.stringify({ users: [entry] }))
    const people = readUsersFile(file)
    const users = await createUsers(name => people.get(name))
    expect(await users.bySecret('kim', secret)).toEqual({
      ...{ name: 'kim', role: 'operator', tenants: ['acme', 'beta'], by: 'secret' },
    })
  } finally {
    rmSync(directory, { recursive: true })
  }
})

it('knows the roles that there are', async () => {
  expect(await ops({}, 'users', 'new', 'kim', '--role', 'admin')).toMatchObject({ code: 2 })
})
