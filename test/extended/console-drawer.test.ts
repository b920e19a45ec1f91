import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { ApiError, type ReportLinks } from '../../services/console/figures/endpoint.ts'
import type { User } from '../../services/console/serve/user.ts'
import type { OperatorCommand } from '../../services/core/inbox-command.ts'
import { violationsOf } from '../support/axe.ts'
import { launchChromium, type ServedPage, servePage } from '../support/console-page.ts'
import { invitation } from '../support/console-records.ts'
import { applicationKey, PLACE, writeStory } from '../support/console-story.ts'
import { createMemoryTopics, type MemoryTopics } from '../unit/console/topics-in-memory.ts'

const WITHIN = { timeout: 20_000 }
const OPERATOR: User = { name: 'kim', role: 'operator', tenants: null, by: 'secret' }
const LINKS: ReportLinks = {
  page: 'https://reports.example.com/p/1',
  pdf: 'https://reports.example.com/1.pdf',
  pdf_expires_at: '2027-01-01T00:00:00.000Z',
}

let topics: MemoryTopics
let served: ServedPage
let browser: Browser
let page: Page
const told: (readonly [OperatorCommand, number])[] = []
const faults: string[] = []
/** What a test changes, for itself. */
let now: { user: User; keepsPersonalData: boolean; isAway: boolean }

beforeAll(async () => {
  topics = await createMemoryTopics()
  await writeStory(topics, Date.now())
  served = await servePage(topics, {
    get user() {
      return now.user
    },
    get keepsPersonalData() {
      return now.keepsPersonalData
    },
    tellOwner: async (command, partition) => {
      if (now.isAway) throw new ApiError(503, 'NOT_CONFIRMED', 'Kafka did not confirm it')
      told.push([command, partition])
    },
    reportAt: () => Promise.resolve(LINKS),
  })
  browser = await launchChromium()
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await served?.close()
  topics?.database.close()
})

beforeEach(async () => {
  now = { user: OPERATOR, keepsPersonalData: true, isAway: false }
  told.length = 0
  faults.length = 0
  page = await browser.newPage({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' })
  page.on('pageerror', error => faults.push(error.message))
})
afterEach(async () => {
  await page.close()
  expect(faults).toEqual([])
})

const drawer = () => page.getByRole('dialog').first()
const saying = (text: string | RegExp) => drawer().getByText(text).first().waitFor(WITHIN)

async function open(id: string): Promise<void> {
  await page.goto(`${served.url}/#application=${encodeURIComponent(applicationKey(id))}`)
  await drawer().getByRole('heading', { name: 'What to do' }).waitFor(WITHIN)
}

it('answers first: who, what was decided, what to do and by whom; the log is folded below', async () => {
  await open('blocked')
  await drawer().getByRole('heading', { name: 'Test Person blocked' }).waitFor(WITHIN)
  await saying('The job is blocked: the job description has 151 characters and Pulsifi needs 300')
  await saying('Add the address at the source and send the candidate again.')
  expect(await drawer().locator('.todo b').allTextContents()).toEqual(
    Array(2).fill('Recruiter, at the source:'),
  )
  const record = drawer()
    .getByText(/pulsifi\.invitation\.v1 \/ 0 \/ \d+/)
    .first()
  expect(await record.isVisible()).toBe(false)
  await drawer()
    .getByText(/^Log: \d+ records$/)
    .click()
  await record.waitFor(WITHIN)
})

it('tells an unknown end in words, and no code of an error', async () => {
  await open('lost')
  await saying('Nobody knows whether Pulsifi has the invitation')
  await saying('The connection was reset before the answer')
  await saying(/by the reference jobylon_lost_j1 or the address lost@example.com/)
  expect(await drawer().innerText()).not.toContain('ECONNRESET')
})

it('settles it: the owner is told what was found, of the attempt that was seen', async () => {
  await open('lost')
  const id = drawer().getByRole('textbox', { name: 'Its id at Pulsifi' })
  await drawer().getByRole('radio', { name: 'Pulsifi has the candidate' }).check()
  await drawer().getByRole('button', { name: 'Settle' }).click()
  // Without the id nothing is sent: the browser asks for it.
  expect(await drawer().locator('input:invalid').count()).toBe(1)
  await id.fill('c-1')
  await drawer().getByRole('button', { name: 'Settle' }).click()
  await saying(/^Asked for at/)
  const about = { applicationKey: applicationKey('lost'), attempt: 1 }
  expect(told).toEqual([[{ command: 'resolve', ...about, pulsifiCandidateId: 'c-1' }, 0]])
})

it('asks once more before it says that Pulsifi has nobody', async () => {
  await open('lost')
  await drawer().getByRole('radio', { name: 'Pulsifi has no such candidate' }).check()
  await drawer().getByRole('button', { name: 'Settle' }).click()
  const question = page.getByRole('dialog', { name: 'Have you looked?' })
  await question.getByText(/somebody is invited twice/).waitFor(WITHIN)
  expect(await violationsOf(page)).toEqual([])
  await question.getByRole('button', { name: 'Close' }).click()
  expect(told).toEqual([])
  await drawer().getByRole('button', { name: 'Settle' }).click()
  await question.getByRole('button', { name: 'Pulsifi has no such candidate' }).click()
  await saying(/^Asked for at/)
  expect(told).toMatchObject([[{ command: 'resolve', pulsifiCandidateId: null }, 0]])
})

it('offers no way to deny what Pulsifi has called back about', async () => {
  await open('named')
  await saying('A callback of Pulsifi has named the candidate, so there is one.')
  expect(await drawer().getByRole('radio').count()).toBe(1)
})

it('has an application decided again, and shows what came of it by itself', async () => {
  await open('late')
  await saying(/You say with it that the person applied lately/)
  await drawer().getByRole('button', { name: 'Decide again' }).click()
  await saying(/^Asked for at/)
  expect(told).toMatchObject([[{ command: 'decide-again', applicationKey: applicationKey('late') }, 0]])
  const newer = { outcome: 'INVITED', status: 'invited', created_at: Date.now(), occurred_at: Date.now() }
  await topics.write(
    topics.record(
      'invitation',
      applicationKey('late'),
      invitation(PLACE, 'late', 'j1', { ...newer, outcome: 'INVITED', attempt: 2 }),
      Date.now(),
    ),
  )
  await saying('It was decided anew: see above.')
  await drawer()
    .locator('.decided', { hasText: /^Invited$/ })
    .waitFor(WITHIN)
  expect(await drawer().getByRole('button', { name: 'Decide again' }).count()).toBe(0)
})

it('says why nothing was done', async () => {
  now.isAway = true
  await open('blocked')
  await drawer().getByRole('button', { name: 'Decide again' }).click()
  await page
    .getByRole('dialog', { name: 'Nothing was done' })
    .getByText('Kafka did not confirm it.')
    .waitFor(WITHIN)
})

it('gives the command to copy, as a shell takes it', async () => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await open('blocked')
  await drawer().getByText('By command').click()
  await drawer().getByRole('button', { name: 'Copy the command' }).click()
  await drawer().getByRole('button', { name: 'Copied' }).waitFor(WITHIN)
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
    `npm run ops -- invitations resolve '${applicationKey('blocked')}' --decide-again`,
  )
})

