/** What the README shows to be copied is what the programs take. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { loadConnections } from '../../services/platform/connections/connections.ts'
import { discoverSources } from '../../services/platform/connections/discover-sources.ts'
import { fitJob } from '../../services/pulsifi-sink/fit/job.ts'
import { parseLexicon } from '../../services/pulsifi-sink/fit/skill-lexicon.ts'
import { type Mapped, mapEvent } from '../../services/sources/source.ts'
import { aJob } from '../unit/pulsifi-sink/records.ts'

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

describe('the example in our own format', async () => {
  const direct = (await discoverSources()).get('direct')
  if (direct === undefined) throw new Error('no source direct')
  /** What becomes of a body of `direct`: the one record that it leads to. */
  const mapped = (body: string): Mapped => {
    const events = direct.split({ headers: {}, body: new TextEncoder().encode(body) })
    const [event] = events.type === 'ok' ? events.value : []
    if (event === undefined) throw new Error('no event')
    const context = { tenant: 'default', receivedAtMs: Date.now(), deliveryId: null, settings: {} }
    const outcome = mapEvent(direct, event.kind, JSON.parse(event.text), context)
    if (outcome.type !== 'ok') throw new Error(JSON.stringify(outcome))
    expect(outcome.value).toMatchObject({ warnings: [] })
    return outcome.value
  }
  const [, candidateText = ''] = /\$hooks\/direct\/default --data '(\{.*?\})'\n```/s.exec(readme) ?? []
  const [, jobFile = ''] = /^post (\S+) .*\/direct\/default$/m.exec(readme) ?? []
  const jobText = readFileSync(new URL(`../../infra/demo/webhooks/${jobFile}`, import.meta.url), 'utf8')

  it('posts a job that Pulsifi takes', () => {
    const job = mapped(jobText)
    if (job.type !== 'job') throw new Error(`a ${job.type}`)
    const options = { lexicon: parseLexicon('Python'), descriptionMax: null, allowEmptySkills: false }
    expect(fitJob(aJob(job.draft), options)).toMatchObject({ type: 'fitted' })
  })

  it('posts a candidate for that job who can be invited: with an address, and the day of applying', () => {
    const [candidate, job] = [mapped(candidateText), mapped(jobText)]
    if (candidate.type !== 'candidate' || job.type !== 'job') throw new Error('not one of each')
    const [application] = candidate.draft.applications
    expect(candidate.draft.email).toMatch(/@/)
    expect(application?.applied_at).toEqual(expect.any(Number))
    expect(application?.job.external_id).toBe(job.draft.external_id)
  })
})
