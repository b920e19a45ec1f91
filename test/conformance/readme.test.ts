/** What the README shows to be copied is what the programs take. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { loadConnections } from '../../services/platform/connections/connections.ts'
import { discoverSources } from '../../services/platform/connections/discover-sources.ts'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const connections = [...readme.matchAll(/```json\n(.*?)```/gs)]
  .map(([, text = '']) => text)
  .filter(text => text.includes('"connections"'))

it('shows one file of connections, by the published schema and with settings that the sources have', async () => {
  expect(connections).toHaveLength(1)
  const example: unknown = JSON.parse(connections[0] ?? '')
  const published = readFileSync(new URL('../../schemas/connections.schema.json', import.meta.url), 'utf8')
  expect(z.fromJSONSchema(JSON.parse(published)).safeParse(example).error).toBeUndefined()
  expect(z.fromJSONSchema(JSON.parse(published)).safeParse({ connection: [] }).success).toBe(false)

  const folder = mkdtempSync(join(tmpdir(), 'readme-'))
  try {
    writeFileSync(join(folder, 'secret'), 'secret')
    const file = join(folder, 'connections.json')
    writeFileSync(
      file,
      (connections[0] ?? '').replaceAll(/"\/run\/secrets\/[a-z-]+"/g, JSON.stringify(join(folder, 'secret'))),
    )
    const { find } = loadConnections(await discoverSources(), { CONNECTIONS_FILE: file })
    expect(find('jobylon', 'acme')?.secrets).toHaveLength(2)
    expect(find('cleverconnect', 'acme')?.settings).toEqual({ job_source: 'jobylon' })
    expect(find('pulsifi', 'acme')).toBeDefined()
  } finally {
    rmSync(folder, { recursive: true })
  }
})
