import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Stack, startStack } from '../../infra/stack.ts'
import { CANONICAL_JOB } from '../../services/core/topics.ts'
import { connectPipeline } from '../support/ops-records.ts'
import { unreadWebhook } from '../support/unread-webhook.ts'

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const PORTS = [
  ...['INGRESS_PORT', 'HEALTH_PORT', 'NORMALIZER_PORT', 'PULSIFI_SINK_PORT', 'CONSOLE_PORT'],
  ...['CONSOLE_HEALTH_PORT', 'SANDBOX_PORT', 'LOCAL_KAFKA_PORT', 'LOCAL_REGISTRY_PORT'],
]
const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const WEBHOOKS = new URL('../../infra/demo/webhooks/', import.meta.url)
const WITHIN = { timeout: 60_000 }

let directory: string
let stack: Stack
let browser: Browser
let page: Page
const faults: string[] = []

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'atsflow-page-'))
  const env = {
    ...process.env,
    SANDBOX_FINISH_SECONDS: '2',
    RESULT_POLL_SECONDS: '2,5',
    CONSOLE_PERSONAL_DATA: 'true',
  }
  stack = await startStack({
    env,
    dataDir: directory,
    ports: Object.fromEntries(PORTS.map(name => [name, 0])),
  })
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  page.on('pageerror', error => faults.push(error.message))
  page.on('console', message => {
    if (message.type() === 'error') faults.push(message.text())
  })
  await page.goto(stack.urls.console ?? '')
}, 240_000)

afterAll(async () => {
  await browser?.close()
  await stack?.stop()
  rmSync(directory, { recursive: true, force: true })
})

