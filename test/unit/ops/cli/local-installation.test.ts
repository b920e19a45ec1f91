import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { withLocalInstallation } from '../../../../services/ops/cli/local-installation.ts'

const LOCAL_DATA_DIR = mkdtempSync(join(tmpdir(), 'atsflow-local-'))
writeFileSync(join(LOCAL_DATA_DIR, 'secrets.json'), '{"SOURCE_PULSIFI_SECRET":"made"}')
afterAll(() => rmSync(LOCAL_DATA_DIR, { recursive: true }))

it.each([
  ['fills in what is unset', {}, { SOURCE_PULSIFI_SECRET: 'made', PUBLIC_URL: 'http://127.0.0.1:8080' }],
  ['leaves what is set', { SOURCE_PULSIFI_SECRET: 'own' }, { SOURCE_PULSIFI_SECRET: 'own' }],
  ['knows the port of ingress', { INGRESS_PORT: '9000' }, { PUBLIC_URL: 'http://127.0.0.1:9000' }],
])('%s', (_law, env, expected) => {
  expect(withLocalInstallation({ LOCAL_DATA_DIR, ...env })).toMatchObject(expected)
})

it.each([
  ['a secret in a file', { LOCAL_DATA_DIR, SOURCE_PULSIFI_SECRET_FILE: 'path' }],
  ['a real account', { LOCAL_DATA_DIR, PULSIFI_BASE_URL: 'https://api.example.com' }],
  ['a folder where nothing was started', { LOCAL_DATA_DIR: join(LOCAL_DATA_DIR, 'none') }],
])('puts nothing generated beside %s', (_what, env) => {
  expect(withLocalInstallation(env)).not.toHaveProperty('SOURCE_PULSIFI_SECRET')
})
