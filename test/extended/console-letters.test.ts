import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { KeptLetter } from '../../services/console/figures/endpoint.ts'
import type { User } from '../../services/console/serve/user.ts'
import { violationsOf } from '../support/axe.ts'
import { launchChromium, type ServedPage, servePage } from '../support/console-page.ts'
import { createMemoryTopics, type MemoryTopics } from '../unit/console/topics-in-memory.ts'

const WITHIN = { timeout: 20_000 }
const OPERATOR: User = { name: 'kim', role: 'operator', tenants: null, by: 'secret' }
const BODY = { event: 'candidate.updated', candidate: { first_name: 'Noor', email: { a: 1 }, tags: [] } }
const LETTER: KeptLetter = {
  headers: { ce_id: 'e1', ce_type: 'candidate.updated', 'atsflow-webhook-x-sender': 'Noor' },
  body: Buffer.from(JSON.stringify(BODY)),
  record: null,
  origin: 'ats.raw.jobylon',
}

let topics: MemoryTopics
let served: ServedPage
let browser: Browser
let page: Page
let now: { user: User; keepsPersonalData: boolean; letter: KeptLetter | null }
const decided: string[] = []

beforeAll(async () => {
  topics = await createMemoryTopics()
  await topics.write([1, 2].map(offset => letterRow(offset)))
  served = await servePage(topics, {
    get user() {
      return now.user
    },
    get keepsPersonalData() {
      return now.keepsPersonalData
    },
    letterAt: () => Promise.resolve(now.letter),
    resolveLetters: async (wanted, places) => {
      decided.push(...places.map(({ offset }) => `${wanted} ${offset}`))
      return places.map(place => ({ ...place, done: 'discarded', why: null, sent_to: null, events: 0 }))
    },
  })
  browser = await launchChromium()
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await served?.close()
  topics?.database.close()
})