async function post(file: string, change: (text: string) => string = text => text): Promise<void> {
  const response = await fetch(`${stack.urls.ingress}/hooks/jobylon/default`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${stack.secrets.SOURCE_JOBYLON_SECRET}`,
    },
    body: change(readFileSync(new URL(file, WEBHOOKS), 'utf8')),
  })
  expect(response.status).toBe(200)
}

const stage = (name: string) => page.getByRole('button', { name: new RegExp(`^${name} [1-9]`) })

it('says what to do while there is nothing to show, and it works beside a running stack', async () => {
  const sample = page.locator('#intake code')
  await sample.waitFor(WITHIN)
  const command = (await sample.textContent()) ?? ''
  // Of another folder and port than those of `npm start`; the rest is run as it stands there.
  const secrets = join(directory, 'page-secrets.json')
  writeFileSync(secrets, JSON.stringify(stack.secrets))
  const here = command
    .replace('http://127.0.0.1:8080', String(stack.urls.ingress))
    .replace('.local/secrets.json', secrets)
  const { stdout } = await promisify(execFile)('sh', ['-c', here], { cwd: ROOT })
  expect(JSON.parse(stdout)).toMatchObject({ status: 'accepted' })
})

it('moves by itself when that webhook has come in, up to the score', async () => {
  await stage('Applications').waitFor(WITHIN)
  await stage('Invited').waitFor(WITHIN)
  await stage('Completed').waitFor(WITHIN)
  await page.getByRole('img', { name: /^Distribution of / }).waitFor(WITHIN)
})

it('opens a timeline by keyboard, and closes it with Escape', async () => {
  const application = page.locator('#application-table tbody button').first()
  await application.focus()
  await page.keyboard.press('Enter')
  const drawer = page.getByRole('dialog')
  await drawer.getByText('Assessment completed').first().waitFor(WITHIN)
  await drawer.getByText(/^Log: /).click()
  await drawer
    .getByText(/pulsifi\.invitation\.v1 \/ \d+ \/ \d+/)
    .first()
    .waitFor(WITHIN)
  await page.keyboard.press('Escape')
  await drawer.waitFor({ state: 'hidden' })
  await page.locator('#application-table tbody button:focus').waitFor(WITHIN)
})

it('shows whoever asks for them the links to the report, read from its topic', async () => {
  await page.locator('#application-table tbody button').first().click()
  const drawer = page.getByRole('dialog')
  await drawer
    .getByText(/ of 100$/)
    .first()
    .waitFor(WITHIN)
  await drawer.getByRole('button', { name: 'Show the links' }).click()
  const link = drawer.getByRole('link', { name: /^Report as a / }).first()
  await link.waitFor(WITHIN)
  expect(await link.getAttribute('href')).toMatch(/^https?:/)
  await page.keyboard.press('Escape')
})

it('settles what is ambiguous: its owner is told, decides again, and invites once', async () => {
  const fault = { operation: 'candidates.create', action: 'reset-before-write', count: 1 }
  const request = { method: 'POST', headers: { 'content-type': 'application/json' } }
  await fetch(`${stack.urls.sandbox}/_sandbox/faults`, { ...request, body: JSON.stringify(fault) })
  await post('jobylon-candidate.json', text =>
    text.replaceAll('00000000c004', '00000000c997').replace('johan.exempelsson@', 'other.exempelsson@'),
  )
  await page.locator('#application-table tbody button[title*="c997"]').click(WITHIN)
  const drawer = page.getByRole('dialog').first()
  await drawer.getByRole('radio', { name: 'Pulsifi has no such candidate' }).check(WITHIN)
  await drawer.getByText('Nobody knows whether Pulsifi has the invitation').first().waitFor(WITHIN)
  await drawer.getByRole('button', { name: 'Settle' }).click()
  const question = page.getByRole('dialog', { name: 'Have you looked?' })
  await question.getByRole('button', { name: 'Pulsifi has no such candidate' }).click()
  await drawer.locator('.decided', { hasText: 'Assessment completed' }).waitFor(WITHIN)
  const state = await (await fetch(`${stack.urls.sandbox}/_sandbox/state`)).text()
  expect(state.match(/"ext_reference_id":"[^"]*c997[^"]*"/g)).toHaveLength(1)
  await page.keyboard.press('Escape')
})

it('finds the applications behind a number', async () => {
  await post('jobylon-candidate.json', text =>
    text.replaceAll('00000000c004', '00000000c999').replace('"johan.exempelsson@example.com"', 'null'),
  )
  const reason = page.getByRole('button', { name: /No e-mail address/ })
  await reason.click(WITHIN)
  await page.locator('#application-table tbody button[title*="c999"]').waitFor(WITHIN)
  // The table of all of them shows it too, until the chosen ones are there.
  await expect.poll(() => page.locator('#application-table tbody tr').count(), WITHIN).toBe(1)
  await reason.click()
})

/** Longer than a key may be: the one thing that no mapping can leave out. */
const withUnusableId = (id: string) => (text: string) =>
  text.replaceAll('00000000c004', `00000000${id}${'x'.repeat(700)}`)

/** The rows of dead letters that say this. */
const letters = (text: string | RegExp) => page.locator('#dead-letter-list tbody tr', { hasText: text })

it('sends a dead letter back after a question, and shows it anew when it is refused again', async () => {
  await post('jobylon-candidate.json', withUnusableId('c998'))
  const first = letters('A field is missing or of another type')
  await first.getByText(/normalizer\.dead-letter\/\d+\/0/).waitFor(WITHIN)
  await first.getByRole('button', { name: 'A field is missing or of another type' }).click()
  const opened = page.getByRole('dialog')
  await opened.locator('pre', { hasText: '"johan.exempelsson@example.com"' }).waitFor(WITHIN)
  await opened.getByRole('row', { name: /^ce_source \/hooks\/jobylon\/default/ }).waitFor(WITHIN)
  await page.keyboard.press('Escape')
  await first.getByRole('button', { name: 'Redrive' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Send back' }).click()
  await page.getByRole('dialog').waitFor({ state: 'hidden', ...WITHIN })
  await letters(/normalizer\.dead-letter\/\d+\/0/).waitFor({ state: 'detached', ...WITHIN })
  await letters(/normalizer\.dead-letter\/\d+\/[1-9]/).waitFor(WITHIN)
})

it('discards a dead letter after a question', async () => {
  const refused = letters('normalizer.dead-letter')
  await refused.getByRole('button', { name: 'Discard' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
  await refused.getByRole('button', { name: 'Discard' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click()
  await refused.waitFor({ state: 'detached', ...WITHIN })
})

it('sends back what an older ingress could not read: its event is published, once', async () => {
  const body = { type: 'job', action: 'upsert', data: { external_id: 'unread' } }
  const { letter, direct } = await unreadWebhook('default', Buffer.from(JSON.stringify(body)))
  const pipeline = await connectPipeline(stack.env)
  try {
    await pipeline.write(letter.record)
    const row = letters('ingress.dead-letter')
    await row.getByRole('button', { name: 'Redrive' }).click(WITHIN)
    await page.getByRole('dialog').getByRole('button', { name: 'Send back' }).click()
    await row.waitFor({ state: 'detached', ...WITHIN })
    const published = async () =>
      (await pipeline.readAll({ topics: [CANONICAL_JOB] })).filter(
        ({ key }) => key === 'direct:default:unread',
      )
    await expect.poll(async () => (await published()).length, WITHIN).toBe(1)
    const [record] = await published()
    expect(record?.headers.ce_id?.toString()).toBe(direct[0]?.eventId)
    await expect.poll(completenessDelta, WITHIN).toBe(0)
  } finally {
    await pipeline.close()
  }
})

it('sends back all that the filter shows, after a question that says how many', async () => {
  for (const id of ['c991', 'c992', 'c993']) await post('jobylon-candidate.json', withUnusableId(id))
  await post('jobylon-candidate.json', () => '{"cut": ')
  const all = page.getByRole('button', { name: /^Redrive all/ })
  await expect.poll(() => all.textContent(), WITHIN).toBe('Redrive all 4')
  const refused = await letters('normalizer.dead-letter').locator('small.key').allTextContents()
  expect(refused).toHaveLength(3)
  await page.locator('#dead-letter-code').selectOption('PAYLOAD_INVALID')
  await expect.poll(() => all.textContent(), WITHIN).toBe('Redrive all 3')
  await all.click()
  const question = page.getByRole('dialog')
  await question.getByRole('heading', { name: 'Send 3 dead letters back?' }).waitFor(WITHIN)
  await question.getByRole('button', { name: 'Send 3 back' }).click()
  await question.getByRole('heading', { name: '3 of 3 sent back' }).waitFor(WITHIN)
  await question.getByRole('button', { name: 'Close' }).click()
  // They are refused again, each once, as letters of their own.
  await letters(refused[0] ?? '').waitFor({ state: 'detached', ...WITHIN })
  await expect.poll(() => letters('normalizer.dead-letter').count(), WITHIN).toBe(3)
  const again = await letters('normalizer.dead-letter').locator('small.key').allTextContents()
  expect(new Set([...refused, ...again]).size).toBe(6)
  await page.locator('#dead-letter-code').selectOption('')
  await expect.poll(() => all.textContent(), WITHIN).toBe('Redrive all 4')
})

async function completenessDelta(): Promise<unknown> {
  const health = (await (await fetch(`${stack.urls.console}/api/health`)).json()) as {
    completeness_delta: number | null
  }
  return health.completeness_delta
}

it('fits a phone, and goes without anything from elsewhere', async () => {
  await page.setViewportSize({ width: 375, height: 812 })
  // Charts follow the size of their place a frame later.
  const width = () => page.evaluate<number>('document.documentElement.scrollWidth')
  await expect.poll(width, WITHIN).toBeLessThanOrEqual(375)
  const origins = await page.evaluate(() =>
    performance.getEntriesByType('resource').map(({ name }) => new URL(name).origin),
  )
  expect(new Set(origins)).toEqual(new Set([stack.urls.console]))
  expect(faults).toEqual([])
})
