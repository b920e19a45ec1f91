import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { freePort } from '../../infra/local/ports.ts'
import { createConsoleApp } from '../../services/console/app.ts'
import { createAccess } from '../../services/console/serve/access.ts'
import { createOidc } from '../../services/console/serve/oidc.ts'
import { createSessions } from '../../services/console/serve/sessions.ts'
import { createThrottle } from '../../services/console/serve/throttle.ts'
import type { UserEntry } from '../../services/console/serve/users-file.ts'
import { visitorReader } from '../../services/console/serve/visitor.ts'
import { type Database, openDatabase } from '../../services/console/store/database.ts'
import { ipRanges } from '../../services/platform/connections/ip-ranges.ts'
import { type HttpServer, startHttpServer } from '../../services/platform/process/http-server.ts'

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const PEOPLE: ReadonlyMap<string, UserEntry> = new Map([
  ['lou@example.com', { name: 'lou@example.com', role: 'viewer', tenants: ['acme'] }],
  ['subject-of-kim', { name: 'subject-of-kim', role: 'operator' }],
  ['subject-of-sam', { name: 'subject-of-sam', role: 'viewer' }],
])
const CLIENT = { clientId: 'console', clientSecret: 'a secret of the console at its provider' }

let provider: Server
let server: HttpServer
let database: Database
let browser: Browser
let page: Page
const refused: string[] = []
const failed: unknown[] = []
const console_ = () => `http://127.0.0.1:${server.port}`

/** Everybody may sign in as whoever they say; `unverified` has an address that nobody has checked. */
async function startProvider(port: number, callback: string): Promise<Server> {
  // Another name of this machine: for browsers another site than the console.
  const oidc = new Provider(`http://localhost:${port}`, {
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        redirect_uris: [callback],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: async () => ({ sub: id, email: 'lou@example.com', email_verified: id !== 'unverified' }),
    }),
    cookies: { keys: ['a key of this test'] },
  })
  const listening = createServer(oidc.callback())
  await new Promise<void>(resolve => listening.listen(port, 'localhost', resolve))
  return listening
}

beforeAll(async () => {
  const [port, consolePort] = [await freePort(), await freePort()]
  database = await openDatabase({ path: ':memory:', memoryMib: 256, keepsPersonalData: false })
  const onRefused = (address: string) => void refused.push(address)
  const app = createConsoleApp({
    context: {
      ...{ database, snapshot: () => null, keepsPersonalData: false, pulsifiBudget: 5 },
      resolveLetters: async () => [],
      tellOwner: () => Promise.resolve(),
      reportAt: () => Promise.resolve(null),
      letterAt: () => Promise.resolve(null),
      select: () => Promise.reject(new Error('no SQL here')),
    },
    ...{ database, dataMark: () => '1', version: '1.2.3' },
    audit: async () => {},
    onForbidden: () => {},
    onError: error => {
      throw error
    },
    access: createAccess({
      ...{ token: null, users: { bySecret: async () => null } },
      ...{ sessions: createSessions(Date.now), throttle: createThrottle(), onRefused },
      onSession: () => {},
    }),
    visitorOf: visitorReader(ipRanges([]), false),
    oidc: {
      oidc: createOidc({ issuer: new URL(`http://localhost:${port}`), ...CLIENT, takesAddresses: true }),
      entryOf: name => PEOPLE.get(name),
      onFailed: error => void failed.push(error),
    },
  })
  server = await startHttpServer({ app, host: '127.0.0.1', port: consolePort, portVariable: 'CONSOLE_PORT' })
  provider = await startProvider(port, `${console_()}/oidc/callback`)
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
})
afterAll(async () => {
  await browser?.close()
  provider?.close()
  provider?.closeAllConnections()
  await server?.close()
  database?.close()
})
beforeEach(async () => {
  refused.length = 0
  failed.length = 0
  page = await (await browser.newContext()).newPage()
})
afterEach(() => page.context().close())

