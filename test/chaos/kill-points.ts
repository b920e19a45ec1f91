/**
 * Loaded before the sink (`--import`) when a run wants it to die at a named point. It listens where libraries speak
 * anyway, so that the product has no switch for it. `CHAOS_KILL=<point>:<n>`: at the n-th time.
 */
import diagnosticsChannel from 'node:diagnostics_channel'
import { createRequire } from 'node:module'

const [point = '', nth = '1'] = (process.env.CHAOS_KILL ?? '').split(':')
let times = 0

function reach(name: string): void {
  if (name !== point) return
  times++
  if (times === Number(nth)) process.kill(process.pid, 'SIGKILL')
}

const isCreation = (message: unknown): boolean => {
  const request =
    typeof message === 'object' && message !== null ? Reflect.get(message, 'request') : undefined
  const { method, path } = (request ?? {}) as { method?: string; path?: string }
  return method === 'POST' && String(path).endsWith('/standard/candidates')
}

const CHANNELS: Readonly<Record<string, string>> = {
  'undici:request:create': 'after-intent',
  'undici:client:sendHeaders': 'while-sending',
  'undici:request:bodySent': 'after-request',
  'undici:request:headers': 'after-reply',
}
for (const [channel, name] of Object.entries(CHANNELS)) {
  diagnosticsChannel.subscribe(channel, message => {
    if (isCreation(message)) reach(name)
  })
}

/** The moment before kafkajs commits a transaction: before an intent, or an outcome, is there for others. */
const require = createRequire(import.meta.url)
const path = require.resolve('kafkajs/src/producer/eosManager')
const createManager: (options: unknown) => { commit: () => Promise<void> } = require(path)
const loaded = require.cache[path]
if (loaded === undefined) throw new Error('kafkajs keeps its transactions elsewhere: check its version')
loaded.exports = (options: unknown) => {
  const manager = createManager(options)
  const { commit } = manager
  manager.commit = () => {
    reach('before-commit')
    return commit()
  }
  return manager
}
