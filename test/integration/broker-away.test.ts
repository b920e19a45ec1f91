/** The broker of this machine dies, and is away for a while: who notices, who says so, who goes on. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Infrastructure, startInfrastructure } from '../../infra/local/infrastructure.ts'
import { type Kept, keepInfrastructure } from '../../infra/local/keep-running.ts'
import type { WatchedPart } from '../../infra/local/part.ts'
import { applyTopicsFile } from '../../infra/local/topics.ts'
import { type ConsoleProcess, startConsoleProcess } from '../support/console-process.ts'
import { eventually } from '../support/partition-eventually.ts'

const WITHIN_MS = 60_000
/** Two Java processes and one of ours are started first. */
const STARTED_WITHIN_MS = 240_000
/** As `/api/health` has it. */
const CURRENT_FOR_MS = 15_000
const said: string[] = []
let directory: string
let local: Infrastructure
let kept: Kept
let page: ConsoleProcess

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'atsflow-away-'))
  const { KAFKA_BROKERS: _brokers, SCHEMA_REGISTRY_URL: _registry, ...env } = process.env
  local = await startInfrastructure({
    ...env,
    LOCAL_KAFKA_PORT: '0',
    LOCAL_REGISTRY_PORT: '0',
    LOCAL_DATA_DIR: directory,
  })
  kept = keepInfrastructure(local, line => said.push(line))
  const addresses = { KAFKA_BROKERS: local.kafka, SCHEMA_REGISTRY_URL: local.registryUrl }
  await applyTopicsFile(addresses)
  page = await startConsoleProcess({ ...addresses, LOCAL_DATA_DIR: directory })
}, STARTED_WITHIN_MS)
afterAll(async () => {
  await page?.stop()
  await kept?.stop()
  await local?.stop()
  rmSync(directory, { recursive: true, force: true })
})

function broker(): WatchedPart {
  if (local.broker === null) throw new Error('nothing was started')
  return local.broker
}

interface Reading {
  readonly as_of: string
  readonly is_current: boolean
}
/** Null before the first look. */
const reading = async (): Promise<Reading | null> =>
  ((await page.get('/api/health')) as { reading: Reading | null }).reading
const isCurrent = async () => (await reading())?.is_current === true

it(
  'starts a broker again that was killed, says so, and the console goes on by itself',
  async () => {
    await eventually('the console to look', isCurrent, WITHIN_MS)
    const before = broker().pid
    process.kill(before ?? 0, 'SIGKILL')
    await eventually(
      'the broker to answer',
      async () => said.at(-1) === 'the broker answers again',
      WITHIN_MS,
    )
    expect(said).toEqual([
      'the broker ended (SIGKILL): starting it again in 0.5 s',
      'the broker answers again',
    ])
    expect(broker().pid).not.toBe(before)
    const backMs = Date.now()
    const hasLooked = async () => Date.parse((await reading())?.as_of ?? '') > backMs
    await eventually('the console to look again', hasLooked, WITHIN_MS)
    expect(page.child.exitCode).toBeNull()
  },
  STARTED_WITHIN_MS,
)

it(
  'has the console show what it knows, with its date, and decide nothing while the broker is away',
  async () => {
    const stoppedMs = Date.now()
    // Asked for, so that nobody starts it again.
    await broker().stop()
    await eventually('the console to notice', async () => !(await isCurrent()), WITHIN_MS)
    const asOfMs = Date.parse((await reading())?.as_of ?? '')
    expect(asOfMs).toBeGreaterThan(stoppedMs - CURRENT_FOR_MS)
    expect(asOfMs).toBeLessThanOrEqual(Date.now() - CURRENT_FOR_MS)
    expect(await page.get('/api/funnel')).toMatchObject({})
    expect((await fetch(`${page.healthUrl}/readyz`)).status).toBe(200)
    const decision = await fetch(`${page.url}/api/dead-letters/discard`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ dead_letters: [{ topic: 'ingress.dead-letter', partition: 0, offset: 0 }] }),
    })
    expect([decision.status, said.length]).toEqual([503, 2])
    await broker().start()
    await eventually('the console to look again', isCurrent, WITHIN_MS)
    expect(page.child.exitCode).toBeNull()
  },
  STARTED_WITHIN_MS,
)
