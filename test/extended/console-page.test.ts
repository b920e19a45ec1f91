import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Stack, startStack } from '../../infra/stack.ts'

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const PORTS = [
  ...['INGRESS_PORT', 'NORMALIZER_PORT', 'PULSIFI_SINK_PORT', 'CONSOLE_PORT', 'SANDBOX_PORT'],
  ...['LOCAL_KAFKA_PORT', 'LOCAL_REGISTRY_PORT'],
]
const WEBHOOKS = new URL('../../infra/demo/webhooks/', import.meta.url)
const WITHIN = { timeout: 60_000 }

let directory: string
let stack: Stack
let browser: Browser
let page: Page
const faults: string[] = []

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'atsflow-page-'))
  const env = { ...process.env, SANDBOX_FINISH_SECONDS: '2', RESULT_POLL_SECONDS: '2,5' }
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

const stage = (name: string) => page.getByRole('button', { name: new RegExp(`^${name}: [1-9]`) })

it('says what to do while there is nothing to show', async () => {
  await page.getByText('npm run demo').waitFor(WITHIN)
})

it('moves by itself when a webhook comes in, up to the score', async () => {
  await post('jobylon-candidate.json')
  await stage('Applications').waitFor(WITHIN)
  await stage('Invited').waitFor(WITHIN)
  await stage('Completed').waitFor(WITHIN)
  await page.getByRole('img', { name: /^Distribution of / }).waitFor(WITHIN)
})

it('opens a timeline by keyboard, and closes it with Escape', async () => {
  const application = page.locator('#application-table button').first()
  await application.focus()
  await page.keyboard.press('Enter')
  const drawer = page.getByRole('dialog')
  await drawer.getByText('Assessment completed').waitFor(WITHIN)
  await drawer
    .getByText(/pulsifi\.invitation\.v1 \/ \d+ \/ \d+/)
    .first()
    .waitFor(WITHIN)
  await page.keyboard.press('Escape')
  await drawer.waitFor({ state: 'hidden' })
  await page.locator('#application-table button:focus').waitFor(WITHIN)
})

it('finds the applications behind a number', async () => {
  await post('jobylon-candidate.json', text =>
    text.replaceAll('00000000c004', '00000000c999').replace('"johan.exempelsson@example.com"', 'null'),
  )
  const reason = page.getByRole('button', { name: /No e-mail address/ })
  await reason.click(WITHIN)
  await page.locator('#application-table', { hasText: 'c999' }).waitFor(WITHIN)
  // The table of all of them shows it too, until the chosen ones are there.
  await expect.poll(() => page.locator('#application-table tbody tr').count(), WITHIN).toBe(1)
  await reason.click()
})

it('shows a dead letter with its reason and how to send it back', async () => {
  await post('jobylon-candidate.json', text =>
    text.replaceAll('00000000c004', '00000000c998').replace('"johan.exempelsson@example.com"', '{"a": 1}'),
  )
  await page.getByText('A field is missing or of another type').waitFor(WITHIN)
  await page.getByRole('button', { name: 'Copy command' }).click()
  await page
    .getByRole('dialog')
    .getByText(/dead-letters redrive normalizer\.dead-letter\/\d+\/\d+/)
    .waitFor(WITHIN)
  await page.keyboard.press('Escape')
})

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
