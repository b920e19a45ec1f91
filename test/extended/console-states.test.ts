import type { Browser, Page, Route } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Snapshot } from '../../services/console/watch/look-at-kafka.ts'
import { violationsOf } from '../support/axe.ts'
import { launchChromium, type ServedPage, servePage } from '../support/console-page.ts'
import { applicationKey, writeStory } from '../support/console-story.ts'
import { createMemoryTopics, type MemoryTopics } from '../unit/console/topics-in-memory.ts'

const WITHIN = { timeout: 20_000 }
const CURRENT: Omit<Snapshot, 'atMs'> = {
  ...{ behind: 0, total: 10, groups: [], processes: [], pulsifiPerSecond: 0.1 },
  ...{ intake: () => null, lows: new Map(), ends: new Map() },
}

let topics: MemoryTopics
let served: ServedPage
let browser: Browser
let page: Page
/** When Kafka was looked at last. */
let lookedAt: () => number = Date.now

beforeAll(async () => {
  topics = await createMemoryTopics()
  await writeStory(topics, Date.now())
  served = await servePage(topics, { snapshot: () => ({ ...CURRENT, atMs: lookedAt() }) })
  browser = await launchChromium()
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await served?.close()
  topics?.database.close()
})

beforeEach(async () => {
  lookedAt = Date.now
  page = await browser.newPage({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' })
})
afterEach(() => page.close())

const row = (name: string) => page.locator('#application-table tr', { hasText: name })
const part = (state: string) => page.locator(`#applications[data-state="${state}"]`)
const goodMarks = () => page.locator('#health .dot.good')

async function open(path = ''): Promise<void> {
  await page.goto(`${served.url}/${path}`)
  await row('Test Person done').waitFor(WITHIN)
}

/** Answers of the list wait until they are let go. */
async function held(address: (url: URL) => boolean): Promise<() => void> {
  const gate = Promise.withResolvers<void>()
  await page.route(address, async (route: Route) => {
    await gate.promise
    await route.continue().catch(() => undefined)
  })
  return gate.resolve
}
const isList = ({ pathname }: URL) => pathname === '/api/applications'

it('is busy while another choice is read, and shows no row of the one before', async () => {
  await open()
  const letGo = await held(url => isList(url) && url.searchParams.get('outcome') === 'BLOCKED')
  await page.getByRole('button', { name: /No e-mail address/ }).click()
  await part('busy').waitFor(WITHIN)
  expect(await page.locator('#applications').getAttribute('aria-busy')).toBe('true')
  await row('Test Person done').waitFor({ state: 'hidden', ...WITHIN })
  await page.locator('#applications > .state', { hasText: 'Reading' }).waitFor(WITHIN)
  expect(await violationsOf(page)).toEqual([])
  letGo()
  await row('Test Person blocked').waitFor(WITHIN)
  expect(await page.locator('#applications').getAttribute('aria-busy')).toBe('false')
  expect(await row('Test Person done').count()).toBe(0)
})

it('drops an answer that nobody wants any more', async () => {
  await open()
  const letGo = await held(url => isList(url) && url.searchParams.get('outcome') === 'BLOCKED')
  await page.getByRole('button', { name: /No e-mail address/ }).click()
  await part('busy').waitFor(WITHIN)
  // The second choice does not wait for the first.
  await page.getByRole('button', { name: /Nobody knows when the person applied/ }).click()
  await row('Test Person late').waitFor(WITHIN)
  letGo()
  await page.waitForResponse(response => response.url().includes('/api/applications?'), WITHIN)
  expect(await row('Test Person late').count()).toBe(1)
  expect(await row('Test Person blocked').count()).toBe(0)
})

it('is dated while the console does not answer, with no good mark beside it', async () => {
  await open()
  await goodMarks().first().waitFor(WITHIN)
  await page.route('**/api/**', route => route.abort())
  await page
    .locator('#health')
    .getByText(/^Not up to date since \d\d:\d\d:\d\d: the console does not answer$/)
    .waitFor(WITHIN)
  expect(await goodMarks().count()).toBe(0)
  await part('stale')
    .getByText(/^As of \d\d:\d\d:\d\d$/)
    .waitFor(WITHIN)
  // What was read stays to be read.
  expect(await row('Test Person done').isVisible()).toBe(true)
  expect(await violationsOf(page)).toEqual([])
  await page.unroute('**/api/**')
  await goodMarks().first().waitFor(WITHIN)
  await part('shown').waitFor(WITHIN)
})

it('shows a fault in place of rows that were not asked for', async () => {
  await open()
  await page.route(isList, route =>
    route.fulfill({ status: 500, json: { error: { message: 'its log says why' } } }),
  )
  await page.getByRole('button', { name: /No e-mail address/ }).click()
  await part('failed').getByText('Could not be read: its log says why. It is tried again.').waitFor(WITHIN)
  await row('Test Person done').waitFor({ state: 'hidden', ...WITHIN })
  await page.unroute(isList)
  await row('Test Person blocked').waitFor(WITHIN)
})

it('has no good mark while Kafka does not answer', async () => {
  lookedAt = () => Date.parse('2026-05-04T09:00:00Z')
  await open()
  await page
    .locator('#health')
    .getByText(/^Kafka does not answer: this is as of 4 May 2026/)
    .waitFor(WITHIN)
  await page.locator('#health .dot.past').first().waitFor(WITHIN)
  expect(await goodMarks().count()).toBe(0)
})

it('gives the focus back to whoever turned a page', async () => {
  await open('?reached=invited')
  const stage = page.getByRole('button', { name: /^Completed / })
  await stage.focus()
  await page.keyboard.press('Enter')
  await part('shown').waitFor(WITHIN)
  await page
    .getByRole('button', { name: /^Completed / })
    .and(page.locator(':focus'))
    .waitFor(WITHIN)
})

it('says how long ago something was in the language of whoever reads it, and as time goes by', async () => {
  const context = await browser.newContext({ locale: 'fr-FR' })
  const french = await context.newPage()
  await french.clock.install()
  await french.goto(served.url)
  const time = french.locator('#application-table time').first()
  await time.waitFor(WITHIN)
  expect(await time.textContent()).toMatch(/^il y a 2\sh$/)
  expect(await time.getAttribute('lang')).toBe('fr-FR')
  await french.clock.runFor(3_600_000)
  await expect.poll(() => time.textContent(), WITHIN).toMatch(/^il y a 3\sh$/)
  await context.close()
})

it.each([
  ['desktop', 1280, 900, 'light'],
  ['desktop', 1280, 900, 'dark'],
  ['phone', 375, 812, 'light'],
  ['phone', 375, 812, 'dark'],
  ['400 %', 320, 256, 'light'],
] as const)(
  'is accessible, named and no wider than the screen: %s, %i by %i, %s',
  async (_, width, height, colorScheme) => {
    await page.setViewportSize({ width, height })
    await page.emulateMedia({ colorScheme })
    await open()
    await page.getByRole('img', { name: /^Distribution of / }).waitFor(WITHIN)
    expect(await violationsOf(page)).toEqual([])
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1)
    const tables = await page.getByRole('table').all()
    expect(tables.length).toBeGreaterThan(1)
    for (const name of ['Jobs side by side', 'Applications'])
      expect([name, await page.getByRole('table', { name }).count()]).toEqual([name, 1])
    await expect.poll(() => page.evaluate<number>('document.documentElement.scrollWidth'), WITHIN).toBe(width)
  },
)

const SHIFTS = `
  window.shifted = 0
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value
  }).observe({ type: 'layout-shift', buffered: true })`

it.each([
  ['desktop', 1280, 900],
  ['phone', 375, 812],
] as const)('moves little of what somebody already sees: %s', async (_, width, height) => {
  await page.setViewportSize({ width, height })
  await page.addInitScript(SHIFTS)
  await open()
  await page.getByRole('img', { name: /^Distribution of / }).waitFor(WITHIN)
  await page.waitForLoadState('networkidle', { timeout: 2_000 }).catch(() => undefined)
  // What web.dev calls good.
  expect(await page.evaluate<number>('window.shifted')).toBeLessThan(0.1)
})

it('leaves a phone to the figures: filters open when they are wanted', async () => {
  await page.setViewportSize({ width: 375, height: 812 })
  await open()
  const top = await page.locator('#funnel').boundingBox()
  expect(top?.y).toBeLessThan(812 / 3)
  const source = page.getByRole('combobox', { name: 'Source' })
  expect(await source.isVisible()).toBe(false)
  await page.getByText('Filters', { exact: true }).click()
  await source.waitFor(WITHIN)
})

it('prints with its bars and its date, and what is open alone', async () => {
  await open('?source=jobylon')
  await page.emulateMedia({ media: 'print' })
  await page.evaluate('dispatchEvent(new Event("beforeprint"))')
  await page.getByText(/^As of \d+ \w+ \d{4}, \d\d:\d\d:\d\d, source jobylon$/).waitFor(WITHIN)
  expect(await page.getByRole('navigation', { name: 'Sections' }).isVisible()).toBe(false)
  const bar = 'getComputedStyle(document.querySelector(".funnel .bar")).printColorAdjust'
  expect(await page.evaluate(bar)).toBe('exact')
  await page.goto(`${served.url}/#application=${encodeURIComponent(applicationKey('done'))}`)
  await page.getByRole('heading', { name: 'Test Person done' }).waitFor(WITHIN)
  expect(await page.locator('main').isVisible()).toBe(false)
})

it('says what to do where nothing has come in', async () => {
  const empty = await createMemoryTopics()
  const nothing = await servePage(empty)
  try {
    await page.goto(nothing.url)
    await page.getByText('curl http://127.0.0.1:8080/hooks/jobylon/default').waitFor(WITHIN)
    expect(await violationsOf(page)).toEqual([])
  } finally {
    await nothing.close()
    empty.database.close()
  }
})