it.each(['lost', 'blocked'])('lets a viewer read all of %s and do none of it', async id => {
  now.user = { ...OPERATOR, name: 'vera', role: 'viewer' }
  await open(id)
  await saying('An operator can do this here.')
  expect(await drawer().getByRole('button').allTextContents()).toEqual(['Close'])
  expect(await drawer().getByRole('radio').count()).toBe(0)
  const answer = await page.request.post(`${served.url}/api/applications/resolve`, {
    data: { application_key: applicationKey(id), attempt: 1, resolution: 'decide-again' },
  })
  expect(answer.status()).toBe(403)
  expect(told).toEqual([])
})

it('shows scores with their scale, and the report to whoever asks for it', async () => {
  await open('done')
  const shown = drawer().locator('.points div')
  expect(await shown.allInnerTexts()).toEqual([
    expect.stringMatching(/^Organizational fit\s+61.5\s+of 100$/),
    expect.stringMatching(/^Role fit\s+78\s+of 100$/),
    expect.stringMatching(/^Reasoning verbal\s+7\s+of 10$/),
  ])
  await drawer().getByRole('button', { name: 'Show the links' }).click()
  const link = drawer().getByRole('link', { name: 'Report as a PDF' })
  await link.waitFor(WITHIN)
  expect(await link.getAttribute('href')).toBe(LINKS.pdf)
  expect(await violationsOf(page)).toEqual([])
})

it('keeps the report to itself where no names are shown', async () => {
  now.keepsPersonalData = false
  await open('done')
  await saying(/this console is set to show no names/)
  expect(await drawer().getByRole('button', { name: 'Show the links' }).count()).toBe(0)
  expect(
    (
      await page.request.get(
        `${served.url}/api/applications/report?key=${encodeURIComponent(applicationKey('done'))}`,
      )
    ).status(),
  ).toBe(403)
})

it.each([
  ['desktop', 1280, 900, 'light'],
  ['desktop', 1280, 900, 'dark'],
  ['phone', 375, 812, 'light'],
  ['400 %', 320, 256, 'dark'],
] as const)('is accessible and fits: %s, %i by %i, %s', async (_, width, height, colorScheme) => {
  await page.setViewportSize({ width, height })
  await page.emulateMedia({ colorScheme })
  for (const id of ['lost', 'blocked', 'done', 'new']) {
    await page.goto('about:blank')
    await open(id)
    for (const folded of await drawer().locator('summary').all()) await folded.click()
    expect([id, await violationsOf(page)]).toEqual([id, []])
    const overflow = await drawer().evaluate(
      node => Number(Reflect.get(node, 'scrollWidth')) - Number(Reflect.get(node, 'clientWidth')),
    )
    expect([id, overflow]).toEqual([id, 0])
  }
})
