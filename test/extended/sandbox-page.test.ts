/** The page of Pulsifi's stand-in, in a browser: it renews itself and keeps what somebody holds open. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type RunningSandbox, startSandbox } from '../../infra/pulsifi-sandbox/server.ts'

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const WITHIN = { timeout: 30_000 }
const DESKTOP = { viewport: { width: 1280, height: 900 } }
const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 }

let browser: Browser
let sandbox: RunningSandbox
let page: Page
let jobId: string
const faults: string[] = []

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
}, 120_000)
afterAll(() => browser?.close())

beforeEach(async () => {
  faults.length = 0
  sandbox = await startSandbox({ port: 0, finishSeconds: 0, logLevel: 'silent' })
  jobId = (await call('jobs', {
    ...{ title: 'Store Manager', description: 'd'.repeat(300), skills: ['Retail'], external_id: 'direct_1' },
  })) as string
  for (const name of ['Ada', 'Grace']) await invite(name)
  page = await opened(DESKTOP)
})
afterEach(async () => {
  await page.context().close()
  await sandbox.close()
  expect(faults).toEqual([])
})

async function opened(options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext(options)
  const made = await context.newPage()
  made.on('pageerror', error => faults.push(error.message))
  await made.goto(sandbox.url)
  return made
}

/** Answers with the id of what was made. */
async function call(path: string, body: object): Promise<unknown> {
  const { access_token } = (await posted('oauth2/token', { grant_type: 'client_credentials' }, LOGIN)) as {
    access_token: string
  }
  const made = await posted(`v1.0/standard/${path}`, body, `Bearer ${access_token}`)
  return Reflect.get(made, 'id') ?? Reflect.get(made, 'candidate_id')
}
const LOGIN = `Basic ${Buffer.from('acme:sesame').toString('base64')}`

