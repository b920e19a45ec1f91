/** A real PostgreSQL that lets nobody in without TLS. */
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeCertificates } from '../../infra/local/cluster/certificates.ts'
import type { InfrastructurePart } from '../../infra/local/part.ts'
import { freePort } from '../../infra/local/ports.ts'
import { warehouseTarget } from '../../infra/warehouse/config.ts'
import {
  createPostgres,
  findPostgres,
  POSTGRES_DATABASE,
  POSTGRES_USER,
} from '../../infra/warehouse/postgres.ts'
import { createTables } from '../../infra/warehouse/tables.ts'

let directory: string
let postgres: InfrastructurePart
let address: string
let authority: string
let stranger: string
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'atsflow-warehouse-tls-'))
  // Whoever the server runs as must come in.
  chmodSync(directory, 0o755)
  const programs = findPostgres(process.env)
  if (programs === null) throw new Error('PostgreSQL is not there: npm run test:extended installs it')
  const [port, password] = [await freePort(), 'hunter2']
  postgres = createPostgres({ programs, dataDir: directory, port, password })
  await postgres.start()
  await postgres.stop()
  authority = (await makeCertificates(join(directory, 'tls'))).caFile
  stranger = (await makeCertificates(join(directory, 'other'))).caFile
  demandTls(join(directory, 'warehouse', 'postgres'))
  await postgres.start()
  address = `postgresql://${POSTGRES_USER}:${password}@127.0.0.1:${port}/${POSTGRES_DATABASE}`
}, 120_000)
afterAll(async () => {
  await postgres?.stop()
  rmSync(directory, { recursive: true, force: true })
})

function demandTls(data: string): void {
  const { uid, gid } = statSync(data)
  for (const [from, to] of [
    ['broker.key', 'server.key'],
    ['broker.crt', 'server.crt'],
  ] as const) {
    copyFileSync(join(directory, 'tls', from), join(data, to))
    chownSync(join(data, to), uid, gid)
  }
  const change = (name: string, edit: (text: string) => string) =>
    writeFileSync(join(data, name), edit(readFileSync(join(data, name), 'utf8')))
  change('postgresql.conf', text => `${text}\nssl = on\n`)
  change('pg_hba.conf', text => text.replaceAll(/^host\b/gm, 'hostssl'))
}

const tables = (parameters: string) => createTables(warehouseTarget(`${address}${parameters}`))

it('is reached when its certificate is from the authority that is named', async () => {
  expect(await tables(`?sslmode=verify-full&sslrootcert=${authority}`)).toMatch(/^[0-9a-f-]{36}$/)
})

it('is reached by whoever trusts any certificate', async () => {
  expect(await tables('?sslmode=require')).toMatch(/^[0-9a-f-]{36}$/)
})

it('is not reached when another authority is named, nor in the open', async () => {
  await expect(tables(`?sslmode=verify-full&sslrootcert=${stranger}`)).rejects.toThrow(/certificate/)
  await expect(tables('?sslmode=disable')).rejects.toThrow(/no encryption/)
})
