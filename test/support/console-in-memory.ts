/** The console over a database in memory, served to this machine: records come in as if they had been on topics. */
import Router from '@koa/router'
import { createConsoleApp } from '../../services/console/app.ts'
import { createAccess } from '../../services/console/serve/access.ts'
import { createSessions } from '../../services/console/serve/sessions.ts'
import { createThrottle } from '../../services/console/serve/throttle.ts'
import { visitorReader } from '../../services/console/serve/visitor.ts'
import { ipRanges } from '../../services/platform/connections/ip-ranges.ts'
import { startHttpServer } from '../../services/platform/process/http-server.ts'
import { createMemoryTopics, type MemoryTopics } from '../unit/console/topics-in-memory.ts'

export interface MemoryConsole {
  readonly url: string
  readonly topics: MemoryTopics
  readonly close: () => Promise<void>
}

export async function startMemoryConsole(): Promise<MemoryConsole> {
  const topics = await createMemoryTopics()
  const { database, context } = topics
  const app = createConsoleApp({
    context,
    database,
    dataMark: () => '1',
    version: '1.2.3',
    onError(error) {
      throw error
    },
    oidc: null,
    audit: () => Promise.resolve(),
    access: createAccess({
      ...{ token: null, users: null, sessions: createSessions(Date.now), throttle: createThrottle() },
      ...{ onRefused: () => {}, onSession: () => {} },
    }),
    onForbidden: () => {},
    visitorOf: visitorReader(ipRanges([]), false),
    health: new Router(),
  })
  const server = await startHttpServer({ app, host: '127.0.0.1', port: 0, portVariable: 'CONSOLE_PORT' })
  return {
    url: `http://127.0.0.1:${server.port}`,
    topics,
    async close() {
      await server.close()
      database.close()
    },
  }
}