async function posted(path: string, body: object, authorization: string): Promise<object> {
  const reply = await fetch(`${sandbox.url}/partner/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify(body),
  })
  if (!reply.ok) throw new Error(`${path} answered ${reply.status}: ${await reply.text()}`)
  return reply.json() as Promise<object>
}

const invite = (first_name: string): Promise<unknown> =>
  call('candidates', {
    ...{ job_id: jobId, ext_reference_id: `ref-${first_name}`, is_anonymous_candidate: false },
    ...{ email: `${first_name}@example.com`, first_name, last_name: 'Example' },
  })

const row = (name: string) => page.locator('#candidates tr', { hasText: `${name} Example` })
const violations = async (looked: Page): Promise<unknown> => {
  await looked.evaluate(AXE)
  return looked.evaluate(async () => {
    const { violations } = await Reflect.get(globalThis, 'axe').run()
    return violations.map(({ id, nodes }: { id: string; nodes: { html: string }[] }) => [
      ...[id, nodes.map(({ html }) => html)],
    ])
  })
}

it('shows what comes by itself, and keeps focus, scrolling, what is open and what is typed', async () => {
  await page.setViewportSize({ width: 1280, height: 500 })
  await row('Ada').locator('summary').click()
  await row('Ada').getByText('Pulsifi id').waitFor(WITHIN)
  const before = await row('Ada').elementHandle()
  await row('Ada').getByRole('button', { name: 'open' }).focus()
  const top = () => row('Ada').evaluate(element => Math.round(element.getBoundingClientRect().top))
  await page.evaluate('scrollTo(0, document.body.scrollHeight / 2)')
  const place = await top()
  await invite('Katherine')
  await row('Katherine').waitFor({ state: 'attached', ...WITHIN })
  expect(await top()).toBe(place)
  // The very element: it has not changed, so it was not touched.
  expect(await before?.evaluate(element => element.isConnected)).toBe(true)
  expect(await row('Ada').locator('details').getAttribute('open')).not.toBeNull()
  expect(await page.evaluate('document.activeElement?.textContent')).toBe('open')
})

it('moves a candidate without leaving, holds the button that was pressed, and then the row', async () => {
  await row('Ada').locator('summary').click()
  await row('Ada').getByRole('button', { name: 'open' }).press('Enter')
  await row('Ada').getByText('opened', { exact: true }).waitFor(WITHIN)
  const active = () => page.evaluate("document.activeElement?.getAttribute('data-part')")
  expect(await active()).toBe('open')
  expect(await row('Ada').locator('details').getAttribute('open')).not.toBeNull()
  await page.getByRole('status').getByText('Done: open.').waitFor(WITHIN)
  await row('Ada').getByRole('button', { name: 'open' }).press('Enter')
  await page.getByRole('status').getByText('the candidate cannot open now').waitFor(WITHIN)
  await row('Ada').getByRole('button', { name: 'complete' }).press('Enter')
  await row('Ada').getByText('completed', { exact: true }).waitFor(WITHIN)
  expect(await active()).toBe('details')
})

it('finds while one types, all over the page, and what it finds stays in the address', async () => {
  await page.getByRole('searchbox').fill('GRACE')
  await row('Ada').waitFor({ state: 'detached', ...WITHIN })
  expect(await row('Grace').count()).toBe(1)
  expect(await page.locator('#calls code', { hasText: 'ref-Grace' }).count()).toBe(1)
  expect(await page.evaluate('document.activeElement?.id')).toBe('search')
  await page.reload()
  expect(await page.getByRole('searchbox').inputValue()).toBe('GRACE')
  expect(await row('Ada').count()).toBe(0)
  await page.getByRole('searchbox').fill('')
  await row('Ada').waitFor(WITHIN)
})

it('switches faults on and off, and takes back what others have added', async () => {
  const lost = page.getByRole('switch', { name: 'Answers to invitations lost' })
  expect(await lost.getAttribute('aria-checked')).toBe('false')
  await lost.focus()
  await page.keyboard.press('Space')
  await page.locator('[role=switch][aria-checked=true]').waitFor(WITHIN)
  expect(await page.evaluate("document.activeElement?.getAttribute('aria-checked')")).toBe('true')
  await expect(invite('Mary')).rejects.toThrow('fetch failed')
  await page.getByText('Struck 1 so far.').waitFor(WITHIN)
  await row('Mary').waitFor({ state: 'attached', ...WITHIN })
  await lost.press('Enter')
  await expect.poll(() => lost.getAttribute('aria-checked'), WITHIN).toBe('false')
  await invite('Dorothy')

  sandbox.faults.add([{ operation: 'jobs.create', action: 'hang' }])
  await page.locator('#rules', { hasText: 'jobs.create' }).waitFor(WITHIN)
  await page.getByRole('button', { name: 'Take all faults back' }).click()
  await expect.poll(() => sandbox.faults.list(), WITHIN).toEqual([])
})

it('closes a job', async () => {
  const job = page.locator('#jobs tr', { hasText: 'Store Manager' })
  await job.getByRole('button', { name: 'make closed' }).click()
  await job.getByText('closed', { exact: true }).waitFor(WITHIN)
  await expect(invite('Late')).rejects.toThrow(/candidates/)
})

it('says when the sandbox is away, and when it is back', async () => {
  await page.route('**/*', route => route.abort())
  await page.getByRole('status').getByText('what is shown may be old').waitFor(WITHIN)
  await page.unroute('**/*')
  await page.getByRole('status').getByText('answers again').waitFor(WITHIN)
})

it('works without its script', async () => {
  const context = await browser.newContext({ ...DESKTOP, javaScriptEnabled: false })
  const plain = await context.newPage()
  await plain.goto(sandbox.url)
  await plain.getByRole('button', { name: 'complete' }).first().click()
  await plain.getByText('completed', { exact: true }).waitFor(WITHIN)
  await plain.getByRole('switch', { name: 'Unavailable' }).click()
  await plain.locator('[role=switch][aria-checked=true]').waitFor(WITHIN)
  await plain.getByRole('searchbox').fill('Ada')
  await plain.getByRole('button', { name: 'Find' }).click()
  expect(await plain.locator('#candidates tr').count()).toBe(1)
  await context.close()
})

describe.each([
  ['a desktop', 'desktop', DESKTOP],
  ['a phone', 'phone', PHONE],
] as const)('on %s', (_name, file, view) => {
  it.each(['light', 'dark'] as const)(
    'has nothing that axe finds, and nothing beside the screen, in the %s',
    async colorScheme => {
      sandbox.faults.add([{ operation: 'jobs.create', action: 'hang' }])
      const looked = await opened({ ...view, colorScheme })
      await looked.locator('#candidates summary').first().click()
      await looked.getByRole('button', { name: 'complete' }).first().click()
      await looked.getByText('completed', { exact: true }).waitFor(WITHIN)
      expect(await violations(looked)).toEqual([])
      const wide = await looked.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
      expect(wide).toBeLessThanOrEqual(0)
      const small = await looked.locator('button:visible').evaluateAll(buttons =>
        buttons.flatMap(button => {
          const { width, height } = button.getBoundingClientRect()
          return Math.min(width, height) < 24 ? [button.textContent] : []
        }),
      )
      expect(small).toEqual([])
      const folder = process.env.PICTURES
      if (folder !== undefined)
        await looked.screenshot({ path: join(folder, `sandbox-${file}-${colorScheme}.png`), fullPage: true })
      await looked.context().close()
    },
  )
})
