import { type Browser, chromium } from 'playwright-core'
import { createConsoleApp } from '../../services/console/app.ts'
import type { ApiContext } from '../../services/console/figures/endpoint.ts'
import { visitorReader } from '../../services/console/serve/visitor.ts'
import { ipRanges } from '../../services/platform/connections/ip-ranges.ts'
import { startHttpServer } from '../../services/platform/process/http-server.ts'
import type { MemoryTopics } from '../unit/console/topics-in-memory.ts'

export interface ServedPage {
  readonly url: string
  readonly close: () => Promise<void>
}

/** @param change what this page has otherwise, read at each request */
export async function servePage(topics: MemoryTopics, change: Partial<ApiContext> = {}): Promise<ServedPage> {
  const context: ApiContext = Object.defineProperties(
    { ...topics.context, snapshot: () => null },
    Object.getOwnPropertyDescriptors(change),
  )
  let mark = 0
  const app = createConsoleApp({
    context,
    database: topics.database,
    // Each look is answered anew.
    dataMark: () => String(mark++),
    version: '1.2.3',
    onError: error => {
      throw error
    },
    audit: () => Promise.resolve(),
    oidc: null,
    access: {
      prove: () => ({ type: 'user', user: context.user }),
      signIn: () => Promise.resolve({ type: 'nobody' }),
      takeTry: () => null,
      proofOf: () => ({ type: 'nobody' }),
      sessionCookie: () => '',
      markOf: () => '',
      signOut: () => '',
      sessionsOf: () => [],
      endSessions: () => false,
    },
    onForbidden: () => {},
    visitorOf: visitorReader(ipRanges([]), false),
  })
  const server = await startHttpServer({ app, host: '127.0.0.1', port: 0, portVariable: 'CONSOLE_PORT' })
  return { url: `http://127.0.0.1:${server.port}`, close: server.close }
}

export const launchChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  })