async function signInAs(name: string): Promise<void> {
  await page.goto(console_())
  await page.getByRole('button', { name: 'Sign in with your organisation' }).click()
  await page.locator('[name=login]').fill(name)
  await page.locator('[name=password]').fill('any')
  await page.locator('[type=submit]').click()
  await page.locator('[type=submit]', { hasText: 'Continue' }).click()
}
const session = () => page.evaluate(async () => (await fetch('/api/session')).json())

it('lets in whom the provider and CONSOLE_USERS_FILE both know, by verified address', async () => {
  await signInAs('some-subject')
  await page.waitForURL(`${console_()}/`)
  expect(await session()).toEqual({
    ...{ name: 'lou@example.com', role: 'viewer', tenants: ['acme'], can_sign_out: true },
  })
  const cookies = await page.context().cookies(console_())
  expect(cookies.map(({ name, sameSite, httpOnly }) => [name, sameSite, httpOnly])).toEqual([
    ['atsflow_console', 'Strict', true],
  ])
})

it('lets in by subject', async () => {
  await signInAs('subject-of-kim')
  await page.waitForURL(`${console_()}/`)
  expect(await session()).toMatchObject({ name: 'subject-of-kim', role: 'operator', tenants: null })
})

it('lets nobody in by an address that the provider has not verified', async () => {
  await signInAs('unverified')
  await page.waitForURL(/\/login#unknown/)
  expect(await page.getByRole('alert').filter({ visible: true }).textContent()).toContain('did not vouch')
  expect(refused).toEqual(['127.0.0.1'])
})

it('takes no answer that this browser has not asked for', async () => {
  const victim = await (await browser.newContext()).newPage()
  const answers: string[] = []
  page.on('request', request => {
    if (request.url().includes('/oidc/callback?')) answers.push(request.url())
  })
  await signInAs('subject-of-kim')
  await page.waitForURL(`${console_()}/`)
  expect(failed).toEqual([])
  await victim.goto(answers[0] ?? '')
  expect(victim.url()).toContain('/login#unknown')
  expect(failed.map(String)).toEqual(['Error: the browser did not begin here'])
  await victim.context().close()
})

it('does not let a page elsewhere have somebody signed in', async () => {
  await page.goto(`http://localhost:${server.port}/livez`)
  await page.goto(`${console_()}/oidc/login`)
  expect(page.url()).toBe(`${console_()}/login`)
  await page.goto(
    `http://localhost:${(provider.address() as AddressInfo).port}/.well-known/openid-configuration`,
  )
  const [answer] = await Promise.all([
    page.waitForResponse(`${console_()}/oidc/login`),
    page.setContent(
      `<form method="post" action="${console_()}/oidc/login"></form><script>document.forms[0].submit()</script>`,
    ),
  ])
  expect(answer.status()).toBe(403)
  expect(await page.context().cookies(console_())).toEqual([])
})

it('has somebody prove themselves again before sessions elsewhere are ended', async () => {
  const elsewhere = page
  await signInAs('subject-of-sam')
  await page.waitForURL(`${console_()}/`)
  page = await (await browser.newContext()).newPage()
  await signInAs('subject-of-sam')
  await page.waitForURL(`${console_()}/`)
  await page.goto(`${console_()}/sessions`)
  const endThem = async () => {
    for (const box of await page.getByRole('checkbox').all()) await box.check()
    await page.getByRole('button', { name: 'End those' }).click()
  }
  await endThem()
  await page.getByRole('button', { name: 'Sign in again' }).click()
  await page.locator('[name=login]').fill('subject-of-sam')
  await page.locator('[name=password]').fill('any')
  await page.locator('[type=submit]').click()
  await page.waitForURL(`${console_()}/`)
  await page.goto(`${console_()}/sessions`)
  // The one of before in this browser has ended, although its cookie has not come along from the provider.
  expect(await page.getByRole('checkbox').count()).toBe(1)
  await endThem()
  await page.waitForURL(`${console_()}/sessions`)
  expect(await page.getByRole('row').count()).toBe(2)
  await elsewhere.goto(console_())
  expect(elsewhere.url()).toBe(`${console_()}/login`)
  await elsewhere.context().close()
})
