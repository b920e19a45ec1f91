/** The page over made-up records in memory: what is found, how it is pictured, and what is taken along. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { violationsOf } from '../support/axe.ts'
import { launchChromium, type ServedPage, servePage } from '../support/console-page.ts'
import { writePeople } from '../support/console-people.ts'
import { createMemoryTopics, type MemoryTopics } from '../unit/console/topics-in-memory.ts'

const WITHIN = { timeout: 60_000 }
const [PEOPLE, JOBS] = [420, 230]

let topics: MemoryTopics
let served: ServedPage
let browser: Browser
let page: Page
let faults: string[]

beforeAll(async () => {
  topics = await createMemoryTopics()
  await writePeople(topics, { people: PEOPLE, jobs: JOBS, untilMs: Date.now() })
  served = await servePage(topics)
  browser = await launchChromium()
}, 240_000)
afterAll(async () => {
  await browser?.close()
  await served?.close()
  topics?.database.close()
})

beforeEach(() => {
  faults = []
})
afterEach(async () => {
  await page?.close()
  expect(faults).toEqual([])
})

type View = Parameters<Browser['newPage']>[0]
async function open(address = '', view: View = { viewport: { width: 1280, height: 900 } }): Promise<void> {
  page = await browser.newPage({ ...view, locale: 'en-GB', timezoneId: 'UTC' })
  page.on('pageerror', error => faults.push(error.message))
  page.on('console', message => {
    if (message.type() === 'error') faults.push(message.text())
  })
  await page.goto(`${served.url}/${address}`)
  await page.locator('#job-table tbody tr').first().waitFor(WITHIN)
  await page.locator('#application-table tbody tr, #application-table .empty').first().waitFor(WITHIN)
}

const found = () => page.locator('#pages span').first()
const rows = (place: string) => page.locator(`${place} tbody tr`)
const shows = (text: string | RegExp) => expect.poll(() => found().textContent(), WITHIN).toMatch(text)
const search = () => new URL(page.url()).searchParams
const selects = (name: string) => page.locator('#filters').locator(`[name="${name}"]`)

describe('what somebody looks for', () => {
  it('is found by a name or a job without its accents, and stands in the address as one step', async () => {
    await open()
    await shows(/of 420$/)
    const field = page.locator('#search input')
    await field.pressSequentially('lukasik zoe', { delay: 400 })
    await shows(/of 1$/)
    await rows('#application-table').getByText('Zoë Łukasik').waitFor(WITHIN)
    expect(search().get('q')).toBe('lukasik zoe')
    await field.fill('ingenieur')
    await rows('#application-table').getByText('Ingénieur qualité').first().waitFor(WITHIN)
    await page.goBack()
    await shows(/of 420$/)
    expect(await field.inputValue()).toBe('')
  })

  it('is narrowed by days and state, everywhere on the page, and Back takes each step back', async () => {
    await open()
    const day = new Date(Date.now() - 3 * 86_400_000 - 6 * 3_600_000).toISOString().slice(0, 10)
    await selects('from').fill(day)
    await shows(/of 84$/)
    await selects('to').fill(day)
    await shows(/of 21$/)
    await page.getByRole('button', { name: /^Applications 21\b/ }).waitFor(WITHIN)
    await page.locator('#search select[name="state"]').selectOption('expired')
    await shows(/of 3$/)
    expect(await rows('#application-table').locator('.pill').allTextContents()).toEqual(
      Array(3).fill('Expired'),
    )
    expect(search().toString()).toBe(`from=${day}&to=${day}&state=expired`)
    await page.goBack()
    await shows(/of 21$/)
    await page.goBack()
    await shows(/of 84$/)
    expect(await selects('to').inputValue()).toBe('')
    await page.getByRole('button', { name: 'Show all' }).click()
    await shows(/of 420$/)
  })

  it('has days the right way round, whichever is chosen first', async () => {
    await open('?to=2026-01-05')
    await selects('from').fill('2026-02-01')
    await expect.poll(() => search().toString(), WITHIN).toBe('from=2026-02-01&to=2026-02-01')
  })

  it('is ordered by the heads of columns, which say so', async () => {
    await open()
    const head = page.locator('#application-table th', { hasText: 'Received' })
    expect(await head.getAttribute('aria-sort')).toBeNull()
    for (const order of ['descending', 'ascending']) {
      await head.getByRole('button').click()
      await expect.poll(() => head.getAttribute('aria-sort'), WITHIN).toBe(order)
      // The focus stays where it was, though the table is another.
      await expect.poll(() => head.locator('button:focus').count(), WITHIN).toBe(1)
    }
    const times = await rows('#application-table')
      .locator('td:nth-child(4) time')
      .evaluateAll(list => list.map(one => one.getAttribute('datetime')))
    expect(times).toEqual(times.toSorted())
    await page.locator('#job-table th', { hasText: 'Job' }).getByRole('button').click()
    await expect.poll(() => rows('#job-table').first().textContent(), WITHIN).toContain('Data Analyst')
    expect(search().toString()).toBe('sort=received_at&order=asc&job_sort=title&job_order=asc')
  })

  it('is seen again from its address, and an address that makes no sense shows everything', async () => {
    await open('?state=completed&sort=application_key&page=2&job_q=job%20199&by=source&days=states')
    await shows(/^25–36 of 120$/)
    await expect.poll(() => rows('#job-table').count(), WITHIN).toBe(1)
    expect(await page.locator('#days-view').inputValue()).toBe('states')
    await page.close()
    await open(
      '?page=none&from=2026-02-31&order=up&by=nothing&days=%27&sort=x&job_sort=y&state=z&job_page=99999',
    )
    await shows(/of 420$/)
  })

  it('finds each of more than 200 jobs, page by page and by search', async () => {
    await open('?job_page=22')
    const place = page.locator('#job-pages span').first()
    await expect.poll(() => place.textContent(), WITHIN).toBe('221–230 of 230')
    expect(await page.locator('#job-pages').getByRole('button', { name: 'Further' }).isDisabled()).toBe(true)
    await page.locator('#job-search input').fill('zeglarz')
    await expect.poll(() => rows('#job-table').count(), WITHIN).toBe(1)
    await rows('#job-table').getByRole('button').click()
    await expect.poll(() => search().get('job_key'), WITHIN).toBe('jobylon:default:j6')
    const chosen = () => selects('job_key').evaluate(select => select.selectedOptions[0]?.textContent)
    await expect.poll(chosen, WITHIN).toMatch(/^Żeglarz/)
  })
})

describe('a picture', () => {
  it('compares groups by boxes with their number, names those too small, and says how many there are', async () => {
    await open('?by=job_key')
    const groups = rows('#score-table')
    await expect.poll(() => groups.count(), WITHIN).toBe(6)
    expect(await groups.first().locator('.box').count()).toBe(1)
    const small = groups.filter({ hasText: 'too few to compare' }).first()
    expect(await small.locator('.box').count()).toBe(0)
    expect(await small.locator('.dot-score').count()).toBe(
      Number(await small.locator('td').nth(1).textContent()),
    )
    const note = page.locator('#score-table .population')
    expect(await note.textContent()).toMatch(/^The 6 jobs with the most scores, of \d{2}\./)
    await note.getByRole('button', { name: 'Show 20' }).click()
    await expect.poll(() => groups.count(), WITHIN).toBe(20)
  })

  it('tells the share that goes on from step to step, and that an expired invitation is none', async () => {
    await open()
    await page.getByRole('button', { name: 'Started 180 43 % 60 % of opened' }).waitFor(WITHIN)
    await page.getByRole('button', { name: /^60 of the invited have expired/ }).click()
    await shows(/of 60$/)
    expect(search().get('state')).toBe('expired')
    const backgrounds = (code: string) =>
      page.evaluate<string>(`getComputedStyle(document.querySelector('.pill.${code}')).backgroundColor`)
    const expired = await backgrounds('expired')
    await page.locator('#search select[name="state"]').selectOption('completed')
    await shows(/of 120$/)
    expect(await backgrounds('completed')).not.toBe(expired)
  })

  it('measures steps of the same people, and says of how many', async () => {
    await open()
    const place = page.locator('#steps')
    await place.getByText('Of 120 completed assessments that were seen at every step.').waitFor(WITHIN)
    expect(await rows('#steps').count()).toBe(5)
  })

  it('shows every day from the history, with its numbers as a table', async () => {
    await open()
    await page
      .getByRole('img', { name: /^The funnel day by day.*on the last day: Applications 420/ })
      .waitFor(WITHIN)
    await page.getByText('The numbers').click()
    await expect.poll(() => rows('#days-numbers').count(), WITHIN).toBe(28)
    await page.locator('#days-view').selectOption('states')
    await page.getByRole('img', { name: /on the last day: .*Expired 60/ }).waitFor(WITHIN)
    await page.locator('#days-view').selectOption('conversion')
    await page
      .getByRole('img', { name: /on the last day: Invited of applications \d+(\.\d)? %/ })
      .waitFor(WITHIN)
    await page.locator('#days-numbers th', { hasText: 'Completed of started' }).waitFor(WITHIN)
  })

  it('is of one type of score, by name', async () => {
    await open()
    await page.locator('#score-options select[name="score_type"]').selectOption('role_fit')
    await page.locator('#job-table th', { hasText: 'Median role fit' }).waitFor(WITHIN)
  })
})

describe('what is taken along', () => {
  it('is what is seen', async () => {
    await open('?state=expired&q=store')
    await shows(/of \d+$/)
    const total = Number((await found().textContent())?.split(' of ')[1])
    const link = page.locator('#pages').getByRole('link', { name: 'CSV' })
    const csv = await (await fetch(new URL((await link.getAttribute('href')) ?? '', served.url))).text()
    expect(csv.trimEnd().split('\n')).toHaveLength(total + 1)
    for (const line of csv.trimEnd().split('\n').slice(1)) expect(line).toMatch(/Store Manager.*,expired,/)
  })
})

const PHONE = { viewport: { width: 375, height: 812 }, isMobile: true, hasTouch: true }
describe.each([
  ['a desktop', { viewport: { width: 1280, height: 900 } }],
  ['a desktop in the dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' as const }],
  ['a phone', PHONE],
  ['a phone in the dark', { ...PHONE, colorScheme: 'dark' as const }],
])('on %s', (_, view) => {
  it.each(['', '?by=job_key&days=states&state=expired&path=ends'])(
    'axe finds no fault at /%s',
    async address => {
      await open(address, view)
      await page.getByRole('img', { name: /^The funnel day by day/ }).waitFor(WITHIN)
      await page.locator('#score-table .take').waitFor(WITHIN)
      expect(await violationsOf(page)).toEqual([])
      const width = () => page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
      await expect.poll(width, WITHIN).toBeLessThanOrEqual(0)
    },
  )
})

it('orders by a select on a phone, where tables have no heads', async () => {
  await open('', PHONE)
  const select = page.locator('#search select[name="sorting"]')
  await select.selectOption('application_key asc')
  await expect.poll(() => search().get('sort'), WITHIN).toBe('application_key')
  await expect.poll(() => rows('#application-table').first().textContent(), WITHIN).toContain('Zoë Łukasik')
})