beforeEach(async () => {
  now = { user: OPERATOR, keepsPersonalData: true, letter: LETTER }
  decided.length = 0
  page = await browser.newPage({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' })
})
afterEach(() => page.close())

const letterRow = (offset: number) => ({
  table: 'dead_letter' as const,
  row: {
    ...{ topic: 'normalizer.dead-letter', kafka_partition: 0, kafka_offset: offset, recorded_at: 1_000 },
    ...{ record_key: 'jobylon:default:c1', event_id: 'e1', event_type: 'candidate.updated' },
    ...{ tenant_id: 'default', code: 'PAYLOAD_INVALID', stage: 'normalize', detail: 'candidate.email' },
    ...{ first_topic: 'ats.raw.jobylon', first_partition: 2, first_offset: 17 },
    ...{ consumer_group: 'normalizer', delivery_count: 1 },
  },
})

const panel = () => page.getByRole('dialog').first()
async function open(offset = 1): Promise<void> {
  await page.goto(`${served.url}/#dead-letter=${encodeURIComponent(`normalizer.dead-letter/0/${offset}`)}`)
  await panel().getByRole('heading', { name: 'What to mend' }).waitFor(WITHIN)
}
const payload = async () => (await panel().locator('pre').textContent()) ?? ''

it('opens from the list by keyboard, and says what was refused, why, and what to mend', async () => {
  await page.goto(served.url)
  const name = page.getByRole('button', { name: 'A field is missing or of another type' }).first()
  await name.focus(WITHIN)
  await page.keyboard.press('Enter')
  await panel().getByText('candidate.email').waitFor(WITHIN)
  await panel().getByText('Operator: Mend the mapping, then redrive.').waitFor(WITHIN)
  await panel().getByText('ats.raw.jobylon/2/17').waitFor(WITHIN)
  await panel().getByRole('row', { name: 'ce_type candidate.updated' }).waitFor(WITHIN)
  await page.keyboard.press('Escape')
  await name.and(page.locator(':focus')).waitFor(WITHIN)
})

describe('the payload', () => {
  it('is shown to an operator where names are', async () => {
    await open()
    expect(JSON.parse(await payload())).toEqual(BODY)
    await panel().getByRole('row', { name: 'atsflow-webhook-x-sender Noor' }).waitFor(WITHIN)
  })

  it.each([
    ['a viewer where names are', { user: { ...OPERATOR, role: 'viewer' } as const }],
    ['an operator where none are', { keepsPersonalData: false }],
  ])('keeps its shape alone for %s', async (_, change) => {
    Object.assign(now, change)
    await open()
    expect(JSON.parse(await payload())).toEqual({
      event: '*** 17 characters',
      candidate: { first_name: '*** 4 characters', email: { a: '***' }, tags: [] },
    })
    await panel()
      .getByText(/is masked/)
      .waitFor(WITHIN)
    expect(await panel().innerText()).not.toContain('Noor')
  })

  it('of a callback, which may open an assessment, is masked for everybody', async () => {
    now.letter = { ...LETTER, origin: 'pulsifi.raw', body: Buffer.from('{"invite_code":"SECRETCODE"}') }
    await open()
    expect(JSON.parse(await payload())).toEqual({ invite_code: '*** 10 characters' })
  })

  it('that is cut shows where, without a letter of it', async () => {
    now.keepsPersonalData = false
    now.letter = { ...LETTER, body: Buffer.from('{"name": "Noor 7') }
    await open()
    expect(await payload()).toBe('{"xxxx": "xxxx 0')
  })

  it.each([
    ['none', null, /is not there any more/],
    ['bytes', Buffer.from([0xff, 0xfe]), /no text, and no record/],
  ])('that is %s says so', async (_, body, words) => {
    now.letter = { ...LETTER, body }
    await open()
    await panel().getByText(words).waitFor(WITHIN)
  })

  it('is not there when its topic has dropped the letter', async () => {
    now.letter = null
    await page.goto(`${served.url}/#dead-letter=normalizer.dead-letter%2F0%2F1`)
    await panel()
      .getByText(/its topic may have dropped it by age/)
      .waitFor(WITHIN)
  })
})

it('has buttons that look as different as what they do', async () => {
  await open()
  const looks = await page.evaluate<string[]>(`
    [...document.querySelectorAll('#letter button')].map(node => {
      const { color, backgroundColor, borderColor } = getComputedStyle(node)
      return [color, backgroundColor, borderColor].join()
    })`)
  expect(looks).toHaveLength(3)
  expect(new Set(looks).size).toBe(3)
})

it('is discarded after a question, and closes', async () => {
  await open(2)
  await panel().getByRole('button', { name: 'Discard' }).click()
  const question = page.getByRole('dialog', { name: 'Discard it?' })
  expect(await violationsOf(page)).toEqual([])
  await question.getByRole('button', { name: 'Close' }).click()
  expect(decided).toEqual([])
  await panel().getByRole('button', { name: 'Discard' }).click()
  await question.getByRole('button', { name: 'Discard' }).click()
  await page
    .getByRole('dialog')
    .first()
    .waitFor({ state: 'hidden', ...WITHIN })
  expect(decided).toEqual(['discard 2'])
})

it('lets a viewer decide nothing', async () => {
  now.user = { ...OPERATOR, name: 'vera', role: 'viewer' }
  await open()
  await panel().getByText('An operator can send it back or discard it here.').waitFor(WITHIN)
  expect(await panel().getByRole('button').allTextContents()).toEqual(['Close'])
})

it.each([
  ['desktop', 1280, 900, 'light'],
  ['phone', 375, 812, 'dark'],
  ['400 %', 320, 256, 'light'],
] as const)('is accessible and fits: %s, %i by %i, %s', async (_, width, height, colorScheme) => {
  await page.setViewportSize({ width, height })
  await page.emulateMedia({ colorScheme })
  await open()
  expect(await violationsOf(page)).toEqual([])
  const overflow = await panel().evaluate(
    node => Number(Reflect.get(node, 'scrollWidth')) - Number(Reflect.get(node, 'clientWidth')),
  )
  expect(overflow).toBe(0)
})
